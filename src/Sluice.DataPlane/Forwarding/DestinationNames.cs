using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Telemetry;

namespace Sluice.DataPlane.Forwarding;

/// <summary>The labels by which metrics name an endpoint, made once for each and kept with it.</summary>
internal static class DestinationNames
{
    /// <summary>The labels of an endpoint of a cluster.</summary>
    public static DestinationLabels Of(Cluster cluster, Endpoint endpoint) => endpoint.Labels ??= Make(cluster, endpoint.Workload);

    /// <summary>The labels of a cluster that has no endpoint to try.</summary>
    public static DestinationLabels Of(Cluster cluster) => cluster.Labels ??= Make(cluster, WorkloadIdentity.Unknown);

    private static DestinationLabels Make(Cluster cluster, WorkloadIdentity workload) => new(
        workload.Name, workload.Namespace, workload.App, workload.Version, workload.CanonicalService, workload.CanonicalRevision,
        cluster.Name.Host, cluster.ServiceName, cluster.ServiceNamespace);
}
