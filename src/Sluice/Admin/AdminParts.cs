using Prometheus;
using Sluice.ControlPlane.Compilation;
using Sluice.ControlPlane.Discovery.Names;
using Sluice.ControlPlane.Reload;
using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Forwarding;
using Sluice.DataPlane.Pipeline;
using Sluice.Hosting;
using Sluice.Logging;

namespace Sluice.Admin;

/// <summary>What the admin API shows and acts on.</summary>
internal sealed record AdminParts
{
    /// <summary>The snapshot in force.</summary>
    public required LiveSnapshot Live { get; init; }

    /// <summary>Takes endpoints out and puts them back.</summary>
    public required Ejections Ejections { get; init; }

    /// <summary>Connections of the native carrier; null when it is not in use.</summary>
    public UpstreamPools? Pools { get; init; }

    /// <summary>Reloads, and tells how they went.</summary>
    public required ReloadLoop Reload { get; init; }

    /// <summary>The addresses of endpoints that are written as names.</summary>
    public required NameTable Names { get; init; }

    /// <summary>The bound ports.</summary>
    public required ListenerBinding Binding { get; init; }

    /// <summary>Where the gateway stands in its life.</summary>
    public required Readiness Readiness { get; init; }

    /// <summary>Takes the listeners out of service.</summary>
    public required Drain Drain { get; init; }

    /// <summary>Ends the process.</summary>
    public required Shutdown Shutdown { get; init; }

    /// <summary>All metrics.</summary>
    public required CollectorRegistry Registry { get; init; }

    /// <summary>Where the log level is set.</summary>
    public required LineLoggerProvider Log { get; init; }

    /// <summary>Who the gateway is.</summary>
    public required GatewayIdentity Identity { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary><see cref="TimeProvider.GetTimestamp"/> at the start of the process.</summary>
    public required long Started { get; init; }
}
