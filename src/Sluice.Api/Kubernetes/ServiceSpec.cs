namespace Sluice.Api.Kubernetes;

/// <summary>What a Kubernetes Service says about where it is (its <c>spec</c>).</summary>
public sealed record ServiceSpec
{
    /// <summary>ClusterIP (default), NodePort, LoadBalancer or ExternalName.</summary>
    public string? Type { get; init; }

    /// <summary>Virtual address; <c>None</c> for a headless service.</summary>
    public string? ClusterIP { get; init; }

    /// <summary>Virtual addresses, by family.</summary>
    public IReadOnlyList<string>? ClusterIPs { get; init; }

    /// <summary>DNS name that stands for it, for ExternalName.</summary>
    public string? ExternalName { get; init; }

    /// <summary>Labels of the Pods that are its endpoints.</summary>
    public IReadOnlyDictionary<string, string>? Selector { get; init; }

    /// <summary>Its ports.</summary>
    public IReadOnlyList<ServiceSpecPort>? Ports { get; init; }

    /// <summary>Use endpoints that are not ready, too.</summary>
    public bool? PublishNotReadyAddresses { get; init; }

    /// <summary>Preference for near endpoints, e.g. <c>PreferSameZone</c>.</summary>
    public string? TrafficDistribution { get; init; }
}

/// <summary>A port of a Kubernetes Service.</summary>
public sealed record ServiceSpecPort
{
    /// <summary>Name; it finds the port of an EndpointSlice, and its prefix tells the protocol.</summary>
    public string? Name { get; init; }

    /// <summary>TCP (default), UDP or SCTP.</summary>
    public string? Protocol { get; init; }

    /// <summary>Application protocol; goes before the name's prefix.</summary>
    public string? AppProtocol { get; init; }

    /// <summary>Port number.</summary>
    public int? Port { get; init; }

    /// <summary>Port of the Pods, by number or by name; absent means <see cref="Port"/>.</summary>
    public IntOrString? TargetPort { get; init; }
}
