using Microsoft.AspNetCore.Http;

namespace Sluice.DataPlane.Telemetry;

/// <summary>The facts of one request, as metrics, access log, header formats and spans need them. Steps write to it as they learn
/// something; no step decides by it. One instance serves one request at a time and is used again for the next one.</summary>
public sealed class RequestInfo
{
    private DateTimeOffset? _start;
    private string? _requestId = "";
    private Guid _id;

    /// <summary>When the request's head was read, in UTC.</summary>
    public DateTimeOffset Start
    {
        get => _start ??= Clock.GetUtcNow() - Clock.GetElapsedTime(StartTimestamp);
        set => _start = value;
    }

    /// <summary>The clock of <see cref="StartTimestamp"/>: what time it was then is told to the few who ask.</summary>
    internal TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary><see cref="TimeProvider.GetTimestamp"/> at <see cref="Start"/>.</summary>
    public long StartTimestamp { get; set; }

    /// <summary>From <see cref="Start"/> to the end of the answer; before that <see cref="TimeSpan.Zero"/>.</summary>
    public TimeSpan Duration { get; set; }

    /// <summary>Method, case kept.</summary>
    public string Method { get; set; } = "";

    /// <summary>Path and query after normalisation: what was matched, and what is forwarded unless <see cref="RewrittenTarget"/> is set.</summary>
    public string Target { get; set; } = "";

    /// <summary>Path and query as sent upstream, when a route changed them; else null.</summary>
    public string? RewrittenTarget { get; set; }

    /// <summary><c>http</c> or <c>https</c>, as the client's (or a trusted proxy's) connection was.</summary>
    public string Scheme { get; set; } = "";

    /// <summary>Host header or <c>:authority</c>, with its port. After a rewrite of the host, the one sent upstream.</summary>
    public string Authority { get; set; } = "";

    /// <summary><c>HTTP/1.0</c>, <c>HTTP/1.1</c> or <c>HTTP/2</c>.</summary>
    public string Protocol { get; set; } = "";

    /// <summary>Whether the content type says gRPC: answers of the gateway take gRPC's form then.</summary>
    public bool IsGrpc { get; set; }

    /// <summary>The <c>x-request-id</c> sent upstream.</summary>
    public string RequestId
    {
        get => _requestId ??= _id.ToString();
        set => _requestId = value;
    }

    /// <summary>Sets <see cref="RequestId"/>, whose text is made when somebody asks.</summary>
    internal void SetRequestId(Guid id) => (_id, _requestId) = (id, null);

    /// <summary>Request header fields as sent upstream, before that as received.</summary>
    public IHeaderDictionary? RequestHeaders { get; set; }

    /// <summary>Header fields of the answer as the client gets them; null before there is one.</summary>
    public IHeaderDictionary? ResponseHeaders { get; set; }

    /// <summary>Trailer fields of the answer; null when none came.</summary>
    public IHeaderDictionary? ResponseTrailers { get; set; }

    /// <summary>Status the client got; 0 when it left before there was an answer.</summary>
    public int Status { get; set; }

    /// <summary>gRPC status of the answer, from its trailers or headers; null when there is none.</summary>
    public int? GrpcStatus { get; set; }

    /// <summary>Why the request ended as it did.</summary>
    public ResponseFlags Flags { get; set; }

    /// <summary>Envoy's response code details, such as <c>via_upstream</c> or <c>route_not_found</c>; null when the client left first.</summary>
    public string? CodeDetails { get; set; }

    /// <summary>Why the gateway ended the client's connection; null when it did not.</summary>
    public string? ConnectionTerminationDetails { get; set; }

    /// <summary>Why no connection to the upstream came about, such as <c>delayed_connect_error:_Connection_refused</c>; else
    /// null. One word, as Envoy logs it.</summary>
    public string? UpstreamTransportFailure { get; set; }

    /// <summary>Body bytes received from the client.</summary>
    public long BytesReceived { get; set; }

    /// <summary>Body bytes sent to the client.</summary>
    public long BytesSent { get; set; }

    /// <summary>Size of the request's head as it came, as HTTP/1.1 would write it.</summary>
    public long RequestHeadBytes { get; set; }

    /// <summary>Size of the answer's head as HTTP/1.1 would write it.</summary>
    public long ResponseHeadBytes { get; set; }

    /// <summary>Milliseconds from sending the request to the upstream's response head (<c>x-envoy-upstream-service-time</c>); null when
    /// no upstream answered.</summary>
    public long? UpstreamServiceTime { get; set; }

    /// <summary>From <see cref="Start"/> to the last byte of the request; null when it was not read to its end.</summary>
    public TimeSpan? RequestDuration { get; set; }

    /// <summary>From <see cref="Start"/> to the first byte of the upstream's answer; null when no upstream answered.</summary>
    public TimeSpan? ResponseDuration { get; set; }

    /// <summary>Attempts that were made to get an answer from an upstream; 0 when the request was not forwarded.</summary>
    public int Attempts { get; set; }

    /// <summary>Name of the matched route; empty when it has none, null when no route matched.</summary>
    public string? RouteName { get; set; }

    /// <summary>Name of the virtual host; null when none was found.</summary>
    public string? VirtualHost { get; set; }

    /// <summary>Name of the chosen cluster, <c>outbound|PORT|SUBSET|HOST</c>; null when the request was not to be forwarded.</summary>
    public string? Cluster { get; set; }

    /// <summary><c>address:port</c> of the endpoint of the last attempt; null when there was none.</summary>
    public string? UpstreamHost { get; set; }

    /// <summary>Our end of the connection to the upstream, <c>address:port</c>; null when it is not known.</summary>
    public string? UpstreamLocalAddress { get; set; }

    /// <summary>Our end of the client's connection, <c>address:port</c>.</summary>
    public string? DownstreamLocalAddress { get; set; }

    /// <summary>The client, <c>address:port</c>: the peer, or with port 0 the address that trusted proxies reported.</summary>
    public string? DownstreamRemoteAddress { get; set; }

    /// <summary>The peer of the client's connection, <c>address:port</c>.</summary>
    public string? DownstreamDirectRemoteAddress { get; set; }

    /// <summary>The client's address without a port: the peer's, or the one that trusted proxies reported.</summary>
    public string? ClientAddress { get; set; }

    /// <summary>Server name of the TLS handshake; null without TLS or without a name.</summary>
    public string? RequestedServerName { get; set; }

    /// <summary>TLS version of the client's connection, such as <c>TLSv1.3</c>; null without TLS.</summary>
    public string? DownstreamTlsVersion { get; set; }

    /// <summary>Cipher suite of the client's connection; null without TLS.</summary>
    public string? DownstreamTlsCipher { get; set; }

    /// <summary>Whom the request was for, in the labels of Istio's metrics.</summary>
    public DestinationLabels Destination { get; set; } = DestinationLabels.Unknown;

    /// <summary>Forgets everything: the instance is about to serve another request.</summary>
    public void Reset()
    {
        _start = null;
        StartTimestamp = 0;
        Duration = TimeSpan.Zero;
        Method = Target = Scheme = Authority = Protocol = RequestId = "";
        RewrittenTarget = null;
        IsGrpc = false;
        RequestHeaders = ResponseHeaders = ResponseTrailers = null;
        Status = 0;
        GrpcStatus = null;
        Flags = ResponseFlags.None;
        CodeDetails = ConnectionTerminationDetails = UpstreamTransportFailure = null;
        BytesReceived = BytesSent = RequestHeadBytes = ResponseHeadBytes = 0;
        UpstreamServiceTime = null;
        RequestDuration = ResponseDuration = null;
        Attempts = 0;
        RouteName = VirtualHost = Cluster = null;
        UpstreamHost = UpstreamLocalAddress = null;
        DownstreamLocalAddress = DownstreamRemoteAddress = DownstreamDirectRemoteAddress = ClientAddress = null;
        RequestedServerName = DownstreamTlsVersion = DownstreamTlsCipher = null;
        Destination = DestinationLabels.Unknown;
    }
}
