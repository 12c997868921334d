using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Sluice.DataPlane.Forwarding;
using Sluice.DataPlane.Telemetry;

namespace Sluice.DataPlane.Pipeline;

/// <summary>An answer of the gateway's own: status, body, flag and details as Envoy gives them.</summary>
/// <param name="Status">HTTP status, 0 when the client is gone; a gRPC call gets 200 and the gRPC status that it maps to.</param>
/// <param name="Body">Text of the body; empty for none.</param>
/// <param name="Flags">Why.</param>
/// <param name="Details">Envoy's response code details.</param>
internal sealed record LocalReply(int Status, string Body, ResponseFlags Flags, string Details)
{
    private const int GrpcUnknown = 2;
    private const int Http2ProtocolError = 1;

    /// <summary>Value of <c>location</c>; null without one.</summary>
    public string? Location { get; init; }

    /// <summary>Body that is not a text of ours (a direct response); takes the place of <see cref="Body"/>.</summary>
    public ReadOnlyMemory<byte> Bytes { get; init; } = Encoding.UTF8.GetBytes(Body);

    /// <summary>gRPC status for gRPC calls; null for the one that <see cref="Status"/> maps to.</summary>
    public int? GrpcStatus { get; init; }

    /// <summary>Whether the connection is closed behind the answer.</summary>
    public bool Closes { get; init; }

    /// <summary>Whether the request broke the protocol, so that what comes next on an HTTP/1.1 connection can't be told for sure. A stream of
    /// HTTP/2 is reset instead of answered (RFC 9113 §8.1.1).</summary>
    public bool BreaksProtocol { get; init; }

    /// <summary>Sends it. The header changes of a route that matched apply.</summary>
    public ValueTask SendAsync(Exchange exchange)
    {
        var (http, info) = (exchange.Http, exchange.Info);
        info.Flags |= Flags;
        info.CodeDetails = Details;
        if (Status == 0)
        {
            http.Abort();
            return ValueTask.CompletedTask;
        }
        if (BreaksProtocol && http.Features.Get<IHttpResetFeature>() is { } reset)
        {
            info.Status = Status;
            reset.Reset(Http2ProtocolError);
            return ValueTask.CompletedTask;
        }
        if (Closes || BreaksProtocol)
            http.Response.Headers.Connection = "close";
        return info.IsGrpc ? SendGrpcAsync(exchange) : SendPlainAsync(exchange);
    }

    private async ValueTask SendPlainAsync(Exchange exchange)
    {
        var (response, info) = (exchange.Http.Response, exchange.Info);
        info.Status = response.StatusCode = Status;
        var headers = response.Headers;
        headers.ContentLength = Bytes.Length;
        if (Bytes.Length > 0)
            headers.ContentType = "text/plain";
        if (Location is not null)
            headers.Location = Location;
        if (Flags.HasFlag(ResponseFlags.UpstreamOverflow))
            headers["x-envoy-overloaded"] = "true";
        exchange.FinishResponseHeaders();
        if (Bytes.Length > 0 && !HttpMethods.IsHead(info.Method))
            await exchange.Answer.WriteAsync(Bytes);
    }

    private ValueTask SendGrpcAsync(Exchange exchange)
    {
        var (response, info) = (exchange.Http.Response, exchange.Info);
        info.Status = response.StatusCode = StatusCodes.Status200OK;
        info.GrpcStatus = GrpcStatus ?? ToGrpc(Status);
        var headers = response.Headers;
        headers.ContentType = "application/grpc";
        headers.GrpcStatus = info.GrpcStatus.Value.ToString(CultureInfo.InvariantCulture);
        if (Bytes.Length > 0)
            headers.GrpcMessage = PercentEncode(Bytes.Span);
        if (Location is not null)
            headers.Location = Location;
        exchange.FinishResponseHeaders();
        return ValueTask.CompletedTask;
    }

    /// <summary>The gRPC status of an HTTP status (https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md).</summary>
    internal static int ToGrpc(int status) => status switch
    {
        400 => 13,
        401 => 16,
        403 => 7,
        404 => 12,
        429 or 502 or 503 or 504 => 14,
        _ => GrpcUnknown,
    };

    /// <summary>Printable ASCII stays, all else and the percent sign become <c>%XX</c>.</summary>
    internal static string PercentEncode(ReadOnlySpan<byte> text)
    {
        var encoded = new StringBuilder(text.Length);
        foreach (var b in text)
        {
            if (b is >= 0x20 and <= 0x7e and not (byte)'%')
                encoded.Append((char)b);
            else
                encoded.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
        }
        return encoded.ToString();
    }
}
