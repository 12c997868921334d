using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Sluice.Transport.Upstream;
using Yarp.ReverseProxy.Forwarder;

namespace Sluice.DataPlane.Forwarding;

/// <summary>Tells from what the forwarder and HttpClient report who is to blame for a failed attempt.</summary>
internal static class YarpErrors
{
    private const long Http2RefusedStream = 0x7;

    /// <summary>The failure as a value.</summary>
    public static ProxyError Classify(ForwarderError error, Exchange exchange, Attempt attempt)
    {
        // The client's connection is broken behind a broken answer, also by a timeout, which looks as if the client had left.
        if (attempt.Total is { Expired: true })
            return new(ProxyErrorKind.RouteTimeout);
        if (attempt.PerTry is { Expired: true })
            return new(ProxyErrorKind.PerTryTimeout);
        if (error != ForwarderError.ResponseBodyDestination && exchange.Aborted.IsCancellationRequested)
            return new(ProxyErrorKind.ClientGone);

        var exception = exchange.Http.Features.Get<IForwarderErrorFeature>()?.Exception ?? attempt.Failure;
        return error switch
        {
            ForwarderError.RequestBodyClient => Find<BadHttpRequestException>(exception) is { } bad
                ? new(ProxyErrorKind.ClientBroke, Status: bad.StatusCode)
                : new(ProxyErrorKind.ClientGone),
            ForwarderError.ResponseBodyClient or ForwarderError.UpgradeRequestClient or ForwarderError.UpgradeResponseClient =>
                new(ProxyErrorKind.ClientGone),
            ForwarderError.ResponseHeaders => new(ProxyErrorKind.ProtocolError),
            _ => FromHttpClient(exception),
        };
    }

    private static ProxyError FromHttpClient(Exception? exception)
    {
        if (Find<TlsException>(exception) is { } refused)
            return ProxyError.TlsFailure(refused.Reason);
        if (Find<HttpProtocolException>(exception) is { } protocol)
            return new(protocol.ErrorCode == Http2RefusedStream ? ProxyErrorKind.RefusedStream : ProxyErrorKind.RemoteReset);
        var socket = Find<SocketException>(exception);
        return Reason(exception) switch
        {
            HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError => ConnectFailure(socket),
            HttpRequestError.ConnectionError when socket?.SocketErrorCode == SocketError.TimedOut => new(ProxyErrorKind.ConnectTimeout),
            HttpRequestError.ConnectionError => ConnectFailure(socket),
            HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded or HttpRequestError.HttpProtocolError =>
                new(ProxyErrorKind.ProtocolError),
            _ => new(ProxyErrorKind.ConnectionTermination),
        };
    }

    private static HttpRequestError Reason(Exception? exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            var reason = e switch
            {
                HttpRequestException request => request.HttpRequestError,
                HttpIOException io => io.HttpRequestError,
                _ => HttpRequestError.Unknown,
            };
            if (reason != HttpRequestError.Unknown)
                return reason;
        }
        return HttpRequestError.Unknown;
    }

    private static ProxyError ConnectFailure(SocketException? socket) =>
        socket is null ? new ProxyError(ProxyErrorKind.ConnectFailure) : ProxyError.ConnectFailure(socket.SocketErrorCode);

    private static T? Find<T>(Exception? exception)
        where T : Exception
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            if (e is T found)
                return found;
            if (e is AggregateException { InnerExceptions: var several })
            {
                foreach (var one in several)
                {
                    if (Find<T>(one) is { } inner)
                        return inner;
                }
                return null;
            }
        }
        return null;
    }
}
