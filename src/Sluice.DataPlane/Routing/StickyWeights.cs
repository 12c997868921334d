using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Clusters.Balancers;

namespace Sluice.DataPlane.Routing;

/// <summary>Binds clients to the destinations of a weighted split (annotation <c>sluice.dev/sticky-weights</c> of a VirtualService): a client
/// has a fixed point in [0, 1), each destination an interval as wide as its weight.</summary>
/// <remarks>When weights move, so do the borders between the intervals, and with them just the clients between a border's old and new place.
/// The first destination of the list lies in the middle and the others fill up from the two ends, in turn: up to three destinations, any of the
/// others grows at the first one's expense alone. Places are counted over the list as written, with the destinations of weight 0, so that one
/// that begins or ends moves nobody else.</remarks>
public sealed class StickyWeights
{
    private readonly WeightTable _intervals;
    private readonly WeightedCluster[] _order;
    private readonly long _salt;

    /// <param name="key">Tells clients apart.</param>
    /// <param name="scope">What the points belong to, the VirtualService: another one has the clients in another order, so that it is not
    /// always the same ones who try what is new.</param>
    /// <param name="entries">All destinations as written; null stands for one of weight 0.</param>
    public StickyWeights(HashPolicy key, string scope, IReadOnlyList<WeightedCluster?> entries)
    {
        Key = key;
        _salt = (long)Hashing.Of(scope);
        var left = entries.Where((_, i) => i % 2 == 1);
        var right = entries.Where((_, i) => i > 0 && i % 2 == 0).Reverse();
        _order = [.. left.Append(entries[0]).Concat(right).OfType<WeightedCluster>()];
        _intervals = new WeightTable(Array.ConvertAll(_order, e => e.Weight));
    }

    /// <summary>Tells clients apart.</summary>
    public HashPolicy Key { get; }

    /// <summary>The destination of a client.</summary>
    /// <param name="hash">Hash of the client's key.</param>
    public WeightedCluster Pick(ulong hash) =>
        _order[_intervals.Find(WeightTable.Scale(Hashing.Other(hash ^ (ulong)_salt), _intervals.Total))];
}
