namespace Sluice.DataPlane.Clusters.Balancers;

/// <summary>Picks by the hash of the request's key, so that equal keys meet the same endpoint (DestinationRule
/// <c>loadBalancer.consistentHash</c>). Without a hash the pick is random.</summary>
/// <remarks>The table knows all endpoints, and one that is not available is passed over: only its own keys go elsewhere, and to the same
/// place on every gateway that sees the same endpoints fail.</remarks>
internal sealed class HashPicker : Picker
{
    private readonly HashTable _table;
    private readonly Endpoint[] _endpoints;
    private readonly bool[] _usable;
    private readonly Func<uint> _random;

    /// <param name="table">Made of the same endpoints.</param>
    /// <param name="endpoints">In the order of the table.</param>
    /// <param name="isPanic">Whether to pick also what is not available.</param>
    /// <param name="random">32 random bits a call, on any thread.</param>
    public HashPicker(HashTable table, Endpoint[] endpoints, bool isPanic, Func<uint> random)
    {
        _table = table;
        _endpoints = endpoints;
        _usable = Array.ConvertAll(endpoints, e => isPanic ? e.IsAvailableInPanic : e.IsAvailable);
        _random = random;
    }

    /// <inheritdoc/>
    public override Endpoint? Pick(in PickContext context)
    {
        var place = _table.Find(context.Hash ?? ((ulong)_random() << 32 | _random()));
        Endpoint? avoided = null;
        for (var steps = 0; steps < _table.Size; steps++)
        {
            var owner = _table.OwnerOf(place);
            if (_usable[owner])
            {
                if (!ReferenceEquals(_endpoints[owner], context.Avoid))
                    return _endpoints[owner];
                avoided = _endpoints[owner];
            }
            place = place + 1 == _table.Size ? 0 : place + 1;
        }
        return avoided;
    }
}
