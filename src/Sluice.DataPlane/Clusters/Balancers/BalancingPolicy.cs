namespace Sluice.DataPlane.Clusters.Balancers;

/// <summary>How an endpoint is found.</summary>
public enum BalancingAlgorithm
{
    /// <summary>The less busy one of two drawn at random (<c>LEAST_REQUEST</c>, Istio's default).</summary>
    LeastRequest,

    /// <summary>In turn (<c>ROUND_ROBIN</c>).</summary>
    RoundRobin,

    /// <summary>At random (<c>RANDOM</c>).</summary>
    Random,

    /// <summary>The next point on a ring (<c>consistentHash.ringHash</c>).</summary>
    RingHash,

    /// <summary>A slot of a table (<c>consistentHash.maglev</c>).</summary>
    Maglev,
}

/// <summary>How a cluster's requests are spread over its endpoints (DestinationRule <c>loadBalancer</c>).</summary>
public sealed record BalancingPolicy
{
    /// <summary>Istio's default.</summary>
    public static readonly BalancingPolicy Default = new();

    /// <summary>How an endpoint is found.</summary>
    public BalancingAlgorithm Algorithm { get; init; }

    /// <summary>Least number of points on the ring (<c>ringHash.minimumRingSize</c>, at most 8388608), or size of Maglev's table
    /// (<c>maglev.tableSize</c>, a prime below 5000011). Of no meaning to the others.</summary>
    public int TableSize { get; init; }

    /// <summary>Share of available endpoints, in percent, below which their health is not looked at any more
    /// (<c>outlierDetection.minHealthPercent</c>); 0 for never, as in Istio.</summary>
    public int PanicPercent { get; init; }

    /// <summary>How new endpoints get their share; null for all at once. Only <see cref="BalancingAlgorithm.RoundRobin"/> and
    /// <see cref="BalancingAlgorithm.LeastRequest"/> look at it.</summary>
    public Warmup? Warmup { get; init; }

    /// <summary>Whether the request's hash decides.</summary>
    public bool IsHashing => Algorithm is BalancingAlgorithm.RingHash or BalancingAlgorithm.Maglev;
}

/// <summary>Lets the share of a new endpoint rise slowly (<c>loadBalancer.warmup</c>).</summary>
/// <param name="Duration">How long an endpoint counts as new; above zero.</param>
/// <param name="Minimum">Part of its weight that it starts with, 0 to 1.</param>
/// <param name="Aggression">Shape of the rise, above 0; 1 is a straight line.</param>
public sealed record Warmup(TimeSpan Duration, double Minimum, double Aggression)
{
    /// <summary>The part of its weight that an endpoint of this age gets.</summary>
    public double ShareAt(TimeSpan age) =>
        age >= Duration ? 1 : Math.Max(Minimum, Math.Pow(Math.Max(0, age / Duration), 1 / Aggression));
}

/// <summary>Endpoints that share the traffic of a level: those of one locality where <c>distribute</c> is written, else all of the
/// level.</summary>
/// <param name="Endpoints">In a stable order; not empty.</param>
/// <param name="Weight">Share of the group among those of its level, at least 1.</param>
public sealed record EndpointGroup(Endpoint[] Endpoints, int Weight);
