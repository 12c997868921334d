using Sluice.Api.Networking;
using Sluice.ControlPlane.Sources;

namespace Sluice.ControlPlane.Compilation;

/// <summary>The files with certificates, keys and revocation lists that a configuration names.</summary>
internal static class CertificateFiles
{
    /// <summary>Reads them. Relative paths start from a folder, that of the process if it runs.</summary>
    public static NamedFiles Read(ConfigSet set, GatewayIdentity identity, string folder) =>
        NamedFiles.Read(Paths(set, identity).Where(path => !string.IsNullOrEmpty(path)).OfType<string>(), folder);

    /// <summary>File of the gateway's own certificate; null without <c>--certs</c>.</summary>
    public static string? OwnCertificate(GatewayIdentity identity) => In(identity, identity.Workload + ".crt");

    /// <summary>File of the key to it.</summary>
    public static string? OwnKey(GatewayIdentity identity) => In(identity, identity.Workload + ".key");

    /// <summary>File of the authority that it shares with the workloads of the mesh.</summary>
    public static string? OwnAuthority(GatewayIdentity identity) => In(identity, "ca.crt");

    private static string? In(GatewayIdentity identity, string file) => identity.Certs is { } folder ? Path.Combine(folder, file) : null;

    private static IEnumerable<string?> Paths(ConfigSet set, GatewayIdentity identity)
    {
        yield return OwnCertificate(identity);
        yield return OwnKey(identity);
        yield return OwnAuthority(identity);
        foreach (var tls in set.DestinationRules.SelectMany(rule => ClientTlsBlocks.Of(rule.Spec)).Select(block => block.Tls))
        {
            yield return tls.ClientCertificate;
            yield return tls.PrivateKey;
            yield return tls.CaCertificates;
            yield return tls.CaCrl;
        }
    }
}

/// <summary>The TLS settings of a DestinationRule, wherever they are written.</summary>
internal static class ClientTlsBlocks
{
    /// <summary>All of them, with their paths.</summary>
    public static IEnumerable<(string Path, ClientTlsSettings Tls)> Of(DestinationRuleSpec spec) =>
        Of("spec.trafficPolicy", spec.TrafficPolicy).Concat(
            (spec.Subsets ?? []).SelectMany((subset, i) => Of($"spec.subsets[{i}].trafficPolicy", subset.TrafficPolicy)));

    private static IEnumerable<(string Path, ClientTlsSettings Tls)> Of(string path, TrafficPolicy? policy)
    {
        if (policy?.Tls is { } tls)
            yield return ($"{path}.tls", tls);
        for (var i = 0; i < (policy?.PortLevelSettings?.Count ?? 0); i++)
        {
            if (policy!.PortLevelSettings![i].Tls is { } own)
                yield return ($"{path}.portLevelSettings[{i}].tls", own);
        }
    }
}
