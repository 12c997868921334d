using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Pipeline;

namespace Sluice.ControlPlane.Compilation;

/// <summary>Hands the clusters of a new snapshot what is going on in their predecessors, which have the same name, and their endpoints the
/// live figures of those that have the same address.</summary>
internal sealed class CarryOver(Snapshot previous, TimeProvider time)
{
    /// <summary>What a cluster takes over.</summary>
    public Predecessors Of(string cluster) => previous.Clusters.TryGetValue(cluster, out var old)
        ? new(old.Stats, old.Endpoints, old.Balancer, time.GetTimestamp())
        : new(new ClusterStats(), [], null, time.GetTimestamp());

    /// <summary>What a cluster had.</summary>
    internal readonly struct Predecessors
    {
        // Below this many a search by eye is cheaper than a table.
        private const int TableFrom = 8;

        private readonly Endpoint[] _old;
        private readonly Dictionary<(string Host, int Port), EndpointStats>? _table;

        private readonly long _now;

        public Predecessors(ClusterStats stats, Endpoint[] old, LoadBalancer? balancer, long now)
        {
            Stats = stats;
            Balancer = balancer;
            _old = old;
            _now = now;
            _table = old.Length < TableFrom ? null : old.ToDictionary(e => (e.Host, e.Port), e => e.Stats);
        }

        /// <summary>What is going on in the cluster.</summary>
        public ClusterStats Stats { get; }

        /// <summary>How its endpoints were picked; null when there was no such cluster.</summary>
        public LoadBalancer? Balancer { get; }

        /// <summary>The figures of an address: its predecessor's, or new ones.</summary>
        public EndpointStats StatsOf(string host, int port)
        {
            if (_table is not null)
                return _table.TryGetValue((host, port), out var stats) ? stats : New();
            foreach (var endpoint in _old)
            {
                if (endpoint.Port == port && endpoint.Host == host)
                    return endpoint.Stats;
            }
            return New();
        }

        private EndpointStats New() => new() { Since = _now };
    }
}
