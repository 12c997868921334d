using System.Collections.Concurrent;
using Sluice.DataPlane.Clusters;
using Sluice.Transport.Http1;
using Sluice.Transport.Upstream;

namespace Sluice.DataPlane.Forwarding;

/// <summary>The connections of the native carrier, a pool for each endpoint of each cluster. They belong to no snapshot: like the endpoint's
/// figures, by which they are found, they outlive a reload.</summary>
public sealed class UpstreamPools : IDisposable
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<EndpointStats, Http1Pool> _pools = new();
    private readonly Lock _makingRoom = new();
    private readonly TimeProvider _time;
    private readonly ITimer _sweeper;

    /// <param name="transport">Opens connections.</param>
    /// <param name="time">The clock of idle times.</param>
    public UpstreamPools(UpstreamTransport transport, TimeProvider time)
    {
        Transport = transport;
        _time = time;
        _sweeper = time.CreateTimer(static pools => ((UpstreamPools)pools!).Sweep(), this, SweepInterval, SweepInterval);
    }

    /// <summary>Opens connections.</summary>
    internal UpstreamTransport Transport { get; }

    /// <summary>How many connections there are to a cluster.</summary>
    public int CountOf(Cluster cluster)
    {
        var count = 0;
        foreach (var endpoint in cluster.Members.Everyone)
        {
            if (_pools.TryGetValue(endpoint.Stats, out var pool))
                count += pool.Count;
        }
        return count;
    }

    /// <summary>The pool of an endpoint.</summary>
    internal Http1Pool For(Cluster cluster, Endpoint endpoint)
    {
        if (!_pools.TryGetValue(endpoint.Stats, out var pool))
            pool = _pools.GetOrAdd(endpoint.Stats, new Http1Pool(Transport, cluster.PoolSettings, _time));
        if (!ReferenceEquals(pool.Settings, cluster.PoolSettings))
            pool.Settings = cluster.PoolSettings;
        return pool;
    }

    /// <summary>Counts a connection that is about to be made. Where the cluster's connections are limited, an idle one of another endpoint
    /// gives way for it: the circuit breaker lets no more requests in than there may be connections, so one that is too many is idle.</summary>
    internal void Reserve(Cluster cluster, Http1Pool pool)
    {
        if (!cluster.CircuitBreaker.Limits.LimitsConnections)
        {
            pool.Reserve();
            return;
        }
        lock (_makingRoom)
        {
            while (CountOf(cluster) >= cluster.CircuitBreaker.Limits.MaxConnections && CloseIdle(cluster))
            {
            }
            pool.Reserve();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _sweeper.Dispose();
        foreach (var pool in _pools.Values)
            pool.Dispose();
    }

    private bool CloseIdle(Cluster cluster)
    {
        foreach (var endpoint in cluster.Members.Everyone)
        {
            if (_pools.TryGetValue(endpoint.Stats, out var pool) && pool.TryCloseIdle())
                return true;
        }
        return false;
    }

    /// <summary>Closes what is of no use any more, and forgets endpoints that nobody asked for since the last time.</summary>
    private void Sweep()
    {
        foreach (var (stats, pool) in _pools)
        {
            if (pool.Sweep() && _pools.TryRemove(stats, out _))
                pool.Dispose();
        }
    }
}
