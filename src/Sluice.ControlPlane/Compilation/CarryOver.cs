using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Pipeline;

namespace Sluice.ControlPlane.Compilation;

/// <summary>Hands the endpoints of a new snapshot the live figures of their predecessors: those of the cluster with the same name that have
/// the same address.</summary>
internal sealed class CarryOver(Snapshot previous)
{
    /// <summary>The figures of a cluster's endpoints.</summary>
    public Predecessors Of(string cluster) =>
        new(previous.Clusters.TryGetValue(cluster, out var old) ? old.Endpoints : []);

    /// <summary>The endpoints that a cluster had.</summary>
    internal readonly struct Predecessors
    {
        // Below this many a search by eye is cheaper than a table.
        private const int TableFrom = 8;

        private readonly Endpoint[] _old;
        private readonly Dictionary<(string Host, int Port), EndpointStats>? _table;

        public Predecessors(Endpoint[] old)
        {
            _old = old;
            _table = old.Length < TableFrom ? null : old.ToDictionary(e => (e.Host, e.Port), e => e.Stats);
        }

        /// <summary>The figures of an address: its predecessor's, or new ones.</summary>
        public EndpointStats StatsOf(string host, int port)
        {
            if (_table is not null)
                return _table.TryGetValue((host, port), out var stats) ? stats : new EndpointStats();
            foreach (var endpoint in _old)
            {
                if (endpoint.Port == port && endpoint.Host == host)
                    return endpoint.Stats;
            }
            return new EndpointStats();
        }
    }
}
