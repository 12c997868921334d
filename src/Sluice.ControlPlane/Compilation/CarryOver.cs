using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Pipeline;

namespace Sluice.ControlPlane.Compilation;

/// <summary>Hands the endpoints of a new snapshot the live figures of their predecessors: those of the cluster with the same name that have
/// the same address.</summary>
internal sealed class CarryOver(Snapshot previous, TimeProvider time)
{
    /// <summary>The balancer that a cluster had; null when there was no such cluster.</summary>
    public LoadBalancer? BalancerOf(string cluster) => previous.Clusters.GetValueOrDefault(cluster)?.Balancer;

    /// <summary>The figures of a cluster's endpoints.</summary>
    public Predecessors Of(string cluster) =>
        new(previous.Clusters.TryGetValue(cluster, out var old) ? old.Endpoints : [], time.GetTimestamp());

    /// <summary>The endpoints that a cluster had.</summary>
    internal readonly struct Predecessors
    {
        // Below this many a search by eye is cheaper than a table.
        private const int TableFrom = 8;

        private readonly Endpoint[] _old;
        private readonly Dictionary<(string Host, int Port), EndpointStats>? _table;

        private readonly long _now;

        public Predecessors(Endpoint[] old, long now)
        {
            _old = old;
            _now = now;
            _table = old.Length < TableFrom ? null : old.ToDictionary(e => (e.Host, e.Port), e => e.Stats);
        }

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
