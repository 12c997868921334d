namespace Sluice.DataPlane.Routing;

/// <summary>Conditions on which an attempt may be followed by another (HTTPRetry <c>retryOn</c>).</summary>
[Flags]
public enum RetryOn
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary><c>5xx</c>: any 5xx, or no answer at all.</summary>
    ServerError = 1 << 0,

    /// <summary><c>gateway-error</c>: 502, 503, 504.</summary>
    GatewayError = 1 << 1,

    /// <summary><c>reset</c>: no response headers came.</summary>
    Reset = 1 << 2,

    /// <summary><c>reset-before-request</c>: reset before the request was sent.</summary>
    ResetBeforeRequest = 1 << 3,

    /// <summary><c>connect-failure</c>: the connection could not be made.</summary>
    ConnectFailure = 1 << 4,

    /// <summary><c>refused-stream</c>: HTTP/2 REFUSED_STREAM.</summary>
    RefusedStream = 1 << 5,

    /// <summary><c>retriable-4xx</c>: 409.</summary>
    Retriable4xx = 1 << 6,

    /// <summary><c>retriable-status-codes</c>: the listed codes.</summary>
    StatusCodes = 1 << 7,

    /// <summary><c>retriable-headers</c>: an answer with a listed header.</summary>
    RetriableHeaders = 1 << 8,

    /// <summary><c>envoy-ratelimited</c>: an answer with x-envoy-ratelimited.</summary>
    RateLimited = 1 << 9,

    /// <summary>gRPC status 1.</summary>
    GrpcCancelled = 1 << 10,

    /// <summary>gRPC status 4.</summary>
    GrpcDeadlineExceeded = 1 << 11,

    /// <summary>gRPC status 13.</summary>
    GrpcInternal = 1 << 12,

    /// <summary>gRPC status 8.</summary>
    GrpcResourceExhausted = 1 << 13,

    /// <summary>gRPC status 14.</summary>
    GrpcUnavailable = 1 << 14,
}
