using Sluice.Api.Findings;
using Sluice.Api.Networking;
using Sluice.Api.Resources;
using Sluice.ControlPlane.Validation.Checks;

namespace Sluice.ControlPlane.Validation.Analysis;

/// <summary>A certificate that several Gateways show: browsers then send requests for one Gateway's hosts over a connection to
/// another's,
/// which does not know them.</summary>
internal static class DuplicateCertificates
{
    private const int MaxNamed = 3;

    /// <summary>Looks at all Gateways.</summary>
    public static void Run(ConfigIndex index, List<Finding> findings)
    {
        var byCertificate = new Dictionary<string, List<Resource<GatewaySpec>>>(StringComparer.Ordinal);
        foreach (var gateway in index.Set.Gateways)
        {
            foreach (var key in (gateway.Spec.Servers ?? []).Select(KeyOf).OfType<string>().Distinct())
            {
                if (!byCertificate.TryGetValue(key, out var list)) byCertificate[key] = list = [];
                list.Add(gateway);
            }
        }

        foreach (var (gateway, root) in ConfigIndex.Whole(index.Set.Gateways, findings))
        {
            var reported = new HashSet<string>(StringComparer.Ordinal);
            foreach (var (server, at) in root["spec"]["servers"].Each(gateway.Spec.Servers))
            {
                if (KeyOf(server) is { } key && reported.Add(key)) Check(at["tls"], gateway, byCertificate[key]);
            }
        }
    }

    private static void Check(Field at, Resource<GatewaySpec> gateway, List<Resource<GatewaySpec>> users)
    {
        // As in Istio, the other Gateway must be served wherever this one is.
        var others = users.Where(other => other != gateway && Labels.Select(gateway.Spec.Selector, other.Spec.Selector ?? Empty))
            .Take(MaxNamed).ToList();
        if (others.Count == 0) return;
        at.Warning(Codes.DuplicateCertificate,
            $"{at.Path} shows the same certificate as "
                + $"{string.Join(", ", others.Select(other => $"{other.Namespace}/{other.Name}"))}: "
            + "clients that reuse an HTTP/2 connection may get 404 for the other's hosts",
            "put the servers into one Gateway, or use a certificate for each");
    }

    private static readonly IReadOnlyDictionary<string, string> Empty = new Dictionary<string, string>();

    private static string? KeyOf(Server server)
    {
        if (server.Tls is not { } tls) return null;
        if (tls.CredentialName is { Length: > 0 } name) return $"credential {name}";
        return tls is { ServerCertificate.Length: > 0, PrivateKey.Length: > 0 }
            ? $"files {tls.ServerCertificate} {tls.PrivateKey}" : null;
    }
}
