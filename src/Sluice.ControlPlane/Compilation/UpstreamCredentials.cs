using System.Text;
using Sluice.Api.Findings;
using Sluice.Api.Kubernetes;
using Sluice.Api.Networking;
using Sluice.Api.Resources;
using Sluice.ControlPlane.Discovery;
using Sluice.ControlPlane.Sources;

namespace Sluice.ControlPlane.Compilation;

/// <summary>Finds the certificates that the <c>tls</c> of a DestinationRule names: files, Secrets of the gateway's namespace, or the gateway's
/// own.</summary>
/// <remarks>Keys of a Secret, as Istio looks for them: <c>cert</c> and <c>key</c>, else <c>tls.crt</c> and <c>tls.key</c>; <c>cacert</c>, else
/// <c>ca.crt</c>, in a Secret <c>NAME-cacert</c> if there is one; <c>crl</c>, else <c>ca.crl</c>, beside the authority.</remarks>
internal sealed class UpstreamCredentials(ConfigSet set, GatewayIdentity identity, CertificateStore store)
{
    private const string ConfigMapPrefix = "configmap://";

    private readonly Dictionary<(string Namespace, string Name), Resource<Secret>> _secrets =
        set.Secrets.ToDictionary(secret => (secret.Namespace, secret.Name));

    private readonly Dictionary<string, (CertificateMaterial? Material, IReadOnlyList<CertificateProblem> Problems)> _found = [];
    private readonly List<CertificateStatus> _statuses = [];

    /// <summary>The certificates that were asked for so far, those that can't be used among them.</summary>
    public IReadOnlyList<CertificateStatus> Statuses => _statuses;

    /// <summary>Whether any certificate of the upstream is good.</summary>
    public static bool SkipsVerification(ClientTlsSettings tls) => tls.InsecureSkipVerify == true && tls.Mode != ClientTlsMode.IstioMutual;

    /// <summary>The certificates, and what is wrong with them; with problems they are the last good ones, if there are any.</summary>
    /// <param name="tls">The settings.</param>
    /// <param name="ns">Namespace of the rule.</param>
    public (CertificateMaterial? Material, IReadOnlyList<CertificateProblem> Problems) Find(ClientTlsSettings tls, string ns)
    {
        var source = SourceOf(tls, ns);
        if (_found.TryGetValue(source, out var found))
            return found;
        var raw = new RawCertificates();
        if (tls.Mode == ClientTlsMode.IstioMutual)
            TakeOwn(raw);
        else if (tls.CredentialName is { Length: > 0 } credential)
            TakeCredential(credential, tls, ns, raw);
        else
            TakeFiles(tls, raw);
        var material = store.Take(source, raw);
        _statuses.AddRange(CertificateStatuses.Of(raw, material));
        return _found[source] = (material, raw.Problems);
    }

    /// <summary>Notes that the objects behind a credential are made use of.</summary>
    public void Serve(ClientTlsSettings tls, string ns, ObjectLedger ledger)
    {
        if (tls.Mode == ClientTlsMode.IstioMutual || tls.CredentialName is not { Length: > 0 } credential)
            return;
        if (ConfigMapOf(credential, ns) is { } map)
            ledger.Serve(map);
        foreach (var name in (string[])[credential, credential + "-cacert"])
        {
            if (_secrets.TryGetValue((identity.Namespace, name), out var secret))
                ledger.Serve(secret);
        }
    }

    private static string SourceOf(ClientTlsSettings tls, string ns) => tls switch
    {
        { Mode: ClientTlsMode.IstioMutual } => "own",
        { CredentialName: { Length: > 0 } name } => $"{tls.Mode} {SkipsVerification(tls)} credential {ns}/{name}",
        { Mode: ClientTlsMode.Mutual } => $"files {tls.ClientCertificate}\n{tls.PrivateKey}\n{tls.CaCertificates}\n{tls.CaCrl}",
        _ => $"files {tls.CaCertificates}\n{tls.CaCrl}",
    };

    private void TakeOwn(RawCertificates raw)
    {
        raw.IsWorkload = true;
        (raw.OwnSource, raw.AuthoritySource) = (CertificateFiles.OwnCertificate(identity) ?? "--certs", CertificateFiles.OwnAuthority(identity));
        if (identity.Certs is null)
        {
            raw.Problems.Add(new CertificateProblem(
                "mode", "ISTIO_MUTUAL shows the gateway's own certificate, and --certs does not say where it is", Severity.Warning, IsMissing: true));
            return;
        }
        raw.Certificate = File("mode", CertificateFiles.OwnCertificate(identity), raw);
        raw.Key = File("mode", CertificateFiles.OwnKey(identity), raw);
        raw.Authorities = File("mode", CertificateFiles.OwnAuthority(identity), raw);
    }

    private void TakeFiles(ClientTlsSettings tls, RawCertificates raw)
    {
        if (tls.Mode == ClientTlsMode.Mutual)
        {
            raw.OwnSource = tls.ClientCertificate;
            raw.Certificate = File("clientCertificate", tls.ClientCertificate, raw);
            raw.Key = File("privateKey", tls.PrivateKey, raw);
        }
        raw.AuthoritySource = tls.CaCertificates is { Length: > 0 } ? tls.CaCertificates : tls.CaCrl;
        if (tls.CaCertificates is { Length: > 0 } authorities)
            raw.Authorities = File("caCertificates", authorities, raw);
        if (tls.CaCrl is { Length: > 0 } lists)
            raw.RevocationLists = File("caCrl", lists, raw);
    }

    private (string, ReadOnlyMemory<byte>)? File(string field, string? path, RawCertificates raw)
    {
        var file = set.NamedFiles.Find(path ?? "");
        if (file.Problem is { } problem)
            raw.Problems.Add(new CertificateProblem(field, $"{path}: {problem}", IsMissing: file.IsMissing));
        return (field, file.Content);
    }

    private void TakeCredential(string name, ClientTlsSettings tls, string ns, RawCertificates raw)
    {
        const string field = "credentialName";
        if (name.StartsWith(ConfigMapPrefix, StringComparison.Ordinal))
        {
            TakeConfigMap(name, tls, ns, raw);
            return;
        }
        var source = $"credential {identity.Namespace}/{name}";
        (raw.OwnSource, raw.AuthoritySource) = (tls.Mode == ClientTlsMode.Mutual ? source : null, source);
        var secret = _secrets.GetValueOrDefault((identity.Namespace, name))?.Spec;
        var beside = _secrets.GetValueOrDefault((identity.Namespace, name + "-cacert"))?.Spec ?? secret;
        if (secret is null && (beside is null || tls.Mode == ClientTlsMode.Mutual))
        {
            raw.Problems.Add(new CertificateProblem(field, $"there is no Secret {identity.Namespace}/{name}", IsMissing: true));
            return;
        }
        if (tls.Mode == ClientTlsMode.Mutual)
        {
            var (certificate, key) = (Value(secret!, "cert"), Value(secret!, "key"));
            if (certificate is null || key is null)
                (certificate, key) = (Value(secret!, "tls.crt"), Value(secret!, "tls.key"));
            if (certificate is null || key is null)
                raw.Problems.Add(new CertificateProblem(field, $"the Secret {identity.Namespace}/{name} has no tls.crt and tls.key", IsMissing: true));
            raw.Certificate = (field, certificate ?? default);
            raw.Key = (field, key ?? default);
        }
        if (SkipsVerification(tls))
            return;
        if ((Value(beside!, "cacert") ?? Value(beside!, "ca.crt")) is not { } authorities)
        {
            raw.Problems.Add(new CertificateProblem(field, $"the Secret {identity.Namespace}/{name} has no ca.crt", IsMissing: true));
            return;
        }
        raw.Authorities = (field, authorities);
        if ((Value(beside!, "crl") ?? Value(beside!, "ca.crl")) is { } lists)
            raw.RevocationLists = (field, lists);
    }

    private void TakeConfigMap(string name, ClientTlsSettings tls, string ns, RawCertificates raw)
    {
        const string field = "credentialName";
        raw.AuthoritySource = $"credential {name}";
        if (tls.Mode == ClientTlsMode.Mutual)
            raw.Problems.Add(new CertificateProblem(field, "a ConfigMap holds no certificate with its key: MUTUAL needs a Secret"));
        var data = ConfigMapOf(name, ns)?.Spec.Data;
        if ((data?.GetValueOrDefault("cacert") ?? data?.GetValueOrDefault("ca.crt")) is { Length: > 0 } authorities)
            raw.Authorities = (field, Encoding.UTF8.GetBytes(authorities));
        else
            raw.Problems.Add(new CertificateProblem(field, $"there is no {name} with a key ca.crt", IsMissing: true));
    }

    private Resource<ConfigMap>? ConfigMapOf(string credential, string ns)
    {
        if (!credential.StartsWith(ConfigMapPrefix, StringComparison.Ordinal))
            return null;
        var name = credential[(credential.LastIndexOf('/') + 1)..];
        return set.ConfigMaps.FirstOrDefault(map => map.Namespace == ns && map.Name == name);
    }

    private static ReadOnlyMemory<byte>? Value(Secret secret, string key)
    {
        var value = secret.Find(key);
        return value is { IsEmpty: true } ? null : value;
    }
}
