using CsCheck;
using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Clusters.Balancers;
using Sluice.DataPlane.Tests.Routing;

namespace Sluice.DataPlane.Tests.Clusters;

public sealed class BalancerTests
{
    private static readonly Gen<int[]> Weights = Gen.Int[1, 100].Array[1, 8];

    public static TheoryData<string> Kinds() => ["round robin", "random", "least request"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Without_endpoints_nothing_is_picked(string kind) => Assert.Null(Make(kind, []).Pick(default));

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_only_endpoint_is_picked_even_when_it_is_to_be_avoided(string kind)
    {
        var endpoints = Endpoints(1);
        Assert.Same(endpoints[0], Make(kind, endpoints).Pick(new PickContext(null, endpoints[0])));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_endpoint_of_the_attempt_before_is_avoided(string kind)
    {
        var endpoints = Endpoints(1, 1, 1, 1);
        var balancer = Make(kind, endpoints);
        var again = Enumerable.Range(0, 10_000).Count(_ => ReferenceEquals(endpoints[2], balancer.Pick(new PickContext(null, endpoints[2]))));
        // One pick in four meets it, six in a row one time in 4,096.
        Assert.InRange(again, 0, 15);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Shares_converge_to_the_weights(string kind) => Weights.Sample(weights =>
    {
        const int picks = 20_000;
        var endpoints = Endpoints(weights);
        var balancer = Make(kind, endpoints);
        var counts = Enumerable.Range(0, picks).CountBy(_ => balancer.Pick(default)!.Port).ToDictionary();
        for (var i = 0; i < weights.Length; i++)
        {
            var share = (double)weights[i] / weights.Sum();
            var bound = 1 + 6 * Math.Sqrt(picks * share * (1 - share));
            Assert.InRange(counts.GetValueOrDefault(i + 1), picks * share - bound, picks * share + bound);
        }
    }, iter: 50);

    [Fact]
    public void Round_robin_takes_equal_endpoints_in_turn()
    {
        var balancer = Make(BalancingAlgorithm.RoundRobin, Endpoints(5, 5, 5), () => 0);
        Assert.Equal([2, 3, 1, 2, 3, 1], Enumerable.Range(0, 6).Select(_ => balancer.Pick(default)!.Port));
    }

    [Fact]
    public void Round_robin_spreads_unequal_endpoints_evenly() => Weights.Sample(weights =>
    {
        var total = weights.Sum();
        var balancer = Make(BalancingAlgorithm.RoundRobin, Endpoints(weights), () => 7);
        var counts = new int[weights.Length];
        for (var picks = 1; picks <= 2_000; picks++)
        {
            counts[balancer.Pick(default)!.Port - 1]++;
            // At any time each is within a few picks of its share.
            for (var i = 0; i < weights.Length; i++)
                Assert.InRange(counts[i] - (double)picks * weights[i] / total, -6, 6);
        }
    }, iter: 50);

    [Fact]
    public async Task Round_robin_counts_no_turn_twice_among_threads()
    {
        const int threads = 4;
        const int picks = 30_000;
        var balancer = new LoadBalancer(new BalancingPolicy { Algorithm = BalancingAlgorithm.RoundRobin }, Endpoints(1, 1, 1));
        var counts = new int[4];
        await Task.WhenAll(Enumerable.Range(0, threads).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < picks; i++)
                Interlocked.Increment(ref counts[balancer.Pick(default)!.Port]);
        })));
        Assert.Equal([0, threads * picks / 3, threads * picks / 3, threads * picks / 3], counts);
    }

    [Fact]
    public void Least_request_never_takes_a_busy_endpoint_of_two() => Gen.Int[0, 5].Array[2].Sample(active =>
    {
        var endpoints = Endpoints(1, 1);
        Begin(endpoints, active);
        var balancer = Make("least request", endpoints);
        var expected = active[0] == active[1] ? 2 : 1;
        var picked = Enumerable.Range(0, 200).Select(_ => balancer.Pick(default)!).ToHashSet();
        Assert.Equal(expected, picked.Count);
        Assert.All(picked, endpoint => Assert.Equal(active.Min(), endpoint.Stats.ActiveRequests));
    }, iter: 100);

    [Fact]
    public void Least_request_never_takes_the_busiest_of_many() => Gen.Int[0, 20].Array[3, 10].Where(a => a.Count(x => x == a.Max()) == 1).Sample(active =>
    {
        var endpoints = Endpoints([.. active.Select(_ => 1)]);
        Begin(endpoints, active);
        var balancer = Make("least request", endpoints);
        Assert.All(Enumerable.Range(0, 500), _ => Assert.NotEqual(active.Max(), balancer.Pick(default)!.Stats.ActiveRequests));
    }, iter: 50);

    [Fact]
    public void Least_request_counts_requests_in_relation_to_the_weight()
    {
        var endpoints = Endpoints(1, 3);
        Begin(endpoints, [1, 2]);
        Assert.Equal(2, Make("least request", endpoints).Pick(default)!.Port);
        Begin(endpoints, [0, 2]);
        Assert.Equal(1, Make("least request", endpoints).Pick(default)!.Port);
    }

    [Fact]
    public void Least_request_levels_endpoints_of_different_speed()
    {
        // Of each ten steps one endpoint ends a request in one, the other in nine.
        var endpoints = Endpoints(1, 1);
        var balancer = Make("least request", endpoints);
        var picked = new int[3];
        for (var step = 0; step < 10_000; step++)
        {
            var endpoint = balancer.Pick(default)!;
            endpoint.Stats.Begin();
            picked[endpoint.Port]++;
            var ending = endpoints[step % 10 == 0 ? 0 : 1].Stats;
            if (ending.ActiveRequests > 0)
                ending.End(success: true);
        }
        Assert.InRange(picked[2], 4 * picked[1], 20 * picked[1]);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Picking_allocates_nothing(string kind)
    {
        var endpoints = Endpoints(1, 2, 3);
        var balancer = Make(kind, endpoints);
        var equal = new LoadBalancer(BalancingPolicy.Default, Endpoints(1, 1));
        AllocationTests.AssertAllocatesNothing(() =>
        {
            balancer.Pick(new PickContext(null, endpoints[1]));
            equal.Pick(default);
        });
    }

    [Theory]
    [InlineData(new[] { 1, 2, 3 })]
    [InlineData(new[] { 4, 4 })]
    [InlineData(new[] { int.MaxValue, int.MaxValue, 1 })]
    public void Every_draw_belongs_to_one_entry(int[] weights)
    {
        var table = new WeightTable(weights);
        for (var entry = 0; entry < weights.Length; entry++)
        {
            Assert.Equal(entry, table.Find(table.StartOf(entry)));
            Assert.Equal(entry, table.Find(table.StartOf(entry) + table.WeightOf(entry) - 1));
        }
        Assert.Equal(table.Total, table.StartOf(weights.Length - 1) + table.WeightOf(weights.Length - 1));
        Assert.Equal(table.Total - 1, WeightTable.Scale(uint.MaxValue, table.Total));
    }

    [Fact]
    public void Threads_draw_all_bits()
    {
        var (any, all) = (0u, uint.MaxValue);
        for (var i = 0; i < 100; i++)
        {
            var draw = ThreadRandom.Next();
            (any, all) = (any | draw, all & draw);
        }
        Assert.Equal(uint.MaxValue, any);
        Assert.Equal(0u, all);
    }

    private static LoadBalancer Make(string kind, Endpoint[] endpoints)
    {
        var random = new Random(1);
        return Make(kind switch
        {
            "round robin" => BalancingAlgorithm.RoundRobin,
            "random" => BalancingAlgorithm.Random,
            _ => BalancingAlgorithm.LeastRequest,
        }, endpoints, () => (uint)random.NextInt64(1L << 32));
    }

    private static LoadBalancer Make(BalancingAlgorithm algorithm, Endpoint[] endpoints, Func<uint> random) =>
        new(new BalancingPolicy { Algorithm = algorithm }, [[new EndpointGroup(endpoints, 1)]], new ClusterStats(), TimeProvider.System, random);

    private static Endpoint[] Endpoints(params int[] weights) =>
        [.. weights.Select((weight, i) => new Endpoint("10.0.0.1", i + 1, weight, new EndpointStats()))];

    private static void Begin(Endpoint[] endpoints, int[] active)
    {
        for (var i = 0; i < endpoints.Length; i++)
        {
            for (var count = 0; count < active[i]; count++)
                endpoints[i].Stats.Begin();
        }
    }
}
