using Sluice.Api.Kubernetes;
using Sluice.Api.Networking;
using Sluice.Api.Resources;
using Sluice.ControlPlane.Validation.Checks;

namespace Sluice.ControlPlane.Validation.Analysis;

/// <summary>How many endpoints of a service carry certain labels, where the configuration says enough to tell.</summary>
internal sealed class ServiceWorkloads(ConfigIndex index)
{
    /// <summary>Labels that an endpoint also gets from the node that it runs on. Nodes are not read, so a Pod on one may have any
    /// value.</summary>
    private static readonly string[] TopologyLabels =
        ["topology.kubernetes.io/region", "topology.kubernetes.io/zone", "topology.istio.io/subzone", "kubernetes.io/hostname"];

    private readonly ILookup<string, string> _podsOfService = PodsOfServices(index);

    /// <summary>Endpoints of the service with these labels.</summary>
    /// <returns>Their number; null when the configuration has no workloads in the service's namespace.</returns>
    public int? Count(KnownService service, IReadOnlyDictionary<string, string>? labels) => service.Source switch
    {
        Resource<ServiceEntrySpec> { Spec.Endpoints: { Count: > 0 } endpoints } =>
            endpoints.Count(endpoint => Labels.Select(labels, endpoint.Labels ?? Empty)),
        Resource<ServiceEntrySpec> { Spec.WorkloadSelector: { } selector } => CountWorkloads(service, selector.Labels, labels),
        Resource<ServiceSpec> { Spec.Selector: { Count: > 0 } selector } => CountWorkloads(service, selector, labels),
        Resource<ServiceSpec> => CountReferenced(service, labels),
        _ => null,
    };

    private int? CountWorkloads(KnownService service, IReadOnlyDictionary<string, string>? selector,
        IReadOnlyDictionary<string, string>? labels)
    {
        var place = service.Source.Namespace;
        return index.Workloads.In(place).Count == 0 ? null
            : index.Workloads.Select(place, selector).Count(workload => Carries(workload, labels));
    }

    /// <summary>A Service without selector: the Pods that its EndpointSlices and Endpoints refer to.</summary>
    private int? CountReferenced(KnownService service, IReadOnlyDictionary<string, string>? labels)
    {
        var place = service.Source.Namespace;
        var pods = _podsOfService[$"{place}/{service.Source.Name}"].ToHashSet(StringComparer.Ordinal);
        if (pods.Count == 0) return null;
        return index.Workloads.In(place).Count(workload => pods.Contains(workload.Source.Name) && Carries(workload, labels));
    }

    private static bool Carries(Workload workload, IReadOnlyDictionary<string, string>? labels)
    {
        foreach (var (key, value) in labels ?? Empty)
        {
            if (workload.Labels.TryGetValue(key, out var actual) && actual == value) continue;
            if (workload.Node is null || value.Length == 0 || !TopologyLabels.Contains(key)) return false;
        }

        return true;
    }

    private static ILookup<string, string> PodsOfServices(ConfigIndex index)
    {
        var slices = index.Set.EndpointSlices.SelectMany(slice => (slice.Spec.Endpoints ?? []).Select(endpoint => (
            Service: $"{slice.Namespace}/{slice.Metadata.Labels.GetValueOrDefault("kubernetes.io/service-name")}",
                Target: endpoint.TargetRef)));
        var endpoints = index.Set.Endpoints.SelectMany(endpoint => (endpoint.Spec.Subsets ?? [])
            .SelectMany(subset => subset.Addresses ?? [])
            .Select(address => (Service: $"{endpoint.Namespace}/{endpoint.Name}", Target: address.TargetRef)));
        return slices.Concat(endpoints).Where(pair => pair.Target is { Kind: "Pod", Name.Length: > 0 })
            .ToLookup(pair => pair.Service, pair => pair.Target!.Name!, StringComparer.Ordinal);
    }

    private static readonly IReadOnlyDictionary<string, string> Empty = new Dictionary<string, string>();
}
