using System.Text.Json.Serialization;

namespace Sluice.Api.Networking;

/// <summary>Limits on connections and requests to a service.</summary>
public sealed record ConnectionPoolSettings
{
    /// <summary>For every kind of traffic.</summary>
    public TcpSettings? Tcp { get; init; }

    /// <summary>For HTTP.</summary>
    public HttpSettings? Http { get; init; }
}

/// <summary>Limits on connections.</summary>
public sealed record TcpSettings
{
    /// <summary>Most connections at once; absent or 0 means no limit.</summary>
    public int? MaxConnections { get; init; }

    /// <summary>Time to establish a connection, at least 1ms; absent means the mesh's, 10s.</summary>
    public TimeSpan? ConnectTimeout { get; init; }

    /// <summary>Probes on idle connections.</summary>
    public TcpKeepalive? TcpKeepalive { get; init; }

    /// <summary>Age at which a connection is retired, at least 1ms; absent means none.</summary>
    public TimeSpan? MaxConnectionDuration { get; init; }

    /// <summary>Idle time after which a connection is closed; 0s never, absent 1h.</summary>
    public TimeSpan? IdleTimeout { get; init; }
}

/// <summary>Probes on idle connections (<c>SO_KEEPALIVE</c>).</summary>
public sealed record TcpKeepalive
{
    /// <summary>Probes without an answer after which the connection counts as dead; absent means the system's.</summary>
    public uint? Probes { get; init; }

    /// <summary>Idle time before the first probe; absent means the system's.</summary>
    public TimeSpan? Time { get; init; }

    /// <summary>Time between probes; absent means the system's.</summary>
    public TimeSpan? Interval { get; init; }
}

/// <summary>Limits on HTTP requests.</summary>
public sealed record HttpSettings
{
    /// <summary>Most requests that wait for a connection; absent or 0 means no limit.</summary>
    public int? Http1MaxPendingRequests { get; init; }

    /// <summary>Most active requests, whatever the version; absent or 0 means no limit.</summary>
    public int? Http2MaxRequests { get; init; }

    /// <summary>Requests after which a connection is closed; 1 turns keep-alive off, absent or 0 means no limit.</summary>
    public int? MaxRequestsPerConnection { get; init; }

    /// <summary>Most retries at once; absent or 0 means no limit.</summary>
    public int? MaxRetries { get; init; }

    /// <summary>Idle time after which a connection is closed, at least 1ms; absent means 1h.</summary>
    public TimeSpan? IdleTimeout { get; init; }

    /// <summary>Whether HTTP/1.1 requests go out as HTTP/2.</summary>
    public H2UpgradePolicy? H2UpgradePolicy { get; init; }

    /// <summary>Speak to the service what the client speaks to us.</summary>
    public bool? UseClientProtocol { get; init; }

    /// <summary>Most streams on an HTTP/2 connection; absent or 0 means what the service allows.</summary>
    public int? MaxConcurrentStreams { get; init; }

    /// <summary>PING frames on idle HTTP/2 connections.</summary>
    public Http2KeepAlive? Http2KeepAlive { get; init; }
}

/// <summary>PING frames on idle HTTP/2 connections; both fields are needed.</summary>
public sealed record Http2KeepAlive
{
    /// <summary>Time between two of them.</summary>
    public TimeSpan? Interval { get; init; }

    /// <summary>Time to wait for the answer.</summary>
    public TimeSpan? Timeout { get; init; }
}

/// <summary>Whether HTTP/1.1 requests go out as HTTP/2.</summary>
public enum H2UpgradePolicy
{
    /// <summary>As the mesh says.</summary>
    [JsonStringEnumMemberName("DEFAULT")]
    Default,

    /// <summary>No.</summary>
    [JsonStringEnumMemberName("DO_NOT_UPGRADE")]
    DoNotUpgrade,

    /// <summary>Yes.</summary>
    [JsonStringEnumMemberName("UPGRADE")]
    Upgrade,
}
