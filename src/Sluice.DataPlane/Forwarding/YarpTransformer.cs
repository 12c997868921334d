using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Transforms;

namespace Sluice.DataPlane.Forwarding;

/// <summary>What goes over YARP's forwarder: the request's head as it stands, byte for byte, and the upstream's head, unless the attempt's
/// policy throws it away. None of YARP's own additions.</summary>
internal sealed class YarpTransformer(Exchange exchange, Attempt attempt, TimeProvider time) : HttpTransformer
{
    /// <inheritdoc/>
    public override ValueTask TransformRequestAsync(
        HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        UpstreamClients.Book(proxyRequest, attempt);
        proxyRequest.RequestUri = UpstreamRequest.Uri(destinationPrefix, exchange.Info);
        var target = new RequestTransformContext { HttpContext = httpContext, ProxyRequest = proxyRequest };
        foreach (var (name, values) in httpContext.Request.Headers)
            UpstreamRequest.CopyHeader(target, name, values);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override async ValueTask<bool> TransformResponseAsync(
        HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        if (proxyResponse is null)
            return false;
        attempt.Status = (int)proxyResponse.StatusCode;
        if (exchange.Info.IsGrpc && proxyResponse.Headers.NonValidated.TryGetValues("grpc-status", out var grpcStatus))
            attempt.GrpcStatus = GrpcStatuses.Parse(grpcStatus.ToString());
        if (YarpAnswerCheck.IsMalformed(proxyResponse, exchange.IsUpgrade))
        {
            attempt.Progress = AttemptProgress.Malformed;
            return false;
        }
        if (UpstreamAnswer.IsDiscarded(exchange, attempt, proxyResponse, Headers))
        {
            attempt.Progress = AttemptProgress.Discarded;
            return false;
        }
        attempt.PerTry?.Lift();
        attempt.Progress = AttemptProgress.Accepted;
        exchange.Accept(attempt, time);
        CopyResponseHeaders(httpContext, proxyResponse);
        exchange.FinishResponseHeaders();
        if (LengthOf(proxyResponse) is { } length)
            exchange.Answer.Expect(length, attempt);
        if (attempt.Status == StatusCodes.Status101SwitchingProtocols || IsTunnelOverHttp2(proxyResponse))
            attempt.Total?.Lift();
        else
            attempt.Failure = await BeginAsync(httpContext, proxyResponse, cancellationToken);
        return true;
    }

    // Over HTTP/2 an upstream takes a WebSocket with an ordinary status, and YARP begins the client's answer itself.
    private bool IsTunnelOverHttp2(HttpResponseMessage answer) =>
        exchange.IsUpgrade && answer is { StatusCode: HttpStatusCode.OK, Version.Major: 2 };

    /// <inheritdoc/>
    public override async ValueTask TransformResponseTrailersAsync(
        HttpContext httpContext, HttpResponseMessage proxyResponse, CancellationToken cancellationToken)
    {
        if (attempt.Failure is not null)
        {
            // HttpClient reports a failure once, and then an end. The client must see that the answer was cut short.
            if (!httpContext.Response.HasStarted)
                await httpContext.Response.StartAsync(cancellationToken);
            httpContext.Abort();
            return;
        }
        attempt.Progress = AttemptProgress.Complete;
        UpstreamAnswer.OpenTrailers(exchange);
        foreach (var (name, values) in proxyResponse.TrailingHeaders.NonValidated)
            UpstreamAnswer.AddTrailer(exchange, name, ToValues(values));
    }

    private long? LengthOf(HttpResponseMessage response) =>
        HttpMethods.IsHead(exchange.Info.Method) || attempt.Status is StatusCodes.Status204NoContent or StatusCodes.Status304NotModified
            ? 0
            : response.Content.Headers.ContentLength;

    private void CopyResponseHeaders(HttpContext http, HttpResponseMessage response)
    {
        var connection = response.Headers.NonValidated.TryGetValues("Connection", out var named) ? ToValues(named) : StringValues.Empty;
        var headers = http.Response.Headers;
        foreach (var (name, values) in response.Headers.NonValidated)
            Copy(name, values);
        foreach (var (name, values) in response.Content.Headers.NonValidated)
            Copy(name, values);
        UpstreamAnswer.Finish(exchange);

        void Copy(string name, HeaderStringValues values)
        {
            if (!UpstreamAnswer.IsForwarded(name, connection))
                return;
            if (name.Equals("grpc-status", StringComparison.OrdinalIgnoreCase))
                exchange.NoteGrpcStatus(values.ToString());
            headers.Append(name, ToValues(values));
        }
    }

    /// <summary>Commits the head, so that whatever fails from here on is seen as a break; and sends it right away when the body lets wait
    /// for itself, as event streams do.</summary>
    /// <returns>What failed in the body already; null when nothing did. Thrown, the forwarder would take it for a failure of the head and
    /// try to answer by itself.</returns>
    private static async ValueTask<Exception?> BeginAsync(HttpContext http, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var ready = WaitForBodyAsync(response, cancellationToken);
        // An answer that ends with its head must stay one frame in HTTP/2: gRPC tells trailers from headers by that.
        var endsWithHead = http.Response.ContentLength == 0 || http.Response.Headers.ContainsKey("grpc-status");
        if (!endsWithHead)
            await http.Response.StartAsync(cancellationToken);
        try
        {
            if (!ready.IsCompleted)
                await http.Response.Body.FlushAsync(cancellationToken);
            await ready;
            return null;
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException)
        {
            return e;
        }
    }

    private static async Task WaitForBodyAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        _ = await body.ReadAsync(Memory<byte>.Empty, cancellationToken);
    }

    private static HeaderDictionary Headers(HttpResponseMessage response)
    {
        var headers = new HeaderDictionary();
        foreach (var (name, values) in response.Headers.NonValidated)
            headers.Append(name, ToValues(values));
        return headers;
    }

    private static StringValues ToValues(HeaderStringValues values)
    {
        if (values.Count == 1)
            return values.ToString();
        var all = new string[values.Count];
        var next = 0;
        foreach (var value in values)
            all[next++] = value;
        return all;
    }
}
