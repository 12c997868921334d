namespace Sluice.DataPlane.Clusters.Balancers;

/// <summary>A picker that does not look at the request, and picks again when it met the endpoint of the attempt before.</summary>
/// <remarks>As in Istio's retries, which avoid a previous host up to five times and then take what comes. Weights are those of ServiceEntry
/// and WorkloadEntry endpoints.</remarks>
internal abstract class SelectingPicker : Picker
{
    private const int MaxReselections = 5;

    // With every endpoint at a tenth of its weight, one pick in a thousand gets here.
    private const int MaxRefusals = 64;

    private readonly WarmupClock? _warmup;

    private protected SelectingPicker(Endpoint[] endpoints, WarmupClock? warmup)
    {
        Endpoints = endpoints;
        Weights = new WeightTable(Array.ConvertAll(endpoints, e => e.Weight));
        _warmup = warmup;
    }

    private protected Endpoint[] Endpoints { get; }

    private protected WeightTable Weights { get; }

    /// <summary>Makes the picker of an algorithm.</summary>
    /// <param name="policy">Names the algorithm.</param>
    /// <param name="endpoints">The candidates; not empty.</param>
    /// <param name="random">32 random bits a call, on any thread.</param>
    /// <param name="time">The clock of warm-ups.</param>
    public static SelectingPicker Of(BalancingPolicy policy, Endpoint[] endpoints, Func<uint> random, TimeProvider time) =>
        policy.Algorithm switch
        {
            BalancingAlgorithm.RoundRobin =>
                new RoundRobinPicker(endpoints, random, WarmupClock.Of(policy.Warmup, endpoints, random, time)),
            BalancingAlgorithm.Random => new RandomPicker(endpoints, random),
            _ => new LeastRequestPicker(endpoints, random, WarmupClock.Of(policy.Warmup, endpoints, random, time)),
        };

    /// <inheritdoc/>
    public sealed override Endpoint? Pick(in PickContext context)
    {
        if (Endpoints.Length == 1)
            return Endpoints[0];
        var picked = Endpoints[Next()];
        for (var again = 0; again < MaxReselections && ReferenceEquals(picked, context.Avoid); again++)
            picked = Endpoints[Next()];
        return picked;
    }

    /// <summary>The position of the next endpoint, of at least two.</summary>
    private protected abstract int Next();

    /// <summary>A draw of the picker's own kind, in proportion to the weights.</summary>
    private protected abstract int Draw();

    /// <summary>A draw in proportion to the weights as they count by now: a new endpoint refuses a part of its draws.</summary>
    private protected int DrawWarm()
    {
        var drawn = Draw();
        for (var refusals = 0; refusals < MaxRefusals && Refuses(drawn); refusals++)
            drawn = Draw();
        return drawn;
    }

    /// <summary>Whether an endpoint is new and leaves this draw to another.</summary>
    private protected bool Refuses(int drawn) =>
        _warmup is not null && _warmup.IsRunning(out var now) && _warmup.Refuses(Endpoints[drawn], now);
}
