using System.Collections.Frozen;
using Sluice.Api.Networking;
using Sluice.ControlPlane.Validation.Checks;

namespace Sluice.ControlPlane.Validation.Rules;

/// <summary>Value rules of a server's TLS settings: exactly one source of certificates, and what each mode needs.</summary>
internal static class ServerTlsRules
{
    private const int MaxCertificates = 2;

    private static readonly FrozenSet<string> CipherSuites = FrozenSet.Create(
        StringComparer.Ordinal,
        "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384",
        "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-RSA-CHACHA20-POLY1305",
        "ECDHE-ECDSA-AES128-SHA", "ECDHE-RSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA", "ECDHE-RSA-AES256-SHA",
        "AES128-GCM-SHA256", "AES256-GCM-SHA384", "AES128-SHA", "AES256-SHA", "DES-CBC3-SHA");

    /// <summary>Checks the settings of one server.</summary>
    public static void Check(Field at, ServerTls tls)
    {
        CheckVersionsAndCiphers(at, tls);
        switch (tls.Mode)
        {
            case TlsMode.IstioMutual:
                RefuseCertificates(at, tls);
                break;
            case TlsMode.Simple or TlsMode.Mutual or TlsMode.OptionalMutual:
                CheckSources(at, tls);
                CheckCertificates(at, tls);
                break;
            default:
                if (HasCertificates(tls) || IsSet(tls.CaCrl))
                {
                    at.Warning(Codes.SchemaWarning, $"{at.Path} names certificates, but TLS is passed through: they are ignored",
                        "set mode to SIMPLE to terminate TLS here");
                }

                CheckSources(at, tls);
                break;
        }
    }

    private static void CheckVersionsAndCiphers(Field at, ServerTls tls)
    {
        if (tls.MinProtocolVersion is TlsProtocol.TlsV10 or TlsProtocol.TlsV11 && tls.CipherSuites is null or { Count: 0 })
        {
            at["minProtocolVersion"].Warning(Codes.SchemaWarning,
                $"{at.Path}.minProtocolVersion is below TLSV1_2, but the default cipher suites don't work there",
                    "set cipherSuites, too");
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (suite, each) in at["cipherSuites"].Each(tls.CipherSuites))
        {
            // BoringSSL's operators (+, -, [a|b]) pass unread, as in Istio.
            if (suite.Length == 0 || suite == "ALL" || !char.IsLetterOrDigit(suite[0])) continue;
            if (!CipherSuites.Contains(suite))
            {
                each.Warning(Codes.SchemaWarning, $"{each.Path} \"{suite}\" is not a cipher suite: it is ignored",
                    Suggestions.DidYouMean(suite, CipherSuites) ?? "");
            }
            else if (!seen.Add(suite))
            {
                each.Warning(Codes.SchemaWarning, $"{each.Path} \"{suite}\" is named twice");
            }
        }
    }

    private static void RefuseCertificates(Field at, ServerTls tls)
    {
        (string Name, bool Set)[] fields =
        [
            ("serverCertificate", IsSet(tls.ServerCertificate)), ("privateKey", IsSet(tls.PrivateKey)),
            ("caCertificates", IsSet(tls.CaCertificates)), ("tlsCertificates", tls.TlsCertificates is { Count: > 0 }),
            ("credentialName", IsSet(tls.CredentialName)), ("credentialNames", tls.CredentialNames is { Count: > 0 }),
        ];
        foreach (var (name, set) in fields)
        {
            if (set)
                at[name].Error(Codes.ServerCertificate,
                    $"{at.Path}.{name} is set, but mode ISTIO_MUTUAL uses the mesh's own certificates");
        }
    }

    private static void CheckSources(Field at, ServerTls tls)
    {
        var sources = (IsSet(tls.ServerCertificate) && IsSet(tls.PrivateKey) ? 1 : 0) + (IsSet(tls.CredentialName) ? 1 : 0)
            + (tls.CredentialNames is { Count: > 0 } ? 1 : 0) + (tls.TlsCertificates is { Count: > 0 } ? 1 : 0);
        if (sources > 1)
        {
            at.Error(Codes.Exclusive, $"{at.Path} names several sources of certificates: keep one",
                "one of credentialName, credentialNames, tlsCertificates, or serverCertificate with privateKey");
        }
    }

    private static void CheckCertificates(Field at, ServerTls tls)
    {
        if (tls.CaCrl is { Length: > 0 } && tls.Mode == TlsMode.Simple)
        {
            at["caCrl"].Error(Codes.ServerCertificate,
                $"{at.Path}.caCrl is set, but mode SIMPLE asks clients for no certificate");
        }

        if (IsSet(tls.CredentialName) || tls.CredentialNames is { Count: > 0 })
        {
            CheckCredential(at, tls);
            return;
        }

        if (tls.Mode != TlsMode.Simple && !IsSet(tls.CaCertificates))
        {
            at["caCertificates"].Error(Codes.ServerCertificate,
                $"{at.Path}.caCertificates is missing: {(tls.Mode == TlsMode.Mutual ? "MUTUAL" : "OPTIONAL_MUTUAL")} needs the "
                    + "CA of the clients");
        }

        if (tls.TlsCertificates is not { Count: > 0 } pairs)
        {
            CheckPair(at, tls.ServerCertificate, tls.PrivateKey);
            return;
        }

        WarnAboutMany(at["tlsCertificates"], pairs.Count);
        foreach (var (pair, each) in at["tlsCertificates"].Each(pairs)) CheckPair(each, pair.ServerCertificate, pair.PrivateKey);
    }

    private static void CheckCredential(Field at, ServerTls tls)
    {
        if (IsSet(tls.CaCrl) && tls.Mode != TlsMode.Simple)
        {
            at["caCrl"].Error(Codes.ServerCertificate, $"{at.Path}.caCrl is set beside a credential",
                "put the list into the Secret under ca.crl");
        }

        WarnAboutMany(at["credentialNames"], tls.CredentialNames?.Count ?? 0);
    }

    private static void WarnAboutMany(Field at, int count)
    {
        if (count > MaxCertificates)
        {
            at.Warning(Codes.SchemaWarning,
                $"{at.Path} names {count} certificates: two are used, one with an RSA and one with an ECDSA key");
        }
    }

    private static void CheckPair(Field at, string? certificate, string? key)
    {
        if (!IsSet(certificate))
        {
            at["serverCertificate"].Error(Codes.ServerCertificate, $"{at.Path}.serverCertificate is missing",
                "set serverCertificate and privateKey, or credentialName");
        }

        if (!IsSet(key)) at["privateKey"].Error(Codes.ServerCertificate, $"{at.Path}.privateKey is missing");
    }

    private static bool HasCertificates(ServerTls tls) =>
        IsSet(tls.ServerCertificate) || IsSet(tls.PrivateKey) || IsSet(tls.CaCertificates) || IsSet(tls.CredentialName)
        || tls.CredentialNames is { Count: > 0 } || tls.TlsCertificates is { Count: > 0 };

    private static bool IsSet(string? value) => !string.IsNullOrEmpty(value);
}
