using Sluice.Transport.Upstream;

namespace Sluice.DataPlane.Clusters;

/// <summary>How connections to a cluster's endpoints are kept (DestinationRule <c>trafficPolicy.connectionPool</c>).</summary>
public sealed record ConnectionSettings
{
    /// <summary>What holds when nothing is said.</summary>
    public static readonly ConnectionSettings Default = new();

    /// <summary>Idle time after which a connection is closed; infinite for never (<c>http.idleTimeout</c>, <c>tcp.idleTimeout</c>). The
    /// default is less than Istio's hour, and less than what servers commonly wait, so that they rarely close a connection that is about to
    /// be used.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Age at which a connection is retired, infinite for none (<c>tcp.maxConnectionDuration</c>).</summary>
    public TimeSpan MaxDuration { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>Requests after which a connection is closed; 0 for no limit (<c>http.maxRequestsPerConnection</c>).</summary>
    public int MaxRequests { get; init; }

    /// <summary>Streams at once on an HTTP/2 connection; 0 for as many as the upstream takes (<c>http.maxConcurrentStreams</c>).</summary>
    public int MaxStreams { get; init; }

    /// <summary>Probes on idle connections; null for none (<c>tcp.tcpKeepalive</c>).</summary>
    public TcpKeepaliveProbes? Keepalive { get; init; }

    /// <summary>PING frames on HTTP/2 connections; null for none (<c>http.http2KeepAlive</c>).</summary>
    public Http2Pings? Pings { get; init; }
}

/// <summary>Probes on idle connections; what is null is left to the system.</summary>
/// <param name="Time">Idle time before the first one, rounded up to whole seconds.</param>
/// <param name="Interval">Time between two, rounded up to whole seconds.</param>
/// <param name="Probes">Unanswered ones after which the connection is dead.</param>
public sealed record TcpKeepaliveProbes(TimeSpan? Time, TimeSpan? Interval, int? Probes)
{
    // What Linux takes.
    private const int MostSeconds = 32_767;
    private const int MostProbes = 127;

    /// <summary>The same in the units, and within the bounds, of sockets.</summary>
    internal KeepaliveProbes ForSockets() => new(Seconds(Time), Seconds(Interval), Probes is { } probes ? Math.Clamp(probes, 1, MostProbes) : null);

    private static int? Seconds(TimeSpan? time) => time is { } span ? (int)Math.Clamp(Math.Ceiling(span.TotalSeconds), 1, MostSeconds) : null;
}

/// <summary>PING frames on HTTP/2 connections.</summary>
/// <param name="Interval">Time between two.</param>
/// <param name="Timeout">Time to wait for the answer.</param>
public sealed record Http2Pings(TimeSpan Interval, TimeSpan Timeout);
