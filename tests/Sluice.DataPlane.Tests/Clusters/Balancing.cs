using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Clusters.Balancers;

namespace Sluice.DataPlane.Tests.Clusters;

/// <summary>Short ways to endpoints, balancers, and the picks of them.</summary>
internal static class Balancing
{
    public static readonly BalancingPolicy Ring = new() { Algorithm = BalancingAlgorithm.RingHash, TableSize = 1024 };

    public static readonly BalancingPolicy Maglev = new() { Algorithm = BalancingAlgorithm.Maglev, TableSize = 65_537 };

    public static TheoryData<BalancingAlgorithm> Algorithms() => [.. Enum.GetValues<BalancingAlgorithm>()];

    public static BalancingPolicy PolicyOf(BalancingAlgorithm algorithm) => new()
    {
        Algorithm = algorithm,
        TableSize = algorithm == BalancingAlgorithm.Maglev ? Maglev.TableSize : Ring.TableSize,
    };

    /// <summary>Endpoints of a weight, with the ports from 1.</summary>
    public static Endpoint[] Endpoints(int count, int weight = 1) =>
        [.. Enumerable.Range(1, count).Select(port => new Endpoint("10.0.0.1", port, weight, new EndpointStats()))];

    public static LoadBalancer Balancer(
        BalancingPolicy policy, EndpointGroup[][] levels, ClusterStats? stats = null, TimeProvider? time = null, int seed = 1)
    {
        var random = new Random(seed);
        return new LoadBalancer(policy, levels, stats ?? new ClusterStats(), time ?? TimeProvider.System, () => (uint)random.NextInt64(1L << 32));
    }

    public static LoadBalancer Balancer(BalancingPolicy policy, Endpoint[] endpoints, ClusterStats? stats = null) =>
        Balancer(policy, [[new EndpointGroup(endpoints, 1)]], stats);

    /// <summary>How often each endpoint is picked.</summary>
    public static Dictionary<Endpoint, int> Count(LoadBalancer balancer, int picks) => Enumerable.Range(0, picks)
        .CountBy(key => balancer.Pick(new PickContext(Hashing.Of($"key {key}"), null))!).ToDictionary();

    public static void Eject(ClusterStats stats, params ReadOnlySpan<Endpoint> endpoints)
    {
        foreach (var endpoint in endpoints)
            endpoint.Stats.Health.Eject(new Ejection(EjectionCause.ServerErrors, TimeSpan.Zero, default), 1);
        stats.HealthChanged();
    }

    public static void Return(ClusterStats stats, params ReadOnlySpan<Endpoint> endpoints)
    {
        foreach (var endpoint in endpoints)
            endpoint.Stats.Health.Return(TimeSpan.Zero);
        stats.HealthChanged();
    }
}
