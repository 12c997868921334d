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
    public static ClusterStateView Of(Cluster cluster) => new(cluster.Text, [.. cluster.Endpoints.Select(endpoint => EndpointStateView.Of(cluster, endpoint))]);
}

/// <summary>One endpoint of a cluster.</summary>
/// <param name="Address"><c>host:port</c>.</param>
/// <param name="Health"><c>healthy</c> or <c>ejected</c>.</param>
/// <param name="EjectedUntil">When an ejected endpoint comes back by itself; null when it is not ejected, or until an operator puts it back.</param>
/// <param name="Ejections">How often it was ejected.</param>
/// <param name="ActiveRequests">Requests that were sent and have not ended.</param>
/// <param name="Successes">Answers below 500.</param>
/// <param name="Errors">Answers from 500 on, and attempts without an answer.</param>
/// <param name="EjectedSince">When it was ejected; null when it is not.</param>
/// <param name="EjectedFor">Why, in Envoy's words, or <c>operator</c>; null when it is not.</param>
internal sealed record EndpointStateView(
    string Address, string Health, string? EjectedUntil, int Ejections, int ActiveRequests, long Successes, long Errors,
    string? EjectedSince, string? EjectedFor)
{
    public static EndpointStateView Of(Cluster cluster, Endpoint endpoint)
    {
        var (stats, health) = (endpoint.Stats, endpoint.Stats.Health);
        var ejection = health.Ejection;
        return new(
            endpoint.Address,
            ejection is null ? "healthy" : "ejected",
            Sluice.DataPlane.Clusters.Ejections.ReturnOf(cluster, endpoint) is { } at ? Timestamp.Of(at) : null,
            health.Ejections,
            stats.ActiveRequests,
            stats.Successes,
            stats.Errors,
            ejection is null ? null : Timestamp.Of(ejection.At),
            ejection is null ? null : EjectionText.Of(ejection.Cause));
    }
}
