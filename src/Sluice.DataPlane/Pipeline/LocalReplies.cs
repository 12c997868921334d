using Sluice.DataPlane.Forwarding;
using Sluice.DataPlane.Telemetry;

namespace Sluice.DataPlane.Pipeline;

/// <summary>All answers that the gateway gives by itself, in one table.</summary>
internal static class LocalReplies
{
    private const string NoAnswer = "upstream connect error or disconnect/reset before headers. reset reason: ";

    /// <summary>HTTP/1.0, which Istio does not serve.</summary>
    public static readonly LocalReply LowVersion = Refuse(426, "low_version");

    /// <summary>A request target with characters that none may have, or that can't be normalised.</summary>
    public static readonly LocalReply BadTarget = Refuse(400, "path_normalization_failed");

    /// <summary>No Host, several, or one that is no host.</summary>
    public static readonly LocalReply BadHost = Refuse(400, "http1.invalid_host");

    /// <summary>A method that is no token, or a known one in another case.</summary>
    public static readonly LocalReply BadMethod = Refuse(400, "http1.invalid_method");

    /// <summary>Fields with characters that none may have, or that belong to another version of HTTP.</summary>
    public static readonly LocalReply BadHeader = Refuse(400, "http1.invalid_characters");

    /// <summary>Where the body ends can't be told for sure.</summary>
    public static readonly LocalReply BadFraming = Refuse(400, "http1.transfer_encoding_not_allowed");

    /// <summary>A transfer coding other than <c>chunked</c>.</summary>
    public static readonly LocalReply UnknownCoding = Refuse(501, "http1.invalid_transfer_encoding");

    /// <summary>CONNECT, which no route serves.</summary>
    public static readonly LocalReply NoConnect =
        new(404, "", ResponseFlags.NoRoute, "route_not_found") { Closes = true };

    /// <summary>An upgrade to something other than WebSocket.</summary>
    public static readonly LocalReply UpgradeRefused = new(403, "", ResponseFlags.None, "upgrade_failed");

    /// <summary>The configuration has no such listener any more.</summary>
    public static readonly LocalReply ListenerGone = new(404, "", ResponseFlags.NoRoute, "route_not_found") { Closes = true };

    /// <summary>No virtual host, or none of its routes matches.</summary>
    public static readonly LocalReply NotFound = new(404, "", ResponseFlags.NoRoute, "route_not_found");

    /// <summary>The client left: there is nobody to answer.</summary>
    public static readonly LocalReply ClientGone =
        new(0, "", ResponseFlags.DownstreamDisconnect, "downstream_remote_disconnect");

    /// <summary>Something failed that should not.</summary>
    public static readonly LocalReply Unexpected = new(500, "", ResponseFlags.None, "internal_error");

    private static readonly LocalReply NoCluster = new(503, "", ResponseFlags.NoCluster, "cluster_not_found");
    private static readonly LocalReply NoHealthyUpstream =
        new(503, "no healthy upstream", ResponseFlags.NoHealthyUpstream, "no_healthy_upstream");
    private static readonly LocalReply RouteTimeout =
        new(504, "upstream request timeout", ResponseFlags.UpstreamTimeout, "upstream_response_timeout");
    private static readonly LocalReply PerTryTimeout =
        new(504, "upstream request timeout", ResponseFlags.UpstreamTimeout, "upstream_per_try_timeout");

    /// <summary>A redirect.</summary>
    public static LocalReply Redirect(int status, string location) =>
        new(status, "", ResponseFlags.None, "direct_response") { Location = location };

    /// <summary>A direct response.</summary>
    public static LocalReply Direct(int status, ReadOnlyMemory<byte> body) =>
        new(status, "", ResponseFlags.None, "direct_response") { Bytes = body };

    /// <summary>An abort that was asked for, with an HTTP or a gRPC status.</summary>
    public static LocalReply Fault(int status, int? grpcStatus) =>
        new(grpcStatus is { } grpc ? GrpcStatuses.ToHttp(grpc) : status, "fault filter abort", ResponseFlags.FaultInjected, "fault_filter_abort")
        {
            GrpcStatus = grpcStatus,
        };

    /// <summary>The answer to a preflight request.</summary>
    public static readonly LocalReply Preflight = new(200, "", ResponseFlags.None, "cors_response");

    /// <summary>The answer when no upstream's came.</summary>
    public static LocalReply For(in ProxyError error) => error.Kind switch
    {
        ProxyErrorKind.NoCluster => NoCluster,
        ProxyErrorKind.ClusterRefused => new(503, error.TransportFailure!, ResponseFlags.UpstreamConnectionFailure, "cluster_refused"),
        ProxyErrorKind.NoHealthyUpstream => NoHealthyUpstream,
        ProxyErrorKind.RouteTimeout => RouteTimeout,
        ProxyErrorKind.PerTryTimeout => PerTryTimeout,
        ProxyErrorKind.ClientBroke => new(error.Status, "", ResponseFlags.DownstreamProtocolError, "http1.codec_error") { Closes = true },
        ProxyErrorKind.Overflow => Reset(503, error, ResponseFlags.UpstreamOverflow),
        ProxyErrorKind.ConnectFailure => Reset(503, error, ResponseFlags.UpstreamConnectionFailure),
        ProxyErrorKind.ConnectTimeout => Reset(503, error, ResponseFlags.UpstreamConnectionFailure),
        ProxyErrorKind.RemoteReset or ProxyErrorKind.RefusedStream => Reset(503, error, ResponseFlags.UpstreamReset),
        ProxyErrorKind.ProtocolError => Reset(502, error, ResponseFlags.UpstreamProtocolError),
        _ => Reset(503, error, ResponseFlags.UpstreamConnectionTermination),
    };

    /// <summary>The flag and details of a failure after the answer began: nothing can be said to the client any more.</summary>
    public static (ResponseFlags Flag, string Details) AfterStart(in ProxyError error) => error.Kind switch
    {
        ProxyErrorKind.ClientGone or ProxyErrorKind.ClientBroke => (ResponseFlags.DownstreamDisconnect, "downstream_remote_disconnect"),
        ProxyErrorKind.RouteTimeout or ProxyErrorKind.PerTryTimeout => (ResponseFlags.UpstreamTimeout, "upstream_response_timeout"),
        _ => (For(error).Flags, $"upstream_reset_after_response_started{{{error.ResetReason.Replace(' ', '_')}}}"),
    };

    private static LocalReply Refuse(int status, string details) =>
        new(status, "", ResponseFlags.DownstreamProtocolError, details) { BreaksProtocol = true };

    private static LocalReply Reset(int status, in ProxyError error, ResponseFlags flag)
    {
        var failure = error.TransportFailure;
        return new(
            status,
            NoAnswer + error.ResetReason + (failure is null ? "" : ", transport failure reason: " + failure),
            flag,
            $"upstream_reset_before_response_started{{{error.ResetReason}{(failure is null ? "" : "|" + failure)}}}".Replace(' ', '_'));
    }
}
