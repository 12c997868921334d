using Sluice.Api.Networking;

namespace Sluice.ControlPlane.Compilation;

/// <summary>The traffic policy of one cluster: a service port, or a subset of it.</summary>
/// <remarks>Whole blocks are chosen, never merged field by field. An entry of <c>portLevelSettings</c> for the port stands alone: what it
/// leaves out has the defaults, not the values of the level above. A subset's blocks replace those of the rule; if the subset has an
/// entry for the port, all four do, written or not. See https://istio.io/latest/docs/reference/config/networking/destination-rule/.</remarks>
internal readonly record struct EffectivePolicy(
    LoadBalancerSettings? LoadBalancer, ConnectionPoolSettings? ConnectionPool, OutlierDetection? OutlierDetection, ClientTlsSettings? Tls,
    RetryBudget? RetryBudget = null, ProxyProtocol? ProxyProtocol = null)
{
    /// <summary>Resolves the policy of a port.</summary>
    /// <param name="rule">Policy of the rule; null without.</param>
    /// <param name="subset">Policy of the subset; null for the whole service, or for a subset without one.</param>
    /// <param name="mesh">The mesh's default, which fills connection pool and outlier detection.</param>
    /// <param name="port">The service's port number.</param>
    public static EffectivePolicy Of(TrafficPolicy? rule, TrafficPolicy? subset, TrafficPolicy? mesh, int port)
    {
        var policy = AtPort(rule, port) is { } own ? From(own) : From(rule);
        policy = policy with
        {
            ConnectionPool = policy.ConnectionPool ?? mesh?.ConnectionPool,
            OutlierDetection = policy.OutlierDetection ?? mesh?.OutlierDetection,
        };
        // Entries have no retry budget and no PROXY header, so a subset's entry leaves those of the rule alone.
        if (AtPort(subset, port) is { } entry)
        {
            return From(entry) with
            {
                RetryBudget = subset!.RetryBudget ?? policy.RetryBudget,
                ProxyProtocol = subset.ProxyProtocol ?? policy.ProxyProtocol,
            };
        }
        return new EffectivePolicy(
            subset?.LoadBalancer ?? policy.LoadBalancer,
            subset?.ConnectionPool ?? policy.ConnectionPool,
            subset?.OutlierDetection ?? policy.OutlierDetection,
            subset?.Tls ?? policy.Tls,
            subset?.RetryBudget ?? policy.RetryBudget,
            subset?.ProxyProtocol ?? policy.ProxyProtocol);
    }

    private static PortTrafficPolicy? AtPort(TrafficPolicy? policy, int port)
    {
        foreach (var entry in policy?.PortLevelSettings ?? [])
        {
            if (entry.Port?.Number == port)
                return entry;
        }
        return null;
    }

    private static EffectivePolicy From(TrafficPolicy? policy) =>
        new(policy?.LoadBalancer, policy?.ConnectionPool, policy?.OutlierDetection, policy?.Tls, policy?.RetryBudget, policy?.ProxyProtocol);

    private static EffectivePolicy From(PortTrafficPolicy policy) =>
        new(policy.LoadBalancer, policy.ConnectionPool, policy.OutlierDetection, policy.Tls);
}
