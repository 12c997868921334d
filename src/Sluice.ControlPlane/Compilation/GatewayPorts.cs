using Sluice.Api.Kubernetes;
using Sluice.Api.Networking;
using Sluice.Api.Resources;
using Sluice.ControlPlane.Discovery;
using Sluice.ControlPlane.Sources;

namespace Sluice.ControlPlane.Compilation;

/// <summary>Finds the port to bind for the port that a Gateway server declares.</summary>
/// <remarks>A Gateway names ports of the Services in front of the gateway; bound is what they lead to, the <c>targetPort</c>. Such a Service
/// is one of the gateway's namespace that selects its labels, or a ServiceEntry there that does or that has the gateway's own host name. A
/// port that no Service has is bound as it is. <c>--port-map</c> comes last. A Gateway with the annotation
/// <c>internal.istio.io/gateway-service</c> is bound to the named Services instead, and only to ports that they have.</remarks>
internal sealed class GatewayPorts
{
    private const string ServicesAnnotation = "internal.istio.io/gateway-service";
    private const string OptOutLabel = "experimental.istio.io/disable-gateway-port-translation";

    private readonly List<FrontPort> _ports = [];
    private readonly GatewayIdentity _identity;
    private readonly ObjectLedger _ledger;

    public GatewayPorts(ConfigSet set, GatewayIdentity identity, NameResolver names, ObjectLedger ledger)
    {
        _identity = identity;
        _ledger = ledger;
        var own = names.Service(identity.Workload, identity.Namespace);
        foreach (var service in set.Services)
        {
            var selects = service.Namespace == identity.Namespace && service.Spec.Selector is { Count: > 0 } selector
                && Labels.Include(identity.Labels, selector);
            Add(service, names.Service(service.Name, service.Namespace), selects, set.Pods);
        }
        foreach (var entry in set.ServiceEntries)
        {
            foreach (var host in entry.Spec.Hosts ?? [])
                Add(entry, host, entry.Namespace == identity.Namespace && (host == own || Selects(entry.Spec)));
        }
    }

    /// <summary>The Services that a Gateway is bound to by its annotation; null when it goes by its selector.</summary>
    public static string[]? BoundServices(Resource<GatewaySpec> gateway) =>
        gateway.Metadata.Annotations.TryGetValue(ServicesAnnotation, out var hosts)
            ? hosts.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            : null;

    /// <summary>Whether one of the Services exists in a namespace.</summary>
    public bool Exists(string[] services, string ns) => _ports.Exists(p => p.Source.Namespace == ns && services.Contains(p.Host));

    /// <summary>The ports to bind for a declared one; none when the Gateway is bound to Services that don't have it.</summary>
    public IEnumerable<int> Resolve(Resource<GatewaySpec> gateway, int declared)
    {
        if (BoundServices(gateway) is { } services)
        {
            return _ports
                .Where(p => p.Number == declared && p.Source.Namespace == gateway.Namespace && services.Contains(p.Host))
                .Select(p => Bound(declared, p))
                .Distinct();
        }
        var front = _ports.Find(p => p.IsOurs && p.Number == declared);
        return [front is null ? Mapped(declared, declared) : Bound(declared, front)];
    }

    private int Bound(int declared, FrontPort front)
    {
        _ledger.Serve(front.Source);
        return Mapped(declared, front.Target);
    }

    private int Mapped(int declared, int target) =>
        _identity.PortMap.TryGetValue(declared, out var bound) || _identity.PortMap.TryGetValue(target, out bound) ? bound : target;

    private void Add(Resource<ServiceSpec> service, string host, bool selects, IReadOnlyList<Resource<Pod>> pods)
    {
        var optedOut = service.Metadata.Labels.ContainsKey(OptOutLabel);
        foreach (var port in service.Spec.Ports ?? [])
        {
            if (port is not { Port: > 0 and var number, Protocol: null or "" or "TCP" })
                continue;
            var target = port.TargetPort switch
            {
                { IsName: true, Name: { } name } => NamedPort(pods, name) ?? number,
                { Number: > 0 and var written } => written,
                _ => number,
            };
            _ports.Add(new FrontPort(host, service, number, target, selects && !optedOut));
        }
    }

    private void Add(Resource<ServiceEntrySpec> entry, string host, bool selects)
    {
        foreach (var port in entry.Spec.Ports ?? [])
        {
            var number = (int)(port.Number ?? 0);
            var target = port.TargetPort is > 0 and var written ? (int)written : number;
            _ports.Add(new FrontPort(host, entry, number, target, selects));
        }
    }

    private bool Selects(ServiceEntrySpec entry) =>
        entry.WorkloadSelector?.Labels is { Count: > 0 } selector && Labels.Include(_identity.Labels, selector);

    // A port by name is looked up in the gateway's own Pods, should the configuration have them.
    private int? NamedPort(IReadOnlyList<Resource<Pod>> pods, string name)
    {
        foreach (var pod in pods)
        {
            if (pod.Namespace == _identity.Namespace && Labels.Include(pod.Metadata.Labels, _identity.Labels)
                && PodWorkload.NamedPort(pod.Spec, name) is { } number)
                return number;
        }
        return null;
    }

    /// <summary>A port of a Service in front of the gateway.</summary>
    private sealed record FrontPort(string Host, Resource Source, int Number, int Target, bool IsOurs);
}
