namespace Sluice.DataPlane.Clusters.Balancers;

/// <summary>Draws an endpoint each time, in proportion to the weights (DestinationRule <c>loadBalancer.simple: RANDOM</c>).</summary>
public sealed class RandomBalancer : SelectingBalancer
{
    private readonly Func<uint> _random;

    /// <param name="endpoints">In a stable order.</param>
    public RandomBalancer(Endpoint[] endpoints) : this(endpoints, ThreadRandom.Next)
    {
    }

    /// <param name="endpoints">In a stable order.</param>
    /// <param name="random">32 random bits a call, on any thread.</param>
    public RandomBalancer(Endpoint[] endpoints, Func<uint> random) : base(endpoints) => _random = random;

    private protected override int Next(Endpoint[] endpoints) => Weights.Find(WeightTable.Scale(_random(), Weights.Total));
}
