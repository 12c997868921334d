using Sluice.ControlPlane.Compilation;

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

    /// <summary>How long a drain goes on accepting, so that load balancers notice that the gateway is no longer ready.</summary>
    public required TimeSpan DrainDelay { get; init; }

    /// <summary>How long a drain waits for requests in flight after that.</summary>
    public required TimeSpan DrainTimeout { get; init; }

    /// <summary><c>NAME=VALUE</c> of every <c>--limit</c>.</summary>
    public required IReadOnlyList<(string Name, string Value)> Limits { get; init; }

    /// <summary>Least severe level that is logged.</summary>
    public required string LogLevel { get; init; }
}
