using Microsoft.Extensions.Logging;
using Sluice.ControlPlane.Compilation;
using Sluice.Hosting;

namespace Sluice.Commands;

/// <summary>Everything that the command line says about a gateway to run.</summary>
internal sealed record RunOptions
{
    /// <summary>Files and folders to read.</summary>
    public required IReadOnlyList<string> Config { get; init; }

    /// <summary>Path of the MeshConfig document; null without.</summary>
    public required string? MeshConfig { get; init; }

    /// <summary>Who the gateway is.</summary>
    public required GatewayIdentity Identity { get; init; }

    /// <summary>Address of the admin API; null when it is off.</summary>
    public required HostPort? Admin { get; init; }

    /// <summary>Address of the health checks.</summary>
    public required HostPort Status { get; init; }

    /// <summary>Address of the metrics.</summary>
    public required HostPort Metrics { get; init; }

    /// <summary>How long a drain may take.</summary>
    public required DrainOptions Drain { get; init; }

    /// <summary>What clients may take.</summary>
    public required LimitOptions Limits { get; init; }

    /// <summary>Whether plain HTTP/1.1 goes over the carrier of our own; else YARP carries everything.</summary>
    public required bool NativeCarrier { get; init; }

    /// <summary>What moves the bytes.</summary>
    public required TransportKind Transport { get; init; }

    /// <summary>Least severe level that is logged.</summary>
    public required LogLevel LogLevel { get; init; }
}
