using Sluice.Api.Kubernetes;
using Sluice.Api.Networking;
using Sluice.Api.Resources;
using Sluice.DataPlane.Clusters;

namespace Sluice.ControlPlane.Discovery;

/// <summary>The Pods and WorkloadEntries of a configuration, found by name, by address and by labels.</summary>
internal sealed class Workloads
{
    private readonly LabelIndex<PodWorkload> _pods = new();
    private readonly LabelIndex<EntryWorkload> _entries = new();
    private readonly Dictionary<(string Namespace, string Name), PodWorkload> _podsByName = [];
    private readonly Dictionary<string, PodWorkload> _podsByAddress = [];
    private readonly WorkloadIdentities _identities = new();

    public Workloads(IReadOnlyList<Resource<Pod>> pods, IReadOnlyList<Resource<WorkloadEntrySpec>> entries)
    {
        foreach (var pod in pods)
            Add(pod);
        foreach (var entry in entries)
        {
            var workload = Describe(entry.Spec, entry.Namespace, entry.Name, entry.Metadata.Labels);
            _entries.Add(entry.Namespace, workload.Labels, new EntryWorkload(entry, workload));
        }
    }

    /// <summary>The Pods that a selector picks.</summary>
    public IEnumerable<PodWorkload> Pods(string ns, IReadOnlyDictionary<string, string> selector) => _pods.Select(ns, selector);

    /// <summary>The WorkloadEntries that a selector picks.</summary>
    public IEnumerable<EntryWorkload> Entries(string ns, IReadOnlyDictionary<string, string> selector) => _entries.Select(ns, selector);

    /// <summary>The Pod behind an address of an EndpointSlice or of Endpoints: the one it refers to, else the one with this address.</summary>
    public PodWorkload? PodAt(ObjectReference? reference, string ns, string address)
    {
        if (reference is { Kind: "Pod", Name: { } name })
            return _podsByName.GetValueOrDefault((reference.Namespace ?? ns, name));
        return _podsByAddress.GetValueOrDefault(address);
    }

    /// <summary>An endpoint that a ServiceEntry lists, or a WorkloadEntry.</summary>
    /// <param name="entry">The endpoint.</param>
    /// <param name="ns">Namespace of the object.</param>
    /// <param name="name">Name of the WorkloadEntry; null for an endpoint of a ServiceEntry.</param>
    /// <param name="metadata">Labels of the WorkloadEntry itself; they go before those of its spec.</param>
    public Workload Describe(
        WorkloadEntrySpec entry, string ns, string? name = null, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var labels = Merge(entry.Labels, metadata);
        var weight = entry.Weight is > 0 and var written ? (int)Math.Min(written, int.MaxValue) : 1;
        return new Workload(entry.Address ?? "", labels, _identities.Of(name, ns, labels), weight)
        {
            ServiceAccount = Account(ns, entry.ServiceAccount),
            Locality = string.IsNullOrEmpty(entry.Locality) ? Locality.Of(labels) : Locality.Parse(entry.Locality),
        };
    }

    private void Add(Resource<Pod> pod)
    {
        var address = pod.Spec.Status?.PodIP;
        var labels = pod.Metadata.Labels;
        var identity = _identities.Of(WorkloadIdentities.ControllerOf(pod.Metadata), pod.Namespace, labels);
        var described = new PodWorkload(pod, Describe(pod, identity), IsReady(pod.Spec.Status));
        _podsByName.TryAdd((pod.Namespace, pod.Name), described);
        if (string.IsNullOrEmpty(address))
            return;
        _pods.Add(pod.Namespace, labels, described);
        // Pods on the network of their node share its address, which says nothing about which of them is meant.
        if (pod.Spec.Spec?.HostNetwork != true)
            _podsByAddress.TryAdd(address, described);
    }

    private static Workload Describe(Resource<Pod> pod, WorkloadIdentity identity)
    {
        var labels = pod.Metadata.Labels;
        return new Workload(pod.Spec.Status?.PodIP ?? "", labels, identity)
        {
            ServiceAccount = Account(pod.Namespace, pod.Spec.Spec?.ServiceAccountName),
            Locality = Locality.Of(labels),
            Node = pod.Spec.Spec?.NodeName,
        };
    }

    private static string? Account(string ns, string? name) => string.IsNullOrEmpty(name) ? null : $"ns/{ns}/sa/{name}";

    private static bool IsReady(PodStatus? status)
    {
        if (status?.Phase is "Succeeded" or "Failed")
            return false;
        foreach (var condition in status?.Conditions ?? [])
        {
            if (condition.Type == "Ready" && condition.Status != "True")
                return false;
        }
        return true;
    }

    private static IReadOnlyDictionary<string, string> Merge(
        IReadOnlyDictionary<string, string>? spec, IReadOnlyDictionary<string, string>? metadata)
    {
        if (metadata is not { Count: > 0 })
            return spec ?? Workload.NoLabels;
        if (spec is not { Count: > 0 })
            return metadata;
        var merged = new Dictionary<string, string>(spec);
        foreach (var (key, value) in metadata)
            merged[key] = value;
        return merged;
    }
}

/// <summary>A Pod with an address.</summary>
/// <param name="Source">The object.</param>
/// <param name="Workload">What runs there.</param>
/// <param name="Ready">Whether it takes traffic.</param>
internal sealed record PodWorkload(Resource<Pod> Source, Workload Workload, bool Ready)
{
    /// <summary>The number of a port that a container names; null when none does.</summary>
    public int? NamedPort(string name) => NamedPort(Source.Spec, name);

    /// <inheritdoc cref="NamedPort(string)"/>
    public static int? NamedPort(Pod pod, string name)
    {
        foreach (var container in pod.Spec?.Containers ?? [])
        {
            foreach (var port in container.Ports ?? [])
            {
                if (port.Name == name && port.Protocol is (null or "" or "TCP"))
                    return port.ContainerPort;
            }
        }
        return null;
    }
}

/// <summary>A WorkloadEntry.</summary>
internal sealed record EntryWorkload(Resource<WorkloadEntrySpec> Source, Workload Workload);
