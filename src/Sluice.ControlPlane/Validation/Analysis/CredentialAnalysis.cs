using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Sluice.Api.Kubernetes;
using Sluice.Api.Networking;
using Sluice.Api.Resources;

namespace Sluice.ControlPlane.Validation.Analysis;

/// <summary>Whether the Secrets exist that servers name, and hold a certificate that can be shown.</summary>
internal sealed class CredentialAnalysis(ConfigIndex index)
{
    private readonly Dictionary<(string Namespace, string Name), Resource<Secret>> _secrets =
        index.Set.Secrets.ToDictionary(secret => (secret.Namespace, secret.Name));

    private readonly ILookup<string, Resource<Secret>> _byName =
        index.Set.Secrets.ToLookup(secret => secret.Name, StringComparer.Ordinal);

    private readonly Dictionary<Resource<Secret>, (string Code, string Problem)?> _problems = [];

    /// <summary>Checks the credentials of one server.</summary>
    /// <param name="at">Its TLS settings.</param>
    /// <param name="tls">Their content.</param>
    /// <param name="place">Namespace of the gateway's workload, from which Secrets are taken.</param>
    public void Check(Field at, ServerTls tls, string place)
    {
        if (tls.Mode is not (TlsMode.Simple or TlsMode.Mutual or TlsMode.OptionalMutual)) return;
        if (tls.CredentialName is { Length: > 0 } name) CheckPair(at["credentialName"], name, place);
        foreach (var (each, eachAt) in at["credentialNames"].Each(tls.CredentialNames)) CheckPair(eachAt, each, place);

        var first = tls.CredentialName is { Length: > 0 } ? tls.CredentialName : tls.CredentialNames is [var one, ..] ? one
            : null;
        if (tls.CaCertCredentialName is { Length: > 0 } authority) CheckAuthority(at["caCertCredentialName"], authority, place);
        else if (tls.Mode != TlsMode.Simple && first is { Length: > 0 }) CheckAuthority(at["credentialName"], first, place);
    }

    private void CheckPair(Field at, string name, string place)
    {
        if (IsElsewhere(name)) return;
        if (!_secrets.TryGetValue((place, name), out var secret))
        {
            at.Error(Codes.NotFound, $"{at.Path} {name}: there is no Secret {place}/{name}", HintFor(name, place));
            return;
        }

        if (!_problems.TryGetValue(secret, out var problem)) _problems[secret] = problem = Examine(secret.Spec);
        if (problem is var (code, text))
            at.Error(code, $"{at.Path} {name}: the Secret {place}/{name} {text}", $"see {secret.Position}");
    }

    private void CheckAuthority(Field at, string name, string place)
    {
        if (IsElsewhere(name)) return;
        var found = _secrets.TryGetValue((place, name), out var secret) && HasAny(secret.Spec, "cacert", "ca.crt");
        var beside = _secrets.TryGetValue((place, name + "-cacert"), out var other) && HasAny(other.Spec, "cacert", "ca.crt");
        // A Secret that is missing altogether is reported already.
        if (found || beside || secret is null) return;
        at.Error(Codes.CredentialUnusable,
            $"{at.Path} {name}: the Secret {place}/{name} holds no CA for the clients' certificates",
            $"add the key ca.crt, or a Secret {name}-cacert");
    }

    private string HintFor(string name, string place)
    {
        var elsewhere = _byName[name].FirstOrDefault();
        if (elsewhere is not null)
            return $"the Secret {elsewhere.Namespace}/{name} is not used: those of the gateway's namespace {place} are";
        return index.Suggest(name, index.Set.Secrets.Where(secret => secret.Namespace == place).Select(secret => secret.Name));
    }

    private (string Code, string Problem)? Examine(Secret secret)
    {
        var (certificate, key) = (Read(secret, "cert"), Read(secret, "key"));
        if (certificate is null || key is null) (certificate, key) = (Read(secret, "tls.crt"), Read(secret, "tls.key"));
        if (certificate is null) return (Codes.InvalidCredential, "has no tls.crt");
        if (key is null) return (Codes.InvalidCredential, "has no tls.key");
        if (!TryParse(certificate, out var parsed))
            return (Codes.InvalidCredential, "holds a tls.crt that is not a certificate in PEM");
        using (parsed)
        {
            if (parsed.NotAfter.ToUniversalTime() < index.Now.UtcDateTime)
                return (Codes.InvalidCredential, $"holds a certificate that expired on {parsed.NotAfter:yyyy-MM-dd}");
        }

        return FitsKey(certificate, key) ? null
            : (Codes.CredentialUnusable, "holds a tls.key that is broken or belongs to another certificate");
    }

    private static bool TryParse(string certificate, out X509Certificate2 parsed)
    {
        try
        {
            parsed = X509Certificate2.CreateFromPem(certificate);
            return true;
        }
        catch (CryptographicException)
        {
            parsed = null!;
            return false;
        }
    }

    private static bool FitsKey(string certificate, string key)
    {
        try
        {
            using var pair = X509Certificate2.CreateFromPem(certificate, key);
            return true;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            return false;
        }
    }

    private static bool HasAny(Secret secret, params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
        {
            if (Read(secret, key) is not null) return true;
        }

        return false;
    }

    private static string? Read(Secret secret, string key)
    {
        if (secret.StringData?.GetValueOrDefault(key) is { Length: > 0 } text) return text;
        return secret.Data is not null && secret.Data.TryGetValue(key, out var bytes) && bytes.Length > 0
            ? Encoding.UTF8.GetString(bytes.Span) : null;
    }

    /// <summary>Whether the credential is no Secret of this name (<c>builtin://</c>, <c>kubernetes-gateway://…</c>).</summary>
    private static bool IsElsewhere(string name) => name.Contains("://", StringComparison.Ordinal);
}
