namespace Sluice.DataPlane.Clusters.Balancers;

/// <summary>Draws two endpoints and takes the one with fewer active requests (DestinationRule <c>loadBalancer.simple: LEAST_REQUEST</c>, Istio's
/// default).</summary>
/// <remarks>The draws are in proportion to the weights, and active requests count in relation to the weight, so that idle endpoints get their
/// shares exactly, and a busy one gives way.</remarks>
internal sealed class LeastRequestPicker(Endpoint[] endpoints, Func<uint> random, WarmupClock? warmup) : SelectingPicker(endpoints, warmup)
{
    private protected override int Next()
    {
        var first = DrawWarm();
        var second = DrawOther(first);
        return LoadOf(second, first) < LoadOf(first, second) && !Refuses(second) ? second : first;
    }

    private protected override int Draw() => Weights.Find(WeightTable.Scale(random(), Weights.Total));

    // The first one's draws are left out.
    private int DrawOther(int first)
    {
        var weight = Weights.WeightOf(first);
        var draw = WeightTable.Scale(random(), Weights.Total - weight);
        return Weights.Find(draw < Weights.StartOf(first) ? draw : draw + weight);
    }

    // Requests by weight, brought to the same denominator as the other's.
    private long LoadOf(int one, int other) => (long)Endpoints[one].Stats.ActiveRequests * Weights.WeightOf(other);
}
