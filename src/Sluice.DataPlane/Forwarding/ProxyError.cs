using System.Net.Sockets;
using Sluice.DataPlane.Routing;

namespace Sluice.DataPlane.Forwarding;

/// <summary>What kept an upstream's answer from the client.</summary>
internal enum ProxyErrorKind
{
    /// <summary>The route names a cluster that does not exist.</summary>
    NoCluster,

    /// <summary>The cluster may not be used as it is configured.</summary>
    ClusterRefused,

    /// <summary>The cluster has no endpoint to try.</summary>
    NoHealthyUpstream,

    /// <summary>A limit of the cluster's circuit breaker was reached.</summary>
    Overflow,

    /// <summary>No connection: refused, unreachable, a name that does not resolve.</summary>
    ConnectFailure,

    /// <summary>No connection within the cluster's connect timeout.</summary>
    ConnectTimeout,

    /// <summary>The upstream closed the connection before its answer was complete.</summary>
    ConnectionTermination,

    /// <summary>The upstream reset the stream (HTTP/2 RST_STREAM).</summary>
    RemoteReset,

    /// <summary>The upstream refused the stream without looking at it (HTTP/2 REFUSED_STREAM).</summary>
    RefusedStream,

    /// <summary>The upstream broke the protocol.</summary>
    ProtocolError,

    /// <summary>An attempt did not get an answer in the policy's per-try timeout.</summary>
    PerTryTimeout,

    /// <summary>The route's timeout ran out.</summary>
    RouteTimeout,

    /// <summary>The client went away.</summary>
    ClientGone,

    /// <summary>The client's body broke the protocol, or came too slowly.</summary>
    ClientBroke,
}

/// <summary>A failure as a value: who is to blame, what happened, and with that whether it may be tried again.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="TransportFailure">Why a connection failed, in Envoy's words; else null. For <see cref="ProxyErrorKind.ClusterRefused"/>
/// why the cluster may not be used.</param>
/// <param name="Status">Status for a client that broke the protocol; 0 where the kind decides.</param>
internal readonly record struct ProxyError(ProxyErrorKind Kind, string? TransportFailure = null, int Status = 0)
{
    private const string TlsPrefix = "TLS_error: ";

    /// <summary>No connection, with the reason in Envoy's words.</summary>
    public static ProxyError ConnectFailure(SocketError error) => new(ProxyErrorKind.ConnectFailure, "delayed connect error: " + error switch
    {
        SocketError.ConnectionRefused => "Connection refused",
        SocketError.ConnectionReset => "Connection reset by peer",
        SocketError.HostUnreachable => "No route to host",
        SocketError.NetworkUnreachable => "Network is unreachable",
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => "Name does not resolve",
        _ => new SocketException((int)error).Message,
    });

    /// <summary>No connection that could be trusted, or one that the upstream did not want.</summary>
    public static ProxyError TlsFailure(string reason) => new(ProxyErrorKind.ConnectFailure, TlsPrefix + reason);

    /// <summary>Whether it is the failure of a TLS handshake.</summary>
    public bool IsTlsFailure => Kind == ProxyErrorKind.ConnectFailure && TransportFailure?.StartsWith(TlsPrefix, StringComparison.Ordinal) == true;

    /// <summary>Whether the client, not the upstream, ended the exchange.</summary>
    public bool IsTheClients => Kind is ProxyErrorKind.ClientGone or ProxyErrorKind.ClientBroke;

    /// <summary>The conditions of a retry policy that the failure meets.</summary>
    public RetryOn Conditions => Kind switch
    {
        // Nothing was sent yet.
        ProxyErrorKind.ConnectFailure or ProxyErrorKind.ConnectTimeout =>
            RetryOn.ConnectFailure | RetryOn.ResetBeforeRequest | RetryOn.Reset | RetryOn.ServerError | RetryOn.GatewayError,
        ProxyErrorKind.RefusedStream => RetryOn.RefusedStream | RetryOn.Reset | RetryOn.ServerError | RetryOn.GatewayError,
        ProxyErrorKind.ConnectionTermination or ProxyErrorKind.RemoteReset or ProxyErrorKind.ProtocolError
            or ProxyErrorKind.PerTryTimeout => RetryOn.Reset | RetryOn.ServerError | RetryOn.GatewayError,
        _ => RetryOn.None,
    };

    /// <summary>Envoy's name of a reset, as in <c>reset reason: connection termination</c>.</summary>
    public string ResetReason => Kind switch
    {
        ProxyErrorKind.Overflow => "overflow",
        ProxyErrorKind.ConnectFailure => "remote connection failure",
        ProxyErrorKind.ConnectTimeout => "connection timeout",
        ProxyErrorKind.RemoteReset => "remote reset",
        ProxyErrorKind.RefusedStream => "remote refused stream reset",
        ProxyErrorKind.ProtocolError => "protocol error",
        _ => "connection termination",
    };
}
