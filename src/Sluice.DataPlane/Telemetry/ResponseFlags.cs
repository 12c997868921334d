namespace Sluice.DataPlane.Telemetry;

/// <summary>Why a request ended as it did, in Envoy's vocabulary. Several can hold at once; the access log and the metrics join their
/// codes with commas, and show <c>-</c> for none.</summary>
[Flags]
public enum ResponseFlags
{
    /// <summary>Nothing to report.</summary>
    None = 0,

    /// <summary>UH: the cluster has no healthy endpoint (503).</summary>
    NoHealthyUpstream = 1 << 0,

    /// <summary>UF: the connection to the upstream failed (503).</summary>
    UpstreamConnectionFailure = 1 << 1,

    /// <summary>UO: a circuit breaker's limit was reached (503).</summary>
    UpstreamOverflow = 1 << 2,

    /// <summary>NR: no route for the request (404).</summary>
    NoRoute = 1 << 3,

    /// <summary>URX: the retry limit was reached.</summary>
    RetryLimitExceeded = 1 << 4,

    /// <summary>NC: the route's cluster does not exist (503).</summary>
    NoCluster = 1 << 5,

    /// <summary>DC: the client went away.</summary>
    DownstreamDisconnect = 1 << 6,

    /// <summary>UT: the upstream did not answer in time (504).</summary>
    UpstreamTimeout = 1 << 7,

    /// <summary>UR: the upstream reset the stream (503).</summary>
    UpstreamReset = 1 << 8,

    /// <summary>UC: the upstream closed the connection before it answered (503).</summary>
    UpstreamConnectionTermination = 1 << 9,

    /// <summary>DI: a fault delayed the request.</summary>
    DelayInjected = 1 << 10,

    /// <summary>FI: a fault aborted the request.</summary>
    FaultInjected = 1 << 11,

    /// <summary>RL: rate limited (429).</summary>
    RateLimited = 1 << 12,

    /// <summary>UAEX: external authorization denied it.</summary>
    Unauthorized = 1 << 13,

    /// <summary>DPE: the client broke the protocol (400, 431).</summary>
    DownstreamProtocolError = 1 << 14,

    /// <summary>UPE: the upstream broke the protocol (502).</summary>
    UpstreamProtocolError = 1 << 15,

    /// <summary>LR: reset from this side.</summary>
    LocalReset = 1 << 16,

    /// <summary>OM: refused to protect the process from overload.</summary>
    OverloadManager = 1 << 17,

    /// <summary>SI: the stream was idle for too long (408, 504).</summary>
    StreamIdleTimeout = 1 << 18,
}
