using Sluice.Api.Findings;
using Sluice.Api.Networking;
using Sluice.Api.Resources;
using Sluice.ControlPlane.Validation.Checks;

namespace Sluice.ControlPlane.Validation.Analysis;

/// <summary>VirtualServices for calls within the mesh that define the same host: only one of them counts, and which is left
/// open.</summary>
internal sealed class MeshHosts
{
    private const string Mesh = "mesh";
    private const int MaxNamed = 3;

    /// <summary>A host that a VirtualService defines for some namespaces.</summary>
    private sealed record Claim(Resource<VirtualServiceSpec> Service, string Host, IReadOnlyList<string> Scopes)
    {
        public bool IsPublic => Scopes.Contains("*");
    }

    private readonly Dictionary<string, List<Claim>> _byHost = new(StringComparer.Ordinal);
    private readonly List<Claim> _privateWildcards = [];

    /// <summary>Looks at all VirtualServices.</summary>
    public static void Run(ConfigIndex index, List<Finding> findings)
    {
        var analysis = new MeshHosts();
        foreach (var service in index.Set.VirtualServices)
        {
            if (!IsInMesh(service.Spec)) continue;
            foreach (var host in service.Spec.Hosts ?? [])
                analysis.Add(new Claim(service, index.Services.Expand(host, service.Namespace), ScopesOf(service)));
        }

        foreach (var (service, root) in ConfigIndex.Whole(index.Set.VirtualServices, findings))
        {
            if (!IsInMesh(service.Spec)) continue;
            foreach (var (host, at) in root["spec"]["hosts"].Each(service.Spec.Hosts))
            {
                analysis.Check(at, new Claim(service, index.Services.Expand(host, service.Namespace), ScopesOf(service)));
            }
        }
    }

    private static bool IsInMesh(VirtualServiceSpec spec) => spec.Hosts is { Count: > 0 }
        && (spec.Gateways is null or { Count: 0 } || spec.Gateways.Contains(Mesh));

    private static IReadOnlyList<string> ScopesOf(Resource<VirtualServiceSpec> service) =>
        service.Spec.ExportTo is not { Count: > 0 } exports || exports.Contains("*")
            ? ["*"] : [.. exports.Select(scope => scope == "." ? service.Namespace : scope)];

    private void Add(Claim claim)
    {
        if (!_byHost.TryGetValue(claim.Host, out var list)) _byHost[claim.Host] = list = [];
        list.Add(claim);
        if (claim.Host.StartsWith('*') && !claim.IsPublic) _privateWildcards.Add(claim);
    }

    private void Check(Field at, Claim claim)
    {
        var others = Rivals(claim).Select(rival => rival.Service.Id).Distinct().Take(MaxNamed).ToList();
        if (others.Count == 0) return;
        at.Error(Codes.ConflictingMeshHosts,
            $"{at.Path} {claim.Host} is defined for the mesh by {string.Join(", ", others)}, too: only one of them counts",
                "merge them into one VirtualService");
    }

    private IEnumerable<Claim> Rivals(Claim claim)
    {
        var rivals = _byHost[claim.Host].Where(other => Overlap(claim, other));
        if (!claim.Host.StartsWith('*')) return rivals;
        // As in Istio, a wildcard for some namespaces conflicts with a wider one for all, and the other way round.
        for (var dot = claim.Host.IndexOf('.', 1); dot >= 0; dot = claim.Host.IndexOf('.', dot + 1))
        {
            if (dot > 1 && _byHost.TryGetValue("*" + claim.Host[dot..], out var wider))
                rivals = rivals.Concat(wider.Where(other => other.IsPublic && !claim.IsPublic));
        }

        return claim.IsPublic
            ? rivals.Concat(_privateWildcards.Where(other => other.Host.Length > claim.Host.Length
                && Hosts.IsWithin(other.Host, claim.Host)))
            : rivals;
    }

    private static bool Overlap(Claim claim, Claim other) =>
        other.Service != claim.Service && (claim.IsPublic || other.IsPublic || claim.Scopes.Any(other.Scopes.Contains));
}
