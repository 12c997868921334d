namespace Sluice.Api.Networking;

/// <summary>One rule for HTTP: which requests, and what is done with them.</summary>
public sealed record HttpRoute
{
    /// <summary>Name, shown in access logs.</summary>
    public string? Name { get; init; }

    /// <summary>Conditions of which one must hold; none means every request.</summary>
    public IReadOnlyList<HttpMatch>? Match { get; init; }

    /// <summary>Where requests are forwarded, by weight.</summary>
    public IReadOnlyList<HttpRouteDestination>? Route { get; init; }

    /// <summary>Send the client elsewhere instead of forwarding.</summary>
    public HttpRedirect? Redirect { get; init; }

    /// <summary>A fixed answer instead of forwarding.</summary>
    public HttpDirectResponse? DirectResponse { get; init; }

    /// <summary>Another VirtualService that carries the rules for these requests.</summary>
    public Delegate? Delegate { get; init; }

    /// <summary>Changes to path and authority before forwarding.</summary>
    public HttpRewrite? Rewrite { get; init; }

    /// <summary>Time for the whole exchange, retries included; at least 1ms, absent means none.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>When and how often a failed request is sent again; absent means the mesh's default.</summary>
    public HttpRetry? Retries { get; init; }

    /// <summary>Delays and aborts that are injected on purpose.</summary>
    public HttpFaultInjection? Fault { get; init; }

    /// <summary>A service that gets a copy of the requests.</summary>
    public Destination? Mirror { get; init; }

    /// <summary>Services that get a copy of the requests each; not beside <see cref="Mirror"/>.</summary>
    public IReadOnlyList<HttpMirrorPolicy>? Mirrors { get; init; }

    /// <summary>Old form of <see cref="MirrorPercentage"/>, in whole percent, 0 to 100.</summary>
    public uint? MirrorPercent { get; init; }

    /// <summary>Share of the requests that is copied to <see cref="Mirror"/>; absent means all.</summary>
    public Percent? MirrorPercentage { get; init; }

    /// <summary>Answers to browsers that ask from another origin.</summary>
    public CorsPolicy? CorsPolicy { get; init; }

    /// <summary>Changes to the headers of requests and responses.</summary>
    public Headers? Headers { get; init; }
}

/// <summary>A destination of a rule with its weight.</summary>
public sealed record HttpRouteDestination
{
    /// <summary>Where to.</summary>
    public Destination? Destination { get; init; }

    /// <summary>Share relative to the sum of all weights, from 0; ignored when it is the only destination.</summary>
    public int? Weight { get; init; }

    /// <summary>Changes to headers, for this destination alone.</summary>
    public Headers? Headers { get; init; }
}

/// <summary>A service, or a subset of it.</summary>
public sealed record Destination
{
    /// <summary>Name of the service: a short name is completed with the namespace of the VirtualService.</summary>
    public string? Host { get; init; }

    /// <summary>Name of a subset in the service's DestinationRule.</summary>
    public string? Subset { get; init; }

    /// <summary>Port of the service; needed when it has several.</summary>
    public PortSelector? Port { get; init; }
}

/// <summary>Chooses a port by number.</summary>
public sealed record PortSelector
{
    /// <summary>Port number, 1 to 65535.</summary>
    public uint? Number { get; init; }
}

/// <summary>A reference to a VirtualService that has no hosts of its own.</summary>
public sealed record Delegate
{
    /// <summary>Its name.</summary>
    public string? Name { get; init; }

    /// <summary>Its namespace; absent means that of the referring one.</summary>
    public string? Namespace { get; init; }
}
