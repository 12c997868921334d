using Sluice.Api.Mesh;
using Sluice.Api.Networking;
using Sluice.Api.Resources;
using Sluice.ControlPlane.Discovery;
using Delegate = Sluice.Api.Networking.Delegate;

namespace Sluice.ControlPlane.Compilation;

/// <summary>Merges the rules of delegate VirtualServices into the rules that delegate to them.</summary>
/// <remarks>A delegate is a VirtualService without hosts. Its rules keep what they say themselves and inherit the rest whole; a rule whose
/// match can't be narrower than the root's is left out. One level only. See
/// https://istio.io/latest/docs/reference/config/networking/virtual-service/#Delegate.</remarks>
internal sealed class Delegates
{
    private readonly Dictionary<(string Namespace, string Name), Resource<VirtualServiceSpec>> _delegates = [];
    private readonly MeshConfig _mesh;
    private readonly NameResolver _names;
    private readonly ObjectLedger _ledger;

    public Delegates(IReadOnlyList<Resource<VirtualServiceSpec>> all, MeshConfig mesh, NameResolver names, ObjectLedger ledger)
    {
        (_mesh, _names, _ledger) = (mesh, names, ledger);
        foreach (var virtualService in all)
        {
            if (virtualService.Spec.Hosts is not { Count: > 0 })
                _delegates.TryAdd((virtualService.Namespace, virtualService.Name), virtualService);
        }
    }

    /// <summary>The rules that take the place of one that delegates.</summary>
    public IEnumerable<HttpRule> Merge(HttpRule root, Delegate reference)
    {
        var key = (reference.Namespace is { Length: > 0 } ns ? ns : root.Source.Namespace, reference.Name ?? "");
        if (!_delegates.TryGetValue(key, out var target))
        {
            _ledger.Miss(root.Source, $"{root.Path}.delegate: VirtualService {key.Item1}/{key.Item2} without hosts does not exist");
            yield break;
        }
        var reach = ExportScope.Reach(
            target.Spec.ExportTo, target.Namespace, root.Source.Namespace, _mesh.DefaultVirtualServiceExportTo);
        if (reach == ExportReach.None)
        {
            _ledger.Miss(root.Source, $"{root.Path}.delegate: {target.Id} is not exported to the namespace {root.Source.Namespace}");
            _ledger.Miss(target, $"spec.exportTo does not include the namespace {root.Source.Namespace} of {root.Source.Id}");
            yield break;
        }
        _ledger.Serve(target);
        for (var i = 0; i < (target.Spec.Http?.Count ?? 0); i++)
        {
            var path = $"spec.http[{i}]";
            var leaf = ShortNames.Complete(target.Spec.Http![i], target.Namespace, _names);
            if (leaf.Delegate is not null)
                _ledger.Miss(target, $"{path}.delegate: a delegate can't delegate again");
            else if (MatchMerger.Merge(root.Route.Match, leaf.Match) is not { } match)
                _ledger.Miss(target, $"{path}.match is not narrower than {root.Path}.match of {root.Source.Id}");
            else
                yield return new HttpRule(Merge(root.Route, leaf, match), target, path);
        }
    }

    /// <summary>Reports the delegates that nothing delegates to.</summary>
    public void ReportUnused()
    {
        foreach (var target in _delegates.Values)
            _ledger.Explain(target, "it has no hosts, and no VirtualService delegates to it");
    }

    private static HttpRoute Merge(HttpRoute root, HttpRoute leaf, IReadOnlyList<HttpMatch> match) => leaf with
    {
        Name = MatchMerger.JoinNames(root.Name, leaf.Name),
        Match = match.Count > 0 ? match : null,
        Rewrite = leaf.Rewrite ?? root.Rewrite,
        DirectResponse = leaf.DirectResponse ?? root.DirectResponse,
        Timeout = leaf.Timeout ?? root.Timeout,
        Retries = leaf.Retries ?? root.Retries,
        Fault = leaf.Fault ?? root.Fault,
        Mirror = leaf.Mirror ?? root.Mirror,
        Mirrors = leaf.Mirrors ?? root.Mirrors,
        MirrorPercent = leaf.MirrorPercent ?? root.MirrorPercent,
        MirrorPercentage = leaf.MirrorPercentage ?? root.MirrorPercentage,
        CorsPolicy = leaf.CorsPolicy ?? root.CorsPolicy,
        Headers = leaf.Headers ?? root.Headers,
    };
}
