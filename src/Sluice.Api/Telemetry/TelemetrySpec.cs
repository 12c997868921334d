using System.Text.Json.Serialization;
using Sluice.Api.Resources;

namespace Sluice.Api.Telemetry;

/// <summary>What is measured, traced and logged (<c>telemetry.istio.io Telemetry</c>).</summary>
public sealed record TelemetrySpec
{
    /// <summary>Workloads it applies to; absent means all of the namespace, or of the mesh in the root namespace.</summary>
    public LabelSelector? Selector { get; init; }

    /// <summary>Old form of <see cref="TargetRefs"/>.</summary>
    public PolicyTargetReference? TargetRef { get; init; }

    /// <summary>Objects it is attached to; not beside <see cref="Selector"/>.</summary>
    public IReadOnlyList<PolicyTargetReference>? TargetRefs { get; init; }

    /// <summary>How requests are traced.</summary>
    public IReadOnlyList<Tracing>? Tracing { get; init; }

    /// <summary>Which metrics are kept.</summary>
    public IReadOnlyList<Metrics>? Metrics { get; init; }

    /// <summary>Which requests are logged.</summary>
    public IReadOnlyList<AccessLogging>? AccessLogging { get; init; }
}

/// <summary>A reference to an extension provider of the MeshConfig.</summary>
public sealed record ProviderRef
{
    /// <summary>Its name.</summary>
    public string? Name { get; init; }
}

/// <summary>Limits a setting to one side of a call; a gateway is the client of its services.</summary>
public sealed record ModeSelector
{
    /// <summary>The side; absent means both.</summary>
    public WorkloadMode? Mode { get; init; }
}

/// <summary>A side of a call.</summary>
public enum WorkloadMode
{
    /// <summary>Both.</summary>
    [JsonStringEnumMemberName("CLIENT_AND_SERVER")]
    ClientAndServer,

    /// <summary>The caller's.</summary>
    [JsonStringEnumMemberName("CLIENT")]
    Client,

    /// <summary>The service's.</summary>
    [JsonStringEnumMemberName("SERVER")]
    Server,
}
