namespace Sluice.DataPlane.Clusters.Balancers;

/// <summary>Takes the endpoints in turn (DestinationRule <c>loadBalancer.simple: ROUND_ROBIN</c>), those of more weight more often.</summary>
/// <remarks>With weights, the turns walk around the sum of the weights in steps of the golden ratio. That spreads the picks of each endpoint
/// evenly, in exact proportion, and needs only one counter, so that threads never wait for each other.</remarks>
public sealed class RoundRobinBalancer : SelectingBalancer
{
    // 2^32 divided by the golden ratio.
    private const uint GoldenStep = 0x9E3779B9;

    private uint _turn;

    /// <param name="endpoints">In a stable order.</param>
    public RoundRobinBalancer(Endpoint[] endpoints) : this(endpoints, ThreadRandom.Next)
    {
    }

    /// <param name="endpoints">In a stable order.</param>
    /// <param name="random">32 random bits a call: where to begin, so that not every gateway begins with the same endpoint.</param>
    public RoundRobinBalancer(Endpoint[] endpoints, Func<uint> random) : base(endpoints) => _turn = random();

    private protected override int Next(Endpoint[] endpoints)
    {
        var turn = Interlocked.Increment(ref _turn);
        return Weights.AreEqual
            ? (int)(turn % (uint)endpoints.Length)
            : Weights.Find(WeightTable.Scale(turn * GoldenStep, Weights.Total));
    }
}
