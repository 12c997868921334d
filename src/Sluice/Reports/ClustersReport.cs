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
    private const string Draining = "draining";
    private const string NoAddress = "unhealthy";

    public static ClusterStateView Of(Cluster cluster)
    {
        var members = cluster.Members;
        return new(cluster.Text,
        [
            .. members.Endpoints.Select(e => EndpointStateView.Of(cluster, e, e.ConnectTo is null ? NoAddress : EndpointStateView.Healthy)),
            .. members.Resting.Select(e => EndpointStateView.Of(cluster, e, e.ConnectTo is null ? NoAddress : Draining)),
            .. members.Leaving.Where(e => e.Stats.ActiveRequests > 0).Select(e => EndpointStateView.Of(cluster, e, Draining)),
        ]);
    }
}

/// <summary>One endpoint of a cluster.</summary>
/// <param name="Address"><c>host:port</c>.</param>
/// <param name="Health"><c>healthy</c>; <c>ejected</c>; <c>draining</c> for one that gets no new requests because it is not ready, about to end,
/// or gone while requests are still with it; <c>unhealthy</c> for a name without an address.</param>
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
    /// <summary>The health of an endpoint that takes requests.</summary>
    public const string Healthy = "healthy";

    public static EndpointStateView Of(Cluster cluster, Endpoint endpoint, string health = Healthy)
    {
        var (stats, ejections) = (endpoint.Stats, endpoint.Stats.Health);
        var ejection = ejections.Ejection;
        return new(
            endpoint.Address,
            ejection is null || health != Healthy ? health : "ejected",
            Sluice.DataPlane.Clusters.Ejections.ReturnOf(cluster, endpoint) is { } at ? Timestamp.Of(at) : null,
            ejections.Ejections,
            stats.ActiveRequests,
            stats.Successes,
            stats.Errors,
            ejection is null ? null : Timestamp.Of(ejection.At),
            ejection is null ? null : EjectionText.Of(ejection.Cause));
    }
}
