using Sluice.Api.Networking;
using Sluice.Api.Resources;
using Sluice.ControlPlane.Discovery;
using Sluice.DataPlane.Clusters;

namespace Sluice.ControlPlane.Compilation;

/// <summary>Reports <c>maxRequestsPerConnection</c> where it is not kept: over HTTP/2 nobody counts the requests of a connection, and only 1 can be
/// kept without counting. Which protocol a cluster speaks depends on its service, so the field alone does not tell.</summary>
internal sealed class UncountedRequests(ObjectLedger ledger)
{
    /// <summary>Looks at a cluster.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="rule">The object whose policy holds for it; null without.</param>
    /// <param name="pool">What it says of connections; null for nothing.</param>
    public void Report(Cluster cluster, Resource? rule, ConnectionPoolSettings? pool)
    {
        if (cluster.Connections.MaxRequests > 1
            && (cluster.Protocol == UpstreamProtocol.Http2 || cluster.FollowsClientProtocol)
            && rule is Resource<DestinationRuleSpec> written && PathOf(written.Spec, pool!) is { } path)
        {
            ledger.NotInForce(written, $"{path}.http.maxRequestsPerConnection", "a connection of HTTP/2 carries any number of requests");
        }
    }

    // What a subset inherits is reported with the rule it has it from.
    private static string? PathOf(DestinationRuleSpec spec, ConnectionPoolSettings pool)
    {
        if (PathOf("spec.trafficPolicy", spec.TrafficPolicy, pool) is { } found)
            return found;
        for (var i = 0; i < (spec.Subsets?.Count ?? 0); i++)
        {
            if (PathOf($"spec.subsets[{i}].trafficPolicy", spec.Subsets![i].TrafficPolicy, pool) is { } own)
                return own;
        }
        return null;
    }

    private static string? PathOf(string path, TrafficPolicy? policy, ConnectionPoolSettings pool)
    {
        if (ReferenceEquals(policy?.ConnectionPool, pool))
            return $"{path}.connectionPool";
        for (var i = 0; i < (policy?.PortLevelSettings?.Count ?? 0); i++)
        {
            if (ReferenceEquals(policy!.PortLevelSettings![i].ConnectionPool, pool))
                return $"{path}.portLevelSettings[{i}].connectionPool";
        }
        return null;
    }
}
