using Sluice.Api.Kubernetes;
using Sluice.Api.Resources;
using Sluice.ControlPlane.Sources;

namespace Sluice.ControlPlane.Discovery;

/// <summary>Describes Kubernetes Services: their ports, and the endpoints of each.</summary>
/// <remarks>Endpoints come from EndpointSlices, else from Endpoints, else from the Pods and WorkloadEntries that the selector picks. Where
/// none of these is in the configuration, the cluster's address or name of the Service has to do.</remarks>
internal sealed class KubernetesServices
{
    private const string SliceServiceLabel = "kubernetes.io/service-name";
    private const string Headless = "None";

    private readonly Dictionary<(string Namespace, string Name), List<Resource<EndpointSlice>>> _slices = [];
    private readonly Dictionary<(string Namespace, string Name), Resource<Endpoints>> _endpoints = [];
    private readonly Workloads _workloads;
    private readonly NameResolver _names;
    private readonly ObjectLedger _ledger;

    public KubernetesServices(ConfigSet set, Workloads workloads, NameResolver names, ObjectLedger ledger)
    {
        _workloads = workloads;
        _names = names;
        _ledger = ledger;
        foreach (var slice in set.EndpointSlices)
        {
            if (!slice.Metadata.Labels.TryGetValue(SliceServiceLabel, out var service))
            {
                ledger.Miss(slice, $"has no label {SliceServiceLabel}");
                continue;
            }
            if (!_slices.TryGetValue((slice.Namespace, service), out var slices))
                _slices[(slice.Namespace, service)] = slices = [];
            slices.Add(slice);
        }
        foreach (var endpoints in set.Endpoints)
            _endpoints.TryAdd((endpoints.Namespace, endpoints.Name), endpoints);
    }

    /// <summary>Describes a Service.</summary>
    public RegistryService Describe(Resource<ServiceSpec> service)
    {
        var host = _names.Service(service.Name, service.Namespace);
        var externalName = service.Spec.Type == "ExternalName" ? service.Spec.ExternalName : null;
        var source = externalName is null ? Source(service, host) : new EndpointSource((_, _) => [], null);
        var ports = new List<RegistryPort>();
        foreach (var port in service.Spec.Ports ?? [])
        {
            var number = port.Port ?? 0;
            var protocol = PortProtocols.OfService(port.Protocol, port.AppProtocol, port.Name, number);
            if (number is < 1 or > ushort.MaxValue || protocol == PortProtocol.Udp || ports.Exists(p => p.Number == number))
                continue;
            var endpoints = ServiceEndpoint.Distinct(source.Of(port, number));
            ports.Add(new RegistryPort(number, port.Name ?? "", protocol, endpoints));
        }
        return new RegistryService
        {
            Source = service,
            Host = host,
            Name = service.Name,
            Ports = [.. ports],
            ExternalName = externalName?.TrimEnd('.'),
            Assumption = source.Assumption,
            Distribution = TrafficDistributions.Of(service.Metadata.Annotations, service.Spec.TrafficDistribution),
        };
    }

    /// <summary>Reports the EndpointSlices and Endpoints that belong to no Service.</summary>
    public void ReportStrays()
    {
        foreach (var ((ns, name), slices) in _slices)
        {
            foreach (var slice in slices)
                _ledger.Explain(slice, $"no Service {ns}/{name} takes its endpoints from it");
        }
        foreach (var ((ns, name), endpoints) in _endpoints)
            _ledger.Explain(endpoints, $"no Service {ns}/{name} takes its endpoints from it");
    }

    private EndpointSource Source(Resource<ServiceSpec> service, string host)
    {
        var key = (service.Namespace, service.Name);
        if (_slices.TryGetValue(key, out var slices))
        {
            slices.ForEach(_ledger.Serve);
            return new EndpointSource((port, _) => OfSlices(service, slices, port), null);
        }
        if (_endpoints.TryGetValue(key, out var endpoints))
        {
            _ledger.Serve(endpoints);
            return new EndpointSource((port, _) => OfEndpoints(service, endpoints, port), null);
        }
        if (service.Spec.Selector is { Count: > 0 } selector)
        {
            var pods = _workloads.Pods(service.Namespace, selector).ToList();
            var entries = _workloads.Entries(service.Namespace, selector).ToList();
            if (pods.Count + entries.Count > 0)
            {
                pods.ForEach(p => _ledger.Serve(p.Source));
                entries.ForEach(e => _ledger.Serve(e.Source));
                return new EndpointSource((port, number) => OfSelected(service, pods, entries, port, number), null);
            }
        }
        return Assumed(service, host);
    }

    private IEnumerable<ServiceEndpoint> OfSlices(
        Resource<ServiceSpec> service, List<Resource<EndpointSlice>> slices, ServiceSpecPort port)
    {
        foreach (var slice in slices)
        {
            if (PortOf(slice.Spec.Ports, port) is not { } number)
                continue;
            foreach (var endpoint in slice.Spec.Endpoints ?? [])
            {
                var resting = endpoint.Conditions?.Ready == false && service.Spec.PublishNotReadyAddresses != true;
                foreach (var address in endpoint.Addresses ?? [])
                {
                    var workload = At(endpoint.TargetRef, service.Namespace, address);
                    yield return new ServiceEndpoint(OnNode(InZone(workload, endpoint.Zone), endpoint.NodeName), number) { IsResting = resting };
                }
            }
        }
    }

    private IEnumerable<ServiceEndpoint> OfEndpoints(
        Resource<ServiceSpec> service, Resource<Endpoints> endpoints, ServiceSpecPort port)
    {
        foreach (var subset in endpoints.Spec.Subsets ?? [])
        {
            if (PortOf(subset.Ports, port) is not { } number)
                continue;
            var resting = service.Spec.PublishNotReadyAddresses != true;
            foreach (var endpoint in At(subset.Addresses, service.Namespace, number, resting: false))
                yield return endpoint;
            foreach (var endpoint in At(subset.NotReadyAddresses, service.Namespace, number, resting))
                yield return endpoint;
        }
    }

    private IEnumerable<ServiceEndpoint> At(IReadOnlyList<EndpointAddress>? addresses, string ns, int port, bool resting)
    {
        foreach (var address in addresses ?? [])
        {
            if (address.Ip is { } ip)
                yield return new ServiceEndpoint(OnNode(At(address.TargetRef, ns, ip), address.NodeName), port) { IsResting = resting };
        }
    }

    private static IEnumerable<ServiceEndpoint> OfSelected(
        Resource<ServiceSpec> service, List<PodWorkload> pods, List<EntryWorkload> entries, ServiceSpecPort port, int number)
    {
        foreach (var pod in pods)
        {
            var target = port.TargetPort is { IsName: true, Name: { } name } ? pod.NamedPort(name) : NumberOf(port, number);
            if (target is { } found)
                yield return new ServiceEndpoint(pod.Workload, found) { IsResting = !pod.Ready && service.Spec.PublishNotReadyAddresses != true };
        }
        foreach (var entry in entries)
        {
            if (TargetOf(entry.Source.Spec.Ports, port, number) is { } found)
                yield return new ServiceEndpoint(entry.Workload, found);
        }
    }

    // A targetPort by name must be among the WorkloadEntry's ports; otherwise those may still move the Service's port.
    private static int? TargetOf(IReadOnlyDictionary<string, uint>? ports, ServiceSpecPort port, int number)
    {
        var byName = port.TargetPort is { IsName: true };
        var name = byName ? port.TargetPort!.Value.Name! : port.Name ?? "";
        if (ports is not null && ports.TryGetValue(name, out var own))
            return (int)own;
        return byName ? null : NumberOf(port, number);
    }

    private static EndpointSource Assumed(Resource<ServiceSpec> service, string host)
    {
        var address = service.Spec.ClusterIP is { Length: > 0 } ip && ip != Headless ? ip : null;
        var workload = Workload.Bare(address ?? host);
        // Behind a headless name are the Pods themselves, which listen on the target port.
        var headless = service.Spec.ClusterIP == Headless;
        return new EndpointSource(
            (port, number) => [new ServiceEndpoint(workload, headless ? NumberOf(port, number) : number)],
            address is null ? $"its name {host}" : $"its clusterIP {address}");
    }

    private static int NumberOf(ServiceSpecPort port, int number) =>
        port.TargetPort is { IsName: false, Number: > 0 and var target } ? target : number;

    // Slices and Endpoints carry the Service's port names; a port without a name matches one without.
    private static int? PortOf(IReadOnlyList<EndpointPort>? ports, ServiceSpecPort port)
    {
        foreach (var candidate in ports ?? [])
        {
            if ((candidate.Name ?? "") == (port.Name ?? "") && candidate.Protocol is (null or "" or "TCP") && candidate.Port is > 0)
                return candidate.Port;
        }
        return null;
    }

    // The Pod's own labels know more: region and subzone, too.
    private static Workload InZone(Workload workload, string? zone) => string.IsNullOrEmpty(zone) || workload.Locality != Locality.Unknown
        ? workload
        : workload with { Locality = new Locality("", zone, "") };

    private static Workload OnNode(Workload workload, string? node) =>
        string.IsNullOrEmpty(node) || workload.Node is not null ? workload : workload with { Node = node };

    private Workload At(ObjectReference? reference, string ns, string address)
    {
        if (_workloads.PodAt(reference, ns, address) is not { } pod)
            return Workload.Bare(address);
        _ledger.Serve(pod.Source);
        return pod.Workload.Address == address ? pod.Workload : pod.Workload with { Address = address };
    }

    /// <summary>Where the endpoints of a Service's ports come from, and what had to be assumed for that.</summary>
    private sealed record EndpointSource(Func<ServiceSpecPort, int, IEnumerable<ServiceEndpoint>> Of, string? Assumption);
}
