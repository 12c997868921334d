using CsCheck;
using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Clusters.Balancers;
using Sluice.DataPlane.Tests.Pipeline.Harness;
using Sluice.DataPlane.Tests.Routing;
using static Sluice.DataPlane.Tests.Clusters.Balancing;

namespace Sluice.DataPlane.Tests.Clusters;

/// <summary>What ejections, panic, levels, groups and warm-up do to the picks, whatever the algorithm.</summary>
public sealed class HealthTests
{
    public static TheoryData<BalancingAlgorithm> Algorithms => Balancing.Algorithms();

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void An_endpoint_that_is_not_available_is_never_picked_outside_of_a_panic(BalancingAlgorithm algorithm) =>
        Gen.Bool.Array[1, 12].Sample(ejected =>
        {
            var stats = new ClusterStats();
            var endpoints = Endpoints(ejected.Length);
            var balancer = Balancer(PolicyOf(algorithm), endpoints, stats);
            balancer.Pick(default);
            Eject(stats, [.. endpoints.Where((_, i) => ejected[i])]);
            if (Array.TrueForAll(ejected, e => e))
            {
                Assert.Null(balancer.Pick(default));
                return;
            }
            var picked = Count(balancer, 300);
            Assert.All(picked.Keys, endpoint => Assert.True(endpoint.IsAvailable));
            Return(stats, endpoints);
            Assert.Equal(endpoints.Length, Count(balancer, 300).Count);
        }, iter: 60);

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void A_panic_takes_all_but_what_an_operator_took_out(BalancingAlgorithm algorithm)
    {
        var stats = new ClusterStats();
        var endpoints = Endpoints(5);
        var balancer = Balancer(PolicyOf(algorithm) with { PanicPercent = 50 }, endpoints, stats);
        Eject(stats, endpoints[0], endpoints[1]);
        Assert.Equal([3, 4, 5], Count(balancer, 500).Keys.Select(e => e.Port).Order());
        Eject(stats, endpoints[2]);
        Assert.Equal([1, 2, 3, 4, 5], Count(balancer, 500).Keys.Select(e => e.Port).Order());
        endpoints[1].Stats.Health.Eject(new Ejection(EjectionCause.Operator, TimeSpan.Zero, default), 1);
        Eject(stats, endpoints[3], endpoints[4]);
        Assert.Equal([1, 3, 4, 5], Count(balancer, 500).Keys.Select(e => e.Port).Order());
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void The_next_level_takes_what_the_first_one_can_not(BalancingAlgorithm algorithm)
    {
        var stats = new ClusterStats();
        var endpoints = Endpoints(20);
        var balancer = Balancer(
            PolicyOf(algorithm), [[new EndpointGroup(endpoints[..10], 1)], [new EndpointGroup(endpoints[10..], 1)]], stats);
        Assert.Equal(1, ShareOfFirst());
        Eject(stats, endpoints[0], endpoints[1]);
        Assert.Equal(1, ShareOfFirst());
        // Half of it is there: 1.4 times that is taken.
        Eject(stats, endpoints[2], endpoints[3], endpoints[4]);
        Assert.InRange(ShareOfFirst(), 0.67, 0.73);
        Eject(stats, endpoints.AsSpan(..10));
        Assert.Equal(0, ShareOfFirst());
        Eject(stats, endpoints.AsSpan(10..));
        Assert.Null(balancer.Pick(default));

        double ShareOfFirst() => Count(balancer, 10_000).Where(c => c.Key.Port <= 10).Sum(c => c.Value) / 10_000.0;
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Groups_share_a_level_by_their_weights_whatever_their_size(BalancingAlgorithm algorithm)
    {
        var stats = new ClusterStats();
        var endpoints = Endpoints(10);
        var balancer = Balancer(
            PolicyOf(algorithm), [[new EndpointGroup(endpoints[..2], 80), new EndpointGroup(endpoints[2..], 20)]], stats);
        Assert.InRange(ShareOfFirst(), 0.77, 0.83);
        Eject(stats, endpoints[0], endpoints[1]);
        Assert.Equal(0, ShareOfFirst());

        double ShareOfFirst() => Count(balancer, 10_000).Where(c => c.Key.Port <= 2).Sum(c => c.Value) / 10_000.0;
    }

    [Theory]
    [InlineData(BalancingAlgorithm.RoundRobin)]
    [InlineData(BalancingAlgorithm.LeastRequest)]
    public void A_new_endpoint_takes_up_its_share_slowly(BalancingAlgorithm algorithm)
    {
        var time = new ManualTime();
        time.Advance(TimeSpan.FromHours(1));
        Endpoint[] endpoints =
        [
            new("10.0.0.1", 1, 1, new EndpointStats()),
            new("10.0.0.1", 2, 1, new EndpointStats()),
            new("10.0.0.1", 3, 1, new EndpointStats { Since = time.GetTimestamp() }),
        ];
        var policy = PolicyOf(algorithm) with { Warmup = new Warmup(TimeSpan.FromSeconds(100), 0.1, 1) };
        var balancer = Balancer(policy, [[new EndpointGroup(endpoints, 1)]], time: time);
        Assert.InRange(ShareOfNew(), 0.02, 0.08);
        time.Advance(TimeSpan.FromSeconds(50));
        Assert.InRange(ShareOfNew(), 0.15, 0.25);
        time.Advance(TimeSpan.FromSeconds(51));
        Assert.InRange(ShareOfNew(), 0.30, 0.36);

        double ShareOfNew() => Count(balancer, 20_000).GetValueOrDefault(endpoints[2]) / 20_000.0;
    }

    [Theory]
    [InlineData(0, 0.1)]
    [InlineData(5, 0.1)]
    [InlineData(25, 0.25)]
    [InlineData(100, 1)]
    [InlineData(200, 1)]
    public void A_straight_warm_up_rises_from_its_minimum(double seconds, double share) =>
        Assert.Equal(share, new Warmup(TimeSpan.FromSeconds(100), 0.1, 1).ShareAt(TimeSpan.FromSeconds(seconds)), 6);

    [Fact]
    public void Aggression_bends_a_warm_up() =>
        Assert.Equal(0.5, new Warmup(TimeSpan.FromSeconds(100), 0.1, 2).ShareAt(TimeSpan.FromSeconds(25)), 6);

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Picking_allocates_nothing_also_in_levels_and_during_a_warm_up(BalancingAlgorithm algorithm)
    {
        var stats = new ClusterStats();
        var endpoints = Endpoints(1_000);
        var policy = PolicyOf(algorithm) with { Warmup = new Warmup(TimeSpan.FromDays(1), 0.5, 1) };
        var balancer = new LoadBalancer(
            policy, [[new EndpointGroup(endpoints[..500], 1)], [new EndpointGroup(endpoints[500..], 1)]], stats, new ManualTime());
        Eject(stats, endpoints.AsSpan(..250));
        AllocationTests.AssertAllocatesNothing(() =>
        {
            balancer.Pick(new PickContext(12_345, endpoints[300]));
            balancer.Pick(default);
        });
    }
}
