namespace Sluice.DataPlane.Clusters.Balancers;

/// <summary>A balancer that picks without looking at the request, and picks again when it met the endpoint of the attempt before.</summary>
/// <remarks>As in Istio's retries, which avoid a previous host up to five times and then take what comes. Weights are those of ServiceEntry
/// and WorkloadEntry endpoints.</remarks>
public abstract class SelectingBalancer : LoadBalancer
{
    private const int MaxReselections = 5;

    private readonly Endpoint[] _endpoints;

    private protected SelectingBalancer(Endpoint[] endpoints)
    {
        _endpoints = endpoints;
        Weights = new WeightTable(Array.ConvertAll(endpoints, e => e.Weight));
    }

    private protected WeightTable Weights { get; }

    /// <inheritdoc/>
    public sealed override Endpoint? Pick(in PickContext context)
    {
        if (_endpoints.Length == 0)
            return null;
        var picked = _endpoints[Next(_endpoints)];
        for (var again = 0; again < MaxReselections && ReferenceEquals(picked, context.Avoid) && _endpoints.Length > 1; again++)
            picked = _endpoints[Next(_endpoints)];
        return picked;
    }

    /// <summary>The position of the next endpoint.</summary>
    private protected abstract int Next(Endpoint[] endpoints);
}
