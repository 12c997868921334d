using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Pipeline;

namespace Sluice.Reports;

/// <summary>Clusters with the live figures of their endpoints: what the admin API's <c>/clusters</c> answers.</summary>
internal sealed record ClustersReport(IReadOnlyList<ClusterStateView> Clusters)
{
    /// <summary>Describes the clusters of a snapshot as they are now.</summary>
    public static ClustersReport Of(Snapshot snapshot) => new(
        [.. snapshot.Clusters.Values.OrderBy(c => c.Text, StringComparer.Ordinal).Select(ClusterStateView.Of)]);
}

/// <summary>One cluster.</summary>
internal sealed record ClusterStateView(string Name, IReadOnlyList<EndpointStateView> Endpoints)
{
    public static ClusterStateView Of(Cluster cluster) => new(cluster.Text, [.. cluster.Endpoints.Select(EndpointStateView.Of)]);
}

/// <summary>One endpoint of a cluster.</summary>
/// <param name="Address"><c>host:port</c>.</param>
/// <param name="Health"><c>healthy</c>; ejection comes with outlier detection.</param>
/// <param name="EjectedUntil">When an ejected endpoint comes back; null when it is not ejected.</param>
/// <param name="Ejections">How often it was ejected.</param>
/// <param name="ActiveRequests">Requests that were sent and have not ended.</param>
/// <param name="Successes">Answers below 500.</param>
/// <param name="Errors">Answers from 500 on, and attempts without an answer.</param>
internal sealed record EndpointStateView(
    string Address, string Health, string? EjectedUntil, int Ejections, int ActiveRequests, long Successes, long Errors)
{
    public static EndpointStateView Of(Endpoint endpoint) => new(
        endpoint.Address,
        "healthy",
        null,
        0,
        endpoint.Stats.ActiveRequests,
        endpoint.Stats.Successes,
        endpoint.Stats.Errors);
}
