namespace Sluice.Api.Kubernetes;

/// <summary>The endpoints of the Service of the same name, in the old form.</summary>
public sealed record Endpoints
{
    /// <summary>Groups of addresses that share ports.</summary>
    public IReadOnlyList<EndpointSubset>? Subsets { get; init; }
}

/// <summary>Addresses that share ports.</summary>
public sealed record EndpointSubset
{
    /// <summary>Addresses that are ready.</summary>
    public IReadOnlyList<EndpointAddress>? Addresses { get; init; }

    /// <summary>Addresses that are not.</summary>
    public IReadOnlyList<EndpointAddress>? NotReadyAddresses { get; init; }

    /// <summary>Ports of all of them.</summary>
    public IReadOnlyList<EndpointPort>? Ports { get; init; }
}

/// <summary>An address of an endpoint.</summary>
public sealed record EndpointAddress
{
    /// <summary>IP address.</summary>
    public string? Ip { get; init; }

    /// <summary>Host name.</summary>
    public string? Hostname { get; init; }

    /// <summary>Node it runs on.</summary>
    public string? NodeName { get; init; }

    /// <summary>The Pod behind it.</summary>
    public ObjectReference? TargetRef { get; init; }
}

/// <summary>A port of endpoints.</summary>
public sealed record EndpointPort
{
    /// <summary>Name of the Service's port that it stands for.</summary>
    public string? Name { get; init; }

    /// <summary>TCP (default), UDP or SCTP.</summary>
    public string? Protocol { get; init; }

    /// <summary>Port number.</summary>
    public int? Port { get; init; }

    /// <summary>Application protocol.</summary>
    public string? AppProtocol { get; init; }
}

/// <summary>A reference to another object.</summary>
public sealed record ObjectReference
{
    /// <summary>Its kind.</summary>
    public string? Kind { get; init; }

    /// <summary>Its namespace.</summary>
    public string? Namespace { get; init; }

    /// <summary>Its name.</summary>
    public string? Name { get; init; }
}
