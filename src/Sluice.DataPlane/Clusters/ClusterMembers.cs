namespace Sluice.DataPlane.Clusters;

/// <summary>Who is in a cluster: where its requests may go, and who is only listed. Immutable; new addresses of a name make new members,
/// and <see cref="Cluster.Publish"/> puts them in force in the running snapshot.</summary>
/// <param name="Endpoints">Those that take requests, in a stable order.</param>
/// <param name="Balancer">Picks one of them.</param>
public sealed record ClusterMembers(Endpoint[] Endpoints, LoadBalancer Balancer)
{
    /// <summary>Those that the configuration names and that get no new requests: they are not ready or about to end (an EndpointSlice's
    /// conditions, a Pod's readiness), or they are a name that has no address.</summary>
    public Endpoint[] Resting { get; init; } = [];

    /// <summary>Those that were in the cluster and still had requests when they went. One that comes back finds its figures here.</summary>
    public Endpoint[] Leaving { get; init; } = [];

    /// <summary>All of them: ejections and connections outlive a rest.</summary>
    internal Endpoint[] Everyone => Resting.Length + Leaving.Length == 0 ? Endpoints : [.. Endpoints, .. Resting, .. Leaving];
}
