using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Prometheus;
using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Forwarding;
using Sluice.DataPlane.Telemetry;
using Yarp.ReverseProxy.Forwarder;

namespace Sluice.DataPlane.Pipeline;

/// <summary>What a <see cref="RequestPipeline"/> is built from.</summary>
public sealed record PipelineParts
{
    /// <summary>Where the snapshot in force is read.</summary>
    public required LiveSnapshot Live { get; init; }

    /// <summary>Tells which listener accepted the connection of a request.</summary>
    public required Func<IFeatureCollection, ListenerKey> ListenerOf { get; init; }

    /// <summary>YARP's forwarder.</summary>
    public required IHttpForwarder Forwarder { get; init; }

    /// <summary>Connections to upstreams; they outlive the snapshots.</summary>
    public required UpstreamClients Clients { get; init; }

    /// <summary>Connections of the native carrier; null when YARP carries everything (<c>--carrier yarp</c>).</summary>
    public UpstreamPools? Pools { get; init; }

    /// <summary>Takes failing endpoints out of balancing.</summary>
    public required Ejections Ejections { get; init; }

    /// <summary>Istio's metrics of requests.</summary>
    public required RequestMetrics Metrics { get; init; }

    /// <summary>Where access log lines go.</summary>
    public required AccessLog AccessLog { get; init; }

    /// <summary>Where the pipeline's own metrics (<c>sluice_*</c>) are shown.</summary>
    public required CollectorRegistry Registry { get; init; }

    /// <summary>A uniform draw from [0, n), for weights, faults, shares and back-off. Called by several threads at once.</summary>
    public Func<int, int> Dice { get; init; } = ThreadRandom.Below;

    /// <summary>Whether the gateway is on its way out: connections of HTTP/1.1 close behind the answers that begin from now on. HTTP/2
    /// says GOAWAY, which is the server's business.</summary>
    public Func<bool> IsDraining { get; init; } = static () => false;

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Where unforeseen failures are told.</summary>
    public required ILogger Logger { get; init; }
}
