using System.Security.Cryptography;
using System.Text;
using Sluice.Api.Findings;
using Sluice.Api.Networking;
using Sluice.Api.Resources;
using Sluice.ControlPlane.Discovery;
using Sluice.ControlPlane.Sources;
using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Pipeline;

namespace Sluice.ControlPlane.Compilation;

/// <summary>Compiles the <c>tls</c> of a DestinationRule, with the certificates that it names.</summary>
/// <remarks>Without <c>sni</c> the host of each request is asked for, and unless <c>subjectAltNames</c> say otherwise the upstream's certificate
/// must be one for it; with <c>sni</c> only the chain is checked then. ISTIO_MUTUAL asks for the name of the cluster, as the mesh's own
/// proxies expect it, and takes the accounts that the endpoints run under for the names. See
/// https://istio.io/latest/docs/reference/config/networking/destination-rule/#ClientTLSSettings.</remarks>
internal sealed class UpstreamTlsCompiler
{
    private readonly UpstreamCredentials _credentials;
    private readonly ObjectLedger _ledger;
    private readonly string[] _trustDomains;
    private readonly Dictionary<string, UpstreamTls> _known = new(StringComparer.Ordinal);
    private readonly TimeProvider _time;

    /// <param name="set">The configuration.</param>
    /// <param name="credentials">Finds certificates.</param>
    /// <param name="previous">The snapshot in force: what stays the same keeps its connections.</param>
    /// <param name="ledger">Takes what is wrong.</param>
    /// <param name="time">The clock of certificates.</param>
    public UpstreamTlsCompiler(ConfigSet set, UpstreamCredentials credentials, Snapshot previous, ObjectLedger ledger, TimeProvider time)
    {
        _credentials = credentials;
        _ledger = ledger;
        _time = time;
        var domain = set.Mesh.TrustDomain is { Length: > 0 } written ? written : "cluster.local";
        _trustDomains = [domain, .. set.Mesh.TrustDomainAliases ?? []];
        foreach (var cluster in previous.Clusters.Values)
        {
            if (cluster.Tls is { } tls)
                _known.TryAdd(tls.Settings.Identity, tls);
        }
    }

    /// <summary>Says of each rule which of its certificates can't be used, and which of its fields do nothing.</summary>
    public void Report(IEnumerable<Resource<DestinationRuleSpec>> rules)
    {
        foreach (var rule in rules)
        {
            foreach (var (path, tls) in ClientTlsBlocks.Of(rule.Spec))
            {
                if (!IsOn(tls))
                    continue;
                WithoutEffect(rule, path, tls);
                var (material, problems) = _credentials.Find(tls, rule.Namespace);
                foreach (var problem in problems)
                {
                    Report(rule, path, problem, material is null ? "requests are answered with 503 until it is repaired"
                        : "what was in force before stays");
                }
                if (material?.Own?.TargetCertificate is { } own && own.NotAfter <= _time.GetLocalNow())
                {
                    var expired = new CertificateProblem("mode", $"the certificate to show expired on {own.NotAfter.ToUniversalTime():u}");
                    Report(rule, path, expired, "upstreams that verify it refuse it");
                }
            }
        }
    }

    /// <summary>Compiles the settings of a cluster.</summary>
    /// <param name="tls">The settings; null for none.</param>
    /// <param name="name">The cluster.</param>
    /// <param name="service">Its service.</param>
    /// <param name="members">Its endpoints.</param>
    /// <param name="rule">The rule that the settings are from.</param>
    /// <returns>TLS, or nothing for plain text, or why there can be neither.</returns>
    public (UpstreamTls? Tls, string? Refusal) Compile(
        ClientTlsSettings? tls, ClusterName name, RegistryService service, ServiceEndpoint[] members, Resource? rule)
    {
        if (tls is null || !IsOn(tls) || rule is null)
            return default;
        var (material, problems) = _credentials.Find(tls, rule.Namespace);
        if (material is null)
        {
            // Not what is wrong with it: clients see this.
            return (null, $"{rule.Id} demands TLS to the upstream and names what can't be used: "
                + string.Join(", ", problems.Select(p => p.Field).Distinct()));
        }
        _credentials.Serve(tls, rule.Namespace, _ledger);
        var settings = new UpstreamTlsSettings
        {
            Mode = tls.Mode switch
            {
                ClientTlsMode.Mutual => "MUTUAL",
                ClientTlsMode.IstioMutual => "ISTIO_MUTUAL",
                _ => "SIMPLE",
            },
            Identity = "",
            ServerName = tls.Sni is { Length: > 0 } sni ? sni
                : tls.Mode == ClientTlsMode.IstioMutual ? $"outbound_.{name.Port}_.{name.Subset}_.{name.Host}" : null,
            SubjectAltNames = [.. Names(tls, service, members)],
            SkipsVerification = UpstreamCredentials.SkipsVerification(tls),
            Authorities = material.Authorities,
            RevocationLists = material.RevocationLists,
            Certificate = material.Own,
        };
        settings = settings with { Identity = IdentityOf(settings, material) };
        if (!_known.TryGetValue(settings.Identity, out var known))
            _known[settings.Identity] = known = new UpstreamTls(settings, _time);
        return (known, null);
    }

    private static bool IsOn(ClientTlsSettings tls) => tls.Mode is not (null or ClientTlsMode.Disable);

    private IEnumerable<string> Names(ClientTlsSettings tls, RegistryService service, ServiceEndpoint[] members)
    {
        if (tls.SubjectAltNames is { Count: > 0 } written)
            return written;
        var names = service.Source is Resource<ServiceEntrySpec> { Spec.SubjectAltNames: { } entry } ? entry : [];
        if (tls.Mode != ClientTlsMode.IstioMutual)
            return names;
        var accounts =
            from account in members.Select(m => m.Workload.ServiceAccount).OfType<string>().Distinct()
            from domain in _trustDomains
            select $"spiffe://{domain}/{account}";
        return names.Concat(accounts).Distinct();
    }

    private void Report(Resource rule, string path, CertificateProblem problem, string consequence)
    {
        var field = $"{path}.{problem.Field}";
        _ledger.Report(rule, field, problem.Severity, FindingCodes.UpstreamCertificate, $"{field}: {problem.Text}", consequence);
        _ledger.Miss(rule, $"{field}: {problem.Text}");
    }

    private void WithoutEffect(Resource rule, string path, ClientTlsSettings tls)
    {
        var isMesh = tls.Mode == ClientTlsMode.IstioMutual;
        var showsNone = tls.Mode == ClientTlsMode.Simple;
        (string Field, bool Written)[] fields =
        [
            ("clientCertificate", (isMesh || showsNone) && !string.IsNullOrEmpty(tls.ClientCertificate)),
            ("privateKey", (isMesh || showsNone) && !string.IsNullOrEmpty(tls.PrivateKey)),
            ("caCertificates", isMesh && !string.IsNullOrEmpty(tls.CaCertificates)),
            ("caCrl", isMesh && !string.IsNullOrEmpty(tls.CaCrl)),
            ("credentialName", isMesh && !string.IsNullOrEmpty(tls.CredentialName)),
            ("insecureSkipVerify", isMesh && tls.InsecureSkipVerify == true),
        ];
        foreach (var (field, written) in fields)
        {
            if (written)
            {
                _ledger.Report(rule, $"{path}.{field}", Severity.Warning, FindingCodes.NoEffectHere, $"{path}.{field} has no effect",
                    isMesh ? "ISTIO_MUTUAL takes the certificates of the mesh" : "SIMPLE shows no certificate; MUTUAL does");
            }
        }
    }

    private static string IdentityOf(UpstreamTlsSettings settings, CertificateMaterial material)
    {
        var text = string.Join('\n', [settings.Mode, settings.ServerName, settings.SkipsVerification.ToString(), material.Digest, .. settings.SubjectAltNames]);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }
}
