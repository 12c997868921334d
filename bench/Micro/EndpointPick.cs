using BenchmarkDotNet.Attributes;
using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Clusters.Balancers;

namespace Sluice.Micro;

/// <summary>Picking the endpoint of an attempt, by each balancer.</summary>
[MemoryDiagnoser, MinColumn]
public class EndpointPick
{
    private LoadBalancer _leastRequest = null!;
    private LoadBalancer _roundRobin = null!;
    private LoadBalancer _random = null!;
    private LoadBalancer _weighted = null!;
    private LoadBalancer _ring = null!;
    private LoadBalancer _maglev = null!;
    private ulong _key;

    /// <summary>Endpoints of the cluster.</summary>
    [Params(1, 1_000)]
    public int Endpoints { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _leastRequest = Of(BalancingAlgorithm.LeastRequest, _ => 1);
        _roundRobin = Of(BalancingAlgorithm.RoundRobin, _ => 1);
        _random = Of(BalancingAlgorithm.Random, _ => 1);
        _weighted = Of(BalancingAlgorithm.LeastRequest, i => 1 + i % 3);
        _ring = Of(BalancingAlgorithm.RingHash, _ => 1, tableSize: 1024);
        _maglev = Of(BalancingAlgorithm.Maglev, _ => 1, tableSize: 65_537);
    }

    [Benchmark(Baseline = true)]
    public int LeastRequest() => _leastRequest.Pick(default)!.Port;

    [Benchmark]
    public int LeastRequestWeighted() => _weighted.Pick(default)!.Port;

    [Benchmark]
    public int RoundRobin() => _roundRobin.Pick(default)!.Port;

    [Benchmark]
    public int Random() => _random.Pick(default)!.Port;

    [Benchmark]
    public int RingHash() => _ring.Pick(new PickContext(NextKey(), null))!.Port;

    [Benchmark]
    public int Maglev() => _maglev.Pick(new PickContext(NextKey(), null))!.Port;

    // Hashes of keys lie anywhere.
    private ulong NextKey() => _key += 0x9E3779B97F4A7C15;

    private LoadBalancer Of(BalancingAlgorithm algorithm, Func<int, int> weight, int tableSize = 0) => new(
        new BalancingPolicy { Algorithm = algorithm, TableSize = tableSize },
        [.. Enumerable.Range(0, Endpoints).Select(i => new Endpoint($"10.0.{i >> 8}.{i & 255}", 8080, weight(i), new EndpointStats()))]);
}
