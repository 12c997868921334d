namespace Sluice.Api.Kubernetes;

/// <summary>A Pod: labels for subsets, and addresses for Services without EndpointSlices.</summary>
public sealed record Pod
{
    /// <summary>What it was meant to be.</summary>
    public PodSpec? Spec { get; init; }

    /// <summary>What it is.</summary>
    public PodStatus? Status { get; init; }
}

/// <summary>What a Pod was meant to be.</summary>
public sealed record PodSpec
{
    /// <summary>Node it runs on.</summary>
    public string? NodeName { get; init; }

    /// <summary>Account it runs under.</summary>
    public string? ServiceAccountName { get; init; }

    /// <summary>Whether it uses the address of its node.</summary>
    public bool? HostNetwork { get; init; }

    /// <summary>Its containers.</summary>
    public IReadOnlyList<Container>? Containers { get; init; }
}

/// <summary>A container of a Pod.</summary>
public sealed record Container
{
    /// <summary>Its name.</summary>
    public string? Name { get; init; }

    /// <summary>Ports it names.</summary>
    public IReadOnlyList<NamedPort>? Ports { get; init; }
}

/// <summary>A port of a container.</summary>
public sealed record NamedPort
{
    /// <summary>Name, for a Service's <c>targetPort</c>.</summary>
    public string? Name { get; init; }

    /// <summary>Port number.</summary>
    public int? ContainerPort { get; init; }

    /// <summary>TCP (default), UDP or SCTP.</summary>
    public string? Protocol { get; init; }
}

/// <summary>What a Pod is.</summary>
public sealed record PodStatus
{
    /// <summary>Pending, Running, Succeeded, Failed or Unknown.</summary>
    public string? Phase { get; init; }

    /// <summary>Its address.</summary>
    public string? PodIP { get; init; }

    /// <summary>Its addresses, by family.</summary>
    public IReadOnlyList<PodIP>? PodIPs { get; init; }

    /// <summary>Conditions such as <c>Ready</c>.</summary>
    public IReadOnlyList<PodCondition>? Conditions { get; init; }
}

/// <summary>An address of a Pod.</summary>
public sealed record PodIP
{
    /// <summary>IP address.</summary>
    public string? Ip { get; init; }
}

/// <summary>A condition of a Pod.</summary>
public sealed record PodCondition
{
    /// <summary>What it is about, e.g. <c>Ready</c>.</summary>
    public string? Type { get; init; }

    /// <summary><c>True</c>, <c>False</c> or <c>Unknown</c>.</summary>
    public string? Status { get; init; }
}
