namespace Sluice.Api.Networking;

/// <summary>One rule for TLS that is passed through.</summary>
public sealed record TlsRoute
{
    /// <summary>Conditions of which one must hold; at least one.</summary>
    public IReadOnlyList<TlsMatchAttributes>? Match { get; init; }

    /// <summary>Where connections go, by weight.</summary>
    public IReadOnlyList<RouteDestination>? Route { get; init; }
}

/// <summary>Conditions on a TLS connection, all of which must hold.</summary>
public sealed record TlsMatchAttributes
{
    /// <summary>Server names, a subset of the VirtualService's hosts; at least one.</summary>
    public IReadOnlyList<string>? SniHosts { get; init; }

    /// <summary>Addresses or CIDR ranges of the destination; without meaning at a gateway.</summary>
    public IReadOnlyList<string>? DestinationSubnets { get; init; }

    /// <summary>Port of the Gateway server that took the connection.</summary>
    public uint? Port { get; init; }

    /// <summary>Labels of the calling workload; without meaning at a gateway.</summary>
    public IReadOnlyDictionary<string, string>? SourceLabels { get; init; }

    /// <summary>Gateways for which this condition counts.</summary>
    public IReadOnlyList<string>? Gateways { get; init; }

    /// <summary>Namespace of the calling workload; without meaning at a gateway.</summary>
    public string? SourceNamespace { get; init; }
}

/// <summary>One rule for plain TCP.</summary>
public sealed record TcpRoute
{
    /// <summary>Conditions of which one must hold; none means every connection.</summary>
    public IReadOnlyList<L4MatchAttributes>? Match { get; init; }

    /// <summary>Where connections go, by weight.</summary>
    public IReadOnlyList<RouteDestination>? Route { get; init; }
}

/// <summary>Conditions on a TCP connection, all of which must hold.</summary>
public sealed record L4MatchAttributes
{
    /// <summary>Addresses or CIDR ranges of the destination; without meaning at a gateway.</summary>
    public IReadOnlyList<string>? DestinationSubnets { get; init; }

    /// <summary>Port of the Gateway server that took the connection.</summary>
    public uint? Port { get; init; }

    /// <summary>Address or CIDR range of the caller; in the schema but never supported by Istio.</summary>
    public string? SourceSubnet { get; init; }

    /// <summary>Labels of the calling workload; without meaning at a gateway.</summary>
    public IReadOnlyDictionary<string, string>? SourceLabels { get; init; }

    /// <summary>Gateways for which this condition counts.</summary>
    public IReadOnlyList<string>? Gateways { get; init; }

    /// <summary>Namespace of the calling workload; without meaning at a gateway.</summary>
    public string? SourceNamespace { get; init; }
}

/// <summary>A destination of a TLS or TCP rule with its weight.</summary>
public sealed record RouteDestination
{
    /// <summary>Where to.</summary>
    public Destination? Destination { get; init; }

    /// <summary>Share relative to the sum of all weights, from 0.</summary>
    public int? Weight { get; init; }
}
