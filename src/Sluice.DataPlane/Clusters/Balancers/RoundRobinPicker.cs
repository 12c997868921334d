namespace Sluice.DataPlane.Clusters.Balancers;

/// <summary>Takes the endpoints in turn (DestinationRule <c>loadBalancer.simple: ROUND_ROBIN</c>), those of more weight more often.</summary>
/// <remarks>With weights, the turns walk around the sum of the weights in steps of the golden ratio. That spreads the picks of each endpoint
/// evenly, in exact proportion, and needs only one counter, so that threads never wait for each other. The first turn is drawn, so that not
/// every gateway begins with the same endpoint.</remarks>
internal sealed class RoundRobinPicker(Endpoint[] endpoints, Func<uint> random, WarmupClock? warmup) : SelectingPicker(endpoints, warmup)
{
    // 2^32 divided by the golden ratio.
    private const uint GoldenStep = 0x9E3779B9;

    private uint _turn = random();

    private protected override int Next() => DrawWarm();

    private protected override int Draw()
    {
        var turn = Interlocked.Increment(ref _turn);
        return Weights.AreEqual
            ? (int)(turn % (uint)Endpoints.Length)
            : Weights.Find(WeightTable.Scale(turn * GoldenStep, Weights.Total));
    }
}
