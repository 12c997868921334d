using Sluice.Api.Resources;
using Sluice.DataPlane.Clusters;

namespace Sluice.ControlPlane.Discovery;

/// <summary>Makes the names that Istio's metrics show for a workload out of its labels. Equal identities are one object.</summary>
/// <remarks>The canonical service and revision come from the labels
/// <c>service.istio.io/canonical-*</c>, <c>app.kubernetes.io/*</c>, <c>app</c> and <c>version</c>, in this order.</remarks>
internal sealed class WorkloadIdentities
{
    private const string Unknown = "unknown";
    private readonly Dictionary<WorkloadIdentity, WorkloadIdentity> _known = [];

    /// <summary>Names of a workload.</summary>
    /// <param name="workload">Name of the controller; null when the configuration does not tell.</param>
    /// <param name="ns">Namespace.</param>
    /// <param name="labels">Labels.</param>
    public WorkloadIdentity Of(string? workload, string ns, IReadOnlyDictionary<string, string> labels)
    {
        var name = workload ?? Unknown;
        var identity = new WorkloadIdentity(
            name,
            ns,
            First(labels, "app") ?? Unknown,
            First(labels, "version") ?? Unknown,
            First(labels, "service.istio.io/canonical-name", "app.kubernetes.io/name", "app") ?? name,
            First(labels, "service.istio.io/canonical-revision", "app.kubernetes.io/version", "version") ?? "latest");
        if (_known.TryGetValue(identity, out var same))
            return same;
        _known[identity] = identity;
        return identity;
    }

    /// <summary>The name of the Deployment, StatefulSet or DaemonSet that made a Pod, judging by the labels these leave on it; the Pod's
    /// own name when it was made by hand.</summary>
    public static string ControllerOf(ObjectMeta pod)
    {
        var name = pod.Name;
        if (pod.Labels.TryGetValue("pod-template-hash", out var hash))
        {
            var cut = name.IndexOf($"-{hash}-", StringComparison.Ordinal);
            return cut > 0 ? name[..cut] : name;
        }
        if (pod.Labels.ContainsKey("statefulset.kubernetes.io/pod-name") || pod.Labels.ContainsKey("controller-revision-hash"))
        {
            var cut = name.LastIndexOf('-');
            return cut > 0 ? name[..cut] : name;
        }
        return name;
    }

    private static string? First(IReadOnlyDictionary<string, string> labels, params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
        {
            if (labels.TryGetValue(key, out var value) && value.Length > 0)
                return value;
        }
        return null;
    }
}
