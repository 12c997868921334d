using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Clusters.Balancers;
using Sluice.DataPlane.Forwarding;
using static Sluice.DataPlane.Tests.Clusters.Balancing;

namespace Sluice.DataPlane.Tests.Clusters;

/// <summary>Retries that pass over the localities that were tried.</summary>
public sealed class PassedLevelsTests
{
    private readonly ClusterStats _stats = new();
    private readonly Endpoint[] _endpoints = Endpoints(3);

    public static TheoryData<BalancingAlgorithm> Algorithms => Balancing.Algorithms();

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void A_level_that_is_passed_over_gets_nothing_while_another_can_take_it(BalancingAlgorithm algorithm)
    {
        var balancer = ThreeLevels(algorithm);
        Assert.Equal([1, 2, 2, 3, 1], ((uint[])[0, 0b001, 0b101, 0b011, 0b111]).Select(passed => Picked(balancer, passed)));
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void A_level_without_available_endpoints_is_no_way_out(BalancingAlgorithm algorithm)
    {
        var balancer = ThreeLevels(algorithm);
        Assert.Equal(2, Picked(balancer, 0b001));
        Eject(_stats, _endpoints[1]);
        Assert.Equal(3, Picked(balancer, 0b001));
        Eject(_stats, _endpoints[2]);
        Assert.Equal(1, Picked(balancer, 0b001));
    }

    [Fact]
    public void What_was_tried_counts_after_every_second_attempt()
    {
        var balancer = ThreeLevels(BalancingAlgorithm.LeastRequest);
        var tried = default(TriedLocalities);
        var ports = new List<int>();
        for (var attempt = 0; attempt < 8; attempt++)
        {
            var endpoint = balancer.Pick(new PickContext(null, null) { PassedLevels = tried.Passed })!;
            ports.Add(endpoint.Port);
            tried.Add(balancer, endpoint);
        }
        Assert.Equal([1, 1, 2, 2, 3, 3, 1, 1], ports);
    }

    [Fact]
    public void An_endpoint_that_left_is_of_no_level() =>
        Assert.Equal(0u, ThreeLevels(BalancingAlgorithm.Random).LevelOf(Endpoints(1)[0]));

    private LoadBalancer ThreeLevels(BalancingAlgorithm algorithm) =>
        Balancer(PolicyOf(algorithm), [.. _endpoints.Select(e => new[] { new EndpointGroup([e], 1) })], _stats);

    private static int Picked(LoadBalancer balancer, uint passed) => balancer.Pick(new PickContext(1, null) { PassedLevels = passed })!.Port;
}
