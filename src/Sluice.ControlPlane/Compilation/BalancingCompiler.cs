using Sluice.Api.Networking;
using Sluice.DataPlane.Clusters.Balancers;
using ApiWarmup = Sluice.Api.Networking.Warmup;
using Warmup = Sluice.DataPlane.Clusters.Balancers.Warmup;

namespace Sluice.ControlPlane.Compilation;

/// <summary>Compiles how the endpoints of a cluster are picked.</summary>
/// <remarks>https://istio.io/latest/docs/reference/config/networking/destination-rule/#LoadBalancerSettings. PASSTHROUGH is the cluster's
/// business: it refuses.</remarks>
internal static class BalancingCompiler
{
    private const int MaglevSize = 65_537;
    private const int RingSize = 1024;
    private const int LargestRing = 8_388_608;
    private const double StartPercent = 10;

    /// <summary>Compiles a block.</summary>
    /// <param name="settings">The block; null for Istio's default.</param>
    /// <param name="panicPercent">Share of available endpoints below which their health is not looked at.</param>
    public static BalancingPolicy Compile(LoadBalancerSettings? settings, int panicPercent)
    {
        var policy = new BalancingPolicy { PanicPercent = panicPercent };
        if (settings?.ConsistentHash is { } hash)
        {
            return hash.Maglev is { } maglev
                ? policy with { Algorithm = BalancingAlgorithm.Maglev, TableSize = (int)(maglev.TableSize is > 0 and var size ? size : MaglevSize) }
                : policy with
                {
                    Algorithm = BalancingAlgorithm.RingHash,
                    TableSize = (int)Math.Min(
                        LargestRing, hash.RingHash?.MinimumRingSize ?? (hash.MinimumRingSize is > 0 and var old ? old : RingSize)),
                };
        }
        return policy with
        {
            Algorithm = settings?.Simple switch
            {
                SimpleLoadBalancer.RoundRobin => BalancingAlgorithm.RoundRobin,
                SimpleLoadBalancer.Random => BalancingAlgorithm.Random,
                _ => BalancingAlgorithm.LeastRequest,
            },
            Warmup = settings?.Warmup is { } warmup ? Warmup(warmup)
                : settings?.WarmupDurationSecs is { } duration ? Warmup(new ApiWarmup { Duration = duration })
                : null,
        };
    }

    private static Warmup? Warmup(ApiWarmup warmup) => warmup.Duration is { Ticks: > 0 } duration
        ? new Warmup(duration, (warmup.MinimumPercent ?? StartPercent) / 100, warmup.Aggression is > 0 and var shape ? shape : 1)
        : null;
}
