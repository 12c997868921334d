namespace Sluice.Api.Kubernetes;

/// <summary>Endpoints of a Service, which the label <c>kubernetes.io/service-name</c> names.</summary>
public sealed record EndpointSlice
{
    /// <summary>IPv4, IPv6 or FQDN.</summary>
    public string? AddressType { get; init; }

    /// <summary>The endpoints.</summary>
    public IReadOnlyList<SliceEndpoint>? Endpoints { get; init; }

    /// <summary>Ports of all of them.</summary>
    public IReadOnlyList<EndpointPort>? Ports { get; init; }
}

/// <summary>An endpoint of an EndpointSlice.</summary>
public sealed record SliceEndpoint
{
    /// <summary>Addresses that are interchangeable.</summary>
    public IReadOnlyList<string>? Addresses { get; init; }

    /// <summary>Its state.</summary>
    public EndpointConditions? Conditions { get; init; }

    /// <summary>Host name.</summary>
    public string? Hostname { get; init; }

    /// <summary>Node it runs on.</summary>
    public string? NodeName { get; init; }

    /// <summary>Zone it runs in.</summary>
    public string? Zone { get; init; }

    /// <summary>The Pod behind it.</summary>
    public ObjectReference? TargetRef { get; init; }
}

/// <summary>State of an endpoint.</summary>
public sealed record EndpointConditions
{
    /// <summary>Whether it takes traffic; absent means yes.</summary>
    public bool? Ready { get; init; }

    /// <summary>Whether it would take traffic but for its end.</summary>
    public bool? Serving { get; init; }

    /// <summary>Whether it is about to end.</summary>
    public bool? Terminating { get; init; }
}
