using Sluice.DataPlane.Clusters;

namespace Sluice.DataPlane.Routing;

/// <summary>The clusters of a forward action, chosen in proportion to their weights: at random for each request, or by the client where the
/// weights are sticky.</summary>
/// <remarks>HTTPRouteDestination <c>weight</c>: a single destination gets everything, entries of weight 0 were dropped.</remarks>
public sealed class WeightedClusters
{
    private readonly WeightTable _weights;

    /// <param name="entries">At least one; weights above 0.</param>
    public WeightedClusters(WeightedCluster[] entries)
    {
        Entries = entries;
        _weights = new WeightTable(Array.ConvertAll(entries, e => e.Weight));
    }

    /// <summary>In the order of the configuration.</summary>
    public WeightedCluster[] Entries { get; }

    /// <summary>Sum of the weights; it need not be 100.</summary>
    public int TotalWeight => _weights.Total;

    /// <summary>How clients keep to their destination while weights move; null when each request is drawn anew.</summary>
    public StickyWeights? Sticky { get; init; }

    /// <summary>The entry that a draw falls on.</summary>
    /// <param name="draw">Uniform in [0, <see cref="TotalWeight"/>).</param>
    public WeightedCluster Pick(int draw) => Entries[_weights.Find(draw)];
}
