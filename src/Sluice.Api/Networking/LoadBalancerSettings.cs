using System.Text.Json.Serialization;

namespace Sluice.Api.Networking;

/// <summary>How an endpoint is chosen.</summary>
public sealed record LoadBalancerSettings
{
    /// <summary>One of the plain ways; absent means <c>LEAST_REQUEST</c>.</summary>
    public SimpleLoadBalancer? Simple { get; init; }

    /// <summary>By a hash of the request, so that equal ones meet the same endpoint; not beside <see cref="Simple"/>.</summary>
    public ConsistentHash? ConsistentHash { get; init; }

    /// <summary>How traffic is spread over localities; replaces the mesh's.</summary>
    public LocalityLoadBalancerSetting? LocalityLbSetting { get; init; }

    /// <summary>Zone-aware spreading; not beside <see cref="LocalityLbSetting"/>.</summary>
    public ZoneAwareLoadBalancerSetting? ZoneAwareLbSetting { get; init; }

    /// <summary>Lets new endpoints take up their share slowly.</summary>
    public Warmup? Warmup { get; init; }

    /// <summary>Old form of <see cref="Warmup"/>.</summary>
    public TimeSpan? WarmupDurationSecs { get; init; }
}

/// <summary>A plain way to choose an endpoint.</summary>
public enum SimpleLoadBalancer
{
    /// <summary>As if absent.</summary>
    [JsonStringEnumMemberName("UNSPECIFIED")]
    Unspecified,

    /// <summary>Old name of <see cref="LeastRequest"/>.</summary>
    [JsonStringEnumMemberName("LEAST_CONN")]
    LeastConn,

    /// <summary>At random.</summary>
    [JsonStringEnumMemberName("RANDOM")]
    Random,

    /// <summary>The address that the caller meant; without meaning at a gateway.</summary>
    [JsonStringEnumMemberName("PASSTHROUGH")]
    Passthrough,

    /// <summary>In turn.</summary>
    [JsonStringEnumMemberName("ROUND_ROBIN")]
    RoundRobin,

    /// <summary>The less busy one of two picked at random.</summary>
    [JsonStringEnumMemberName("LEAST_REQUEST")]
    LeastRequest,
}

/// <summary>What is hashed (one of the first four), and how the hash becomes an endpoint.</summary>
public sealed record ConsistentHash
{
    /// <summary>The value of this request header.</summary>
    public string? HttpHeaderName { get; init; }

    /// <summary>The value of this cookie.</summary>
    public HttpCookie? HttpCookie { get; init; }

    /// <summary>The client's IP address.</summary>
    public bool? UseSourceIp { get; init; }

    /// <summary>The first value of this query parameter.</summary>
    public string? HttpQueryParameterName { get; init; }

    /// <summary>Ring hash, the default.</summary>
    public RingHash? RingHash { get; init; }

    /// <summary>Maglev hashing.</summary>
    public Maglev? Maglev { get; init; }

    /// <summary>Old form of <see cref="RingHash"/>'s.</summary>
    public ulong? MinimumRingSize { get; init; }
}

/// <summary>A cookie that keeps a client with an endpoint.</summary>
public sealed record HttpCookie
{
    /// <summary>Name of the cookie.</summary>
    public string? Name { get; init; }

    /// <summary>Its path.</summary>
    public string? Path { get; init; }

    /// <summary>Lifetime of a cookie that the gateway makes: 0s for the session; absent means that none is made.</summary>
    public TimeSpan? Ttl { get; init; }

    /// <summary>Further attributes, e.g. <c>SameSite</c>.</summary>
    public IReadOnlyList<HttpCookieAttribute>? Attributes { get; init; }
}

/// <summary>An attribute of a cookie.</summary>
public sealed record HttpCookieAttribute
{
    /// <summary>Name.</summary>
    public string? Name { get; init; }

    /// <summary>Value.</summary>
    public string? Value { get; init; }
}

/// <summary>Ring hash.</summary>
public sealed record RingHash
{
    /// <summary>Least number of points on the ring, up to 8388608; absent means 1024.</summary>
    public ulong? MinimumRingSize { get; init; }
}

/// <summary>Maglev hashing.</summary>
public sealed record Maglev
{
    /// <summary>Size of the table, a prime below 5000011; absent means 65537.</summary>
    public ulong? TableSize { get; init; }
}

/// <summary>How traffic is spread over localities: by share, or nearest first.</summary>
public sealed record LocalityLoadBalancerSetting
{
    /// <summary>Shares by the locality of the gateway; not beside the failover fields.</summary>
    public IReadOnlyList<LocalityDistribute>? Distribute { get; init; }

    /// <summary>Where a region's traffic goes when its endpoints fail.</summary>
    public IReadOnlyList<LocalityFailover>? Failover { get; init; }

    /// <summary>Labels, as <c>key</c> or <c>key=value</c>, in falling order, that make an endpoint near.</summary>
    public IReadOnlyList<string>? FailoverPriority { get; init; }

    /// <summary>Whether localities count at all; absent means yes.</summary>
    public bool? Enabled { get; init; }
}

/// <summary>Shares for traffic from one locality.</summary>
public sealed record LocalityDistribute
{
    /// <summary>Locality of the gateway, <c>region/zone/subzone</c> or with <c>*</c>.</summary>
    public string? From { get; init; }

    /// <summary>Localities with their shares in percent; they sum up to 100.</summary>
    public IReadOnlyDictionary<string, uint>? To { get; init; }
}

/// <summary>Where a region's traffic goes when its endpoints fail.</summary>
public sealed record LocalityFailover
{
    /// <summary>The region.</summary>
    public string? From { get; init; }

    /// <summary>The region that takes over.</summary>
    public string? To { get; init; }
}

/// <summary>Zone-aware spreading.</summary>
public sealed record ZoneAwareLoadBalancerSetting
{
    /// <summary>Whether it is on.</summary>
    public bool? Enabled { get; init; }

    /// <summary>Where a region's traffic goes when its endpoints fail.</summary>
    public IReadOnlyList<LocalityFailover>? Failover { get; init; }

    /// <summary>Labels that make an endpoint near.</summary>
    public IReadOnlyList<string>? FailoverPriority { get; init; }

    /// <summary>Least number of endpoints for it to apply, from 1.</summary>
    public uint? MinClusterSize { get; init; }
}

/// <summary>Lets new endpoints take up their share slowly.</summary>
public sealed record Warmup
{
    /// <summary>How long an endpoint counts as new.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Share it starts with, 0 to 100; absent means 10.</summary>
    public double? MinimumPercent { get; init; }

    /// <summary>Shape of the rise, above 0; absent means 1, a straight line.</summary>
    public double? Aggression { get; init; }
}
