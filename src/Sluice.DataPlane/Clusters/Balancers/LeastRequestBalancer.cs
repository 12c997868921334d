namespace Sluice.DataPlane.Clusters.Balancers;

/// <summary>Draws two endpoints and takes the one with fewer active requests (DestinationRule <c>loadBalancer.simple: LEAST_REQUEST</c>, Istio's
/// default).</summary>
/// <remarks>The draws are in proportion to the weights, and active requests count in relation to the weight, so that idle endpoints get their
/// shares exactly, and a busy one gives way.</remarks>
public sealed class LeastRequestBalancer : SelectingBalancer
{
    private readonly Func<uint> _random;

    /// <param name="endpoints">In a stable order.</param>
    public LeastRequestBalancer(Endpoint[] endpoints) : this(endpoints, ThreadRandom.Next)
    {
    }

    /// <param name="endpoints">In a stable order.</param>
    /// <param name="random">32 random bits a call, on any thread.</param>
    public LeastRequestBalancer(Endpoint[] endpoints, Func<uint> random) : base(endpoints) => _random = random;

    private protected override int Next(Endpoint[] endpoints)
    {
        var first = Weights.Find(WeightTable.Scale(_random(), Weights.Total));
        if (endpoints.Length == 1)
            return first;
        var second = DrawOther(first);
        return LoadOf(endpoints, second, first) < LoadOf(endpoints, first, second) ? second : first;
    }

    // The first one's draws are left out.
    private int DrawOther(int first)
    {
        var weight = Weights.WeightOf(first);
        var draw = WeightTable.Scale(_random(), Weights.Total - weight);
        return Weights.Find(draw < Weights.StartOf(first) ? draw : draw + weight);
    }

    // Requests by weight, brought to the same denominator as the other's.
    private long LoadOf(Endpoint[] endpoints, int one, int other) => (long)endpoints[one].Stats.ActiveRequests * Weights.WeightOf(other);
}
