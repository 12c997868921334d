using CsCheck;
using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Clusters.Balancers;
using static Sluice.DataPlane.Tests.Clusters.Balancing;

namespace Sluice.DataPlane.Tests.Clusters;

/// <summary>Ring hash and Maglev: who keeps its endpoint, and who moves.</summary>
public sealed class HashBalancerTests
{
    private const int Keys = 100_000;

    private static readonly ulong[] Hashes = [.. Enumerable.Range(0, Keys).Select(key => Hashing.Of($"client {key}"))];

    public static TheoryData<BalancingAlgorithm> Tables() => [BalancingAlgorithm.RingHash, BalancingAlgorithm.Maglev];

    [Theory]
    [MemberData(nameof(Tables))]
    public void Two_gateways_place_every_key_alike_whatever_the_order_of_the_endpoints(BalancingAlgorithm algorithm)
    {
        var one = Placement(Balancer(PolicyOf(algorithm), Endpoints(10)));
        var other = Placement(Balancer(PolicyOf(algorithm), [.. Endpoints(10).Reverse()]));
        Assert.Equal(one, other);
    }

    [Theory]
    [InlineData(BalancingAlgorithm.RingHash, "1 3 8 1 5 2 3 3 7 2 3 5")]
    [InlineData(BalancingAlgorithm.Maglev, "2 1 8 6 6 4 4 7 10 8 9 10")]
    public void Placement_is_the_same_in_every_release(BalancingAlgorithm algorithm, string ports)
    {
        var balancer = Balancer(PolicyOf(algorithm), Endpoints(10));
        Assert.Equal(ports, string.Join(' ', Hashes[..12].Select(hash => balancer.Pick(new PickContext(hash, null))!.Port)));
    }

    [Fact]
    public void The_hash_is_xxHash64_as_in_Envoy()
    {
        Assert.Equal(0xEF46DB3751D8E999UL, Hashing.Of(""));
        Assert.Equal(0x44BC2CF5AD770999UL, Hashing.Of("abc"));
        Assert.NotEqual(Hashing.Of(new string('a', 300)), Hashing.Of(new string('a', 301)));
    }

    [Theory]
    [MemberData(nameof(Tables))]
    public void One_pod_of_ten_that_leaves_moves_its_own_keys_and_next_to_no_others(BalancingAlgorithm algorithm)
    {
        var endpoints = Endpoints(10);
        var before = Placement(Balancer(PolicyOf(algorithm), endpoints));
        for (var leaving = 1; leaving <= 10; leaving++)
        {
            var after = Placement(Balancer(PolicyOf(algorithm), Array.FindAll(endpoints, e => e.Port != leaving)));
            var moved = before.Zip(after).Count(pair => pair.First != pair.Second);
            var others = before.Zip(after).Count(pair => pair.First != pair.Second && pair.First != leaving);
            Assert.InRange(moved, 1, Keys * 12 / 100);
            // A ring moves nothing else; Maglev, which fills its table anew, few.
            Assert.InRange(others, 0, algorithm == BalancingAlgorithm.Maglev ? Keys / 100 : 0);
        }
    }

    [Theory]
    [MemberData(nameof(Tables))]
    public void One_pod_of_ten_that_is_ejected_moves_its_own_keys_only_and_gets_them_back(BalancingAlgorithm algorithm)
    {
        var stats = new ClusterStats();
        var endpoints = Endpoints(10);
        var balancer = Balancer(PolicyOf(algorithm), endpoints, stats);
        var before = Placement(balancer);
        Eject(stats, endpoints[3]);
        var during = Placement(balancer);
        Assert.All(before.Zip(during), pair => Assert.True(pair.First == 4 ? pair.Second != 4 : pair.First == pair.Second));
        // Its keys are spread, not dumped on one neighbour.
        Assert.All(Enumerable.Range(1, 10).Where(port => port != 4),
            port => Assert.InRange(before.Zip(during).Count(pair => pair.First == 4 && pair.Second == port), Keys / 250, Keys / 40));
        Return(stats, endpoints[3]);
        Assert.Equal(before, Placement(balancer));
    }

    [Theory]
    [MemberData(nameof(Tables))]
    public void Shares_follow_the_weights(BalancingAlgorithm algorithm) => Gen.Int[1, 20].Array[2, 8].Sample(weights =>
    {
        Endpoint[] endpoints = [.. weights.Select((weight, i) => new Endpoint("10.0.0.1", i + 1, weight, new EndpointStats()))];
        var placement = Placement(Balancer(PolicyOf(algorithm), endpoints)).CountBy(port => port).ToDictionary();
        for (var i = 0; i < weights.Length; i++)
        {
            var share = (double)weights[i] / weights.Sum();
            Assert.InRange(placement.GetValueOrDefault(i + 1) / (double)Keys, share * 0.75 - 0.02, share * 1.25 + 0.02);
        }
    }, iter: 10);

    [Theory]
    [MemberData(nameof(Tables))]
    public void Without_a_key_every_endpoint_has_its_turn(BalancingAlgorithm algorithm)
    {
        var balancer = Balancer(PolicyOf(algorithm), Endpoints(5));
        Assert.Equal(5, Enumerable.Range(0, 1_000).Select(_ => balancer.Pick(default)).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Tables))]
    public void A_retry_that_avoids_the_endpoint_before_meets_the_same_other_one(BalancingAlgorithm algorithm)
    {
        var balancer = Balancer(PolicyOf(algorithm), Endpoints(5));
        var first = balancer.Pick(new PickContext(Hashes[0], null))!;
        var second = balancer.Pick(new PickContext(Hashes[0], first))!;
        Assert.NotSame(first, second);
        Assert.Same(second, balancer.Pick(new PickContext(Hashes[0], first)));
        var only = Balancer(PolicyOf(algorithm), Endpoints(1));
        Assert.NotNull(only.Pick(new PickContext(Hashes[0], only.Pick(default))));
    }

    [Fact]
    public void A_reload_takes_over_the_tables_of_what_stayed_the_same()
    {
        var before = Balancer(Maglev, Endpoints(10));
        before.Pick(default);
        var after = Balancer(Maglev, Endpoints(10));
        after.Inherit(before);
        var other = Balancer(Maglev, Endpoints(9));
        other.Inherit(before);
        Assert.InRange(AllocatedBy(() => after.Pick(default)), 0, 20_000);
        Assert.InRange(AllocatedBy(() => other.Pick(default)), 200_000, long.MaxValue);
        Assert.Equal(Placement(Balancer(Maglev, Endpoints(9))), Placement(other));
    }

    private static long AllocatedBy(Action action)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static int[] Placement(LoadBalancer balancer) =>
        [.. Hashes.Select(hash => balancer.Pick(new PickContext(hash, null))!.Port)];
}
