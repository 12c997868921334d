using Sluice.Api.Mesh;
using Sluice.Api.Networking;
using Sluice.Api.Resources;
using Sluice.ControlPlane.Discovery;

namespace Sluice.ControlPlane.Compilation;

/// <summary>The VirtualServices that this gateway may see, by the gateway that they are bound to.</summary>
/// <remarks>For one gateway the private ones come first, then those exported to this namespace by name, then the public ones; each in
/// Istio's order.</remarks>
internal sealed class VirtualServiceTable
{
    private static readonly string[] MeshOnly = [NameResolver.Mesh];

    private readonly Dictionary<string, Binding> _byGateway = [];
    private readonly List<BoundVirtualService> _all = [];
    private readonly NameResolver _names;
    private readonly ObjectLedger _ledger;

    /// <param name="virtualServices">In Istio's order.</param>
    /// <param name="ns">Namespace of this gateway.</param>
    /// <param name="mesh">The MeshConfig in force.</param>
    /// <param name="names">Completes names.</param>
    /// <param name="ledger">Takes what becomes of each object.</param>
    public VirtualServiceTable(
        IReadOnlyList<Resource<VirtualServiceSpec>> virtualServices, string ns, MeshConfig mesh, NameResolver names, ObjectLedger ledger)
    {
        _names = names;
        _ledger = ledger;
        var delegates = new Delegates(virtualServices, mesh, names, ledger);
        foreach (var source in virtualServices)
        {
            if (source.Spec.Hosts is not { Count: > 0 })
                continue;
            var reach = ExportScope.Reach(source.Spec.ExportTo, source.Namespace, ns, mesh.DefaultVirtualServiceExportTo);
            if (reach == ExportReach.None)
                ledger.Miss(source, $"spec.exportTo does not include the namespace {ns}");
            else
                _all.Add(Prepare(source, reach, delegates));
        }
        delegates.ReportUnused();
        foreach (var virtualService in _all.OrderBy(v => v.Reach))
        {
            foreach (var gateway in virtualService.Gateways)
            {
                if (!_byGateway.TryGetValue(gateway, out var binding))
                    _byGateway[gateway] = binding = new Binding();
                binding.Add(virtualService);
            }
        }
    }

    /// <summary>All that are visible and not mere delegates, in Istio's order.</summary>
    public IReadOnlyList<BoundVirtualService> All => _all;

    /// <summary>Those bound to a gateway, in order.</summary>
    public IReadOnlyList<BoundVirtualService> Of(string gateway) =>
        _byGateway.TryGetValue(gateway, out var binding) ? binding.All : [];

    /// <summary>Those bound to a gateway that can have a host in common with a server, in order.</summary>
    /// <param name="gateway"><c>namespace/name</c>.</param>
    /// <param name="hosts">The server's host names, without namespaces.</param>
    public IEnumerable<BoundVirtualService> Candidates(string gateway, IReadOnlyList<string> hosts) =>
        _byGateway.TryGetValue(gateway, out var binding) ? binding.Candidates(hosts) : [];

    private BoundVirtualService Prepare(Resource<VirtualServiceSpec> source, ExportReach reach, Delegates delegates)
    {
        var spec = source.Spec;
        var virtualService = new BoundVirtualService
        {
            Source = source,
            Hosts = [.. spec.Hosts!.Select(h => _names.Host(h, source.Namespace))],
            Gateways = spec.Gateways is { Count: > 0 } gateways
                ? [.. gateways.Select(g => NameResolver.Gateway(g, source.Namespace)).Distinct()]
                : MeshOnly,
            Reach = reach,
            Http = [.. Rules(source, delegates)],
        };
        virtualService.Uncovered.UnionWith(virtualService.Hosts);
        return virtualService;
    }

    private IEnumerable<HttpRule> Rules(Resource<VirtualServiceSpec> source, Delegates delegates)
    {
        for (var i = 0; i < (source.Spec.Http?.Count ?? 0); i++)
        {
            var rule = new HttpRule(ShortNames.Complete(source.Spec.Http![i], source.Namespace, _names), source, $"spec.http[{i}]");
            if (rule.Route.Delegate is not { } reference)
            {
                yield return rule;
                continue;
            }
            foreach (var merged in delegates.Merge(rule, reference))
                yield return merged;
        }
    }

    /// <summary>The VirtualServices of one gateway.</summary>
    private sealed class Binding
    {
        private readonly Dictionary<string, List<int>> _exact = new(StringComparer.Ordinal);
        private readonly List<int> _wildcards = [];

        public List<BoundVirtualService> All { get; } = [];

        public void Add(BoundVirtualService virtualService)
        {
            var index = All.Count;
            All.Add(virtualService);
            foreach (var host in virtualService.Hosts)
            {
                if (HostNames.IsWildcard(host))
                    _wildcards.Add(index);
                else if (_exact.TryGetValue(host, out var same))
                    same.Add(index);
                else
                    _exact[host] = [index];
            }
        }

        // A server for exact names, of which there may be thousands beside thousands of VirtualServices, looks its own up.
        public IEnumerable<BoundVirtualService> Candidates(IReadOnlyList<string> hosts)
        {
            if (hosts.Any(HostNames.IsWildcard))
                return All;
            return hosts
                .SelectMany(h => _exact.TryGetValue(h, out var indices) ? indices : [])
                .Concat(_wildcards)
                .Distinct()
                .Order()
                .Select(i => All[i]);
        }
    }
}
