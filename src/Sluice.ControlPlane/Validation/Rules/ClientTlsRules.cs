using Sluice.Api.Networking;

namespace Sluice.ControlPlane.Validation.Rules;

/// <summary>Value rules of TLS towards upstreams.</summary>
internal static class ClientTlsRules
{
    private const string ConfigMapPrefix = "configmap://";

    /// <summary>Checks the settings.</summary>
    public static void Check(Field at, ClientTlsSettings tls, string ownNamespace)
    {
        CheckVerification(at, tls);
        if (tls.Mode is not (ClientTlsMode.Simple or ClientTlsMode.Mutual)) return;
        if (IsSet(tls.CredentialName))
        {
            CheckCredential(at, tls, ownNamespace);
        }
        else if (tls.Mode == ClientTlsMode.Mutual)
        {
            if (!IsSet(tls.ClientCertificate))
                at["clientCertificate"].Error(Codes.ClientCertificate,
                    $"{at.Path}.clientCertificate is missing: MUTUAL shows one");
            if (!IsSet(tls.PrivateKey))
                at["privateKey"].Error(Codes.ClientCertificate, $"{at.Path}.privateKey is missing: MUTUAL needs one");
        }
    }

    private static void CheckVerification(Field at, ClientTlsSettings tls)
    {
        if (tls.InsecureSkipVerify != true || tls.Mode is not (ClientTlsMode.Simple or ClientTlsMode.Mutual)) return;
        // A credential of MUTUAL holds the client's pair; whether it holds a CA as well can't be seen here.
        var contradiction = IsSet(tls.CaCertificates) ? "caCertificates"
            : tls.SubjectAltNames is not null ? "subjectAltNames"
            : tls.Mode == ClientTlsMode.Simple && IsSet(tls.CredentialName) ? "credentialName" : null;
        if (contradiction is null) return;
        at.Error(Codes.Exclusive, $"insecureSkipVerify and {contradiction} can't both be set in {at.Path}: keep one",
            "verify, and drop insecureSkipVerify");
    }

    private static void CheckCredential(Field at, ClientTlsSettings tls, string ownNamespace)
    {
        (string Name, string? Value)[] files =
        [
            ("clientCertificate", tls.ClientCertificate), ("privateKey", tls.PrivateKey),
            ("caCertificates", tls.CaCertificates), ("caCrl", tls.CaCrl),
        ];
        foreach (var (name, value) in files)
        {
            if (IsSet(value))
                at[name].Error(Codes.Exclusive, $"credentialName and {name} can't both be set in {at.Path}: keep one");
        }

        var credential = tls.CredentialName!;
        if (!credential.StartsWith(ConfigMapPrefix, StringComparison.Ordinal)) return;
        var slash = credential.IndexOf('/', ConfigMapPrefix.Length);
        if (slash >= 0 && !credential.AsSpan(ConfigMapPrefix.Length, slash - ConfigMapPrefix.Length).SequenceEqual(ownNamespace))
        {
            at["credentialName"].Error(Codes.ClientCertificate,
                $"{at.Path}.credentialName \"{credential}\" lies in another namespace",
                $"only ConfigMaps of {ownNamespace} can be used");
        }
    }

    private static bool IsSet(string? value) => !string.IsNullOrEmpty(value);
}
