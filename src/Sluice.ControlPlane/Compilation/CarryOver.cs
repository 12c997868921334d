using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Pipeline;

namespace Sluice.ControlPlane.Compilation;

/// <summary>Hands the clusters of a new snapshot what is going on in their predecessors, which have the same name.</summary>
internal sealed class CarryOver(Snapshot previous, TimeProvider time)
{
    /// <summary>What a cluster takes over.</summary>
    public Predecessors Of(string cluster) => previous.Clusters.TryGetValue(cluster, out var old)
        ? new Predecessors(old, time.GetTimestamp())
        : new Predecessors(null, time.GetTimestamp());
}

/// <summary>What a cluster had. Endpoints find their live figures by <see cref="Endpoint.Key"/>.</summary>
internal sealed class Predecessors
{
    private readonly ClusterMembers? _old;
    private readonly long _now;
    private Dictionary<string, Endpoint>? _byKey;

    /// <param name="cluster">The predecessor; null when there was none.</param>
    /// <param name="now">The timestamp of now, which new endpoints were first seen at.</param>
    /// <param name="isSame">Whether it is not a predecessor but the cluster itself, so that its endpoints fit as they are.</param>
    public Predecessors(Cluster? cluster, long now, bool isSame = false)
    {
        IsSame = isSame;
        _old = cluster?.Members;
        _now = now;
        Stats = cluster?.Stats ?? new ClusterStats();
    }

    /// <summary>What is going on in the cluster.</summary>
    public ClusterStats Stats { get; }

    /// <summary>Whether the endpoints fit as they are.</summary>
    public bool IsSame { get; }

    /// <summary>How its endpoints were picked; null when there was no such cluster.</summary>
    public LoadBalancer? Balancer => _old?.Balancer;

    /// <summary>The endpoint of this key; null when there was none.</summary>
    public Endpoint? Find(string key) => ByKey.GetValueOrDefault(key);

    /// <summary>The figures of a key: its predecessor's, or new ones.</summary>
    public EndpointStats StatsOf(string key) => Find(key)?.Stats ?? new EndpointStats { Since = _now };

    /// <summary>Those that are no more, and whose requests have not ended.</summary>
    /// <param name="present">Those that are.</param>
    public Endpoint[] Leaving(IEnumerable<Endpoint> present)
    {
        if (ByKey.Values.All(e => e.Stats.ActiveRequests == 0))
            return [];
        var keys = present.Select(e => e.Key).ToHashSet(StringComparer.Ordinal);
        return [.. ByKey.Values.Where(e => e.Stats.ActiveRequests > 0 && !keys.Contains(e.Key))];
    }

    private Dictionary<string, Endpoint> ByKey
    {
        get
        {
            if (_byKey is not null)
                return _byKey;
            _byKey = new Dictionary<string, Endpoint>(StringComparer.Ordinal);
            if (_old is not null)
            {
                foreach (var endpoint in _old.Endpoints.Concat(_old.Resting).Concat(_old.Leaving))
                    _byKey.TryAdd(endpoint.Key, endpoint);
            }
            return _byKey;
        }
    }
}
