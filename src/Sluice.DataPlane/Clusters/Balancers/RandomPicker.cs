namespace Sluice.DataPlane.Clusters.Balancers;

/// <summary>Draws an endpoint each time, in proportion to the weights (DestinationRule <c>loadBalancer.simple: RANDOM</c>).</summary>
internal sealed class RandomPicker(Endpoint[] endpoints, Func<uint> random) : SelectingPicker(endpoints, warmup: null)
{
    private protected override int Next() => Draw();

    private protected override int Draw() => Weights.Find(WeightTable.Scale(random(), Weights.Total));
}
