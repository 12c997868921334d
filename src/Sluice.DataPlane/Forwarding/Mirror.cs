using System.Net;
using Microsoft.AspNetCore.Http;
using Prometheus;
using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Routing;
using Yarp.ReverseProxy.Transforms;

namespace Sluice.DataPlane.Forwarding;

/// <summary>Sends copies of requests to other clusters and throws their answers away (HTTPRoute <c>mirror</c>, <c>mirrors</c>). Nothing that
/// happens to a copy is seen by the client.</summary>
/// <remarks>A copy is sent once the whole body came, from the bytes that were remembered; a request whose body is larger than
/// <see cref="RequestBody.ReplayLimit"/> is not copied (docs/decisions/mirrored-bodies.md).</remarks>
internal sealed class Mirror
{
    private static readonly TimeSpan LongestExchange = TimeSpan.FromSeconds(60);

    private readonly UpstreamClients _clients;
    private readonly Func<int, int> _dice;
    private readonly TimeProvider _time;
    private readonly Counter _outcomes;

    /// <param name="clients">Connections to upstreams.</param>
    /// <param name="dice">Draws the share that is copied.</param>
    /// <param name="registry">Where the counter of copies is shown.</param>
    /// <param name="time">Bounds the copies.</param>
    public Mirror(UpstreamClients clients, Func<int, int> dice, CollectorRegistry registry, TimeProvider time)
    {
        (_clients, _dice, _time) = (clients, dice, time);
        _outcomes = Metrics.WithCustomRegistry(registry)
            .CreateCounter("sluice_mirrored_requests_total", "Copies of requests for mirrors, by what became of them.", "result");
    }

    /// <summary>Draws which mirrors get a copy, and sees to it that they get it. The request's head must be the upstream's already.</summary>
    public void Arrange(Exchange exchange, ForwardAction action)
    {
        foreach (var mirror in action.Mirrors)
        {
            if (mirror.Cluster is not { Refusal: null } cluster || exchange.IsUpgrade || !mirror.Takes(_dice))
                continue;
            SendWhenRemembered(exchange, cluster, action.Timeout ?? LongestExchange);
        }
    }

    // On its own, so that requests without mirrors pay for no closure.
    private void SendWhenRemembered(Exchange exchange, Cluster cluster, TimeSpan limit)
    {
        exchange.Body.Remember();
        exchange.Body.WhenRemembered(() => Send(exchange, cluster, limit));
    }

    private void Send(Exchange exchange, Cluster cluster, TimeSpan limit)
    {
        if (!exchange.Body.IsComplete)
            _outcomes.WithLabels("body_too_large").Inc();
        else if (cluster.Balancer.Pick(new PickContext(null, null)) is not { } endpoint)
            _outcomes.WithLabels("no_endpoint").Inc();
        else
            SendTo(endpoint, exchange, cluster, limit);
    }

    private void SendTo(Endpoint endpoint, Exchange exchange, Cluster cluster, TimeSpan limit)
    {
        var protocol = cluster.ProtocolFor(HttpProtocol.IsHttp2(exchange.Info.Protocol));
        var attempt = new Attempt().Begin(cluster, endpoint, number: 1, started: 0);
        attempt.ProxyHeader = exchange.Client.ProxyHeader(cluster.ProxyHeader);
        var request = Copy(exchange, attempt, protocol);
        // A copy is never worth waiting for.
        if (cluster.CircuitBreaker.TryEnter(needsConnection: protocol != UpstreamProtocol.Http2) != Admission.Entered)
        {
            request.Dispose();
            _outcomes.WithLabels("overflow").Inc();
            return;
        }
        // The exchange may be over before the copy is: from here on it is not touched.
        _ = SendAsync(request, attempt, protocol, limit);
    }

    private async Task SendAsync(HttpRequestMessage request, Attempt attempt, UpstreamProtocol protocol, TimeSpan limit)
    {
        var (cluster, endpoint) = (attempt.Cluster, attempt.Endpoint);
        endpoint.Stats.Begin();
        var status = 0;
        UpstreamStream.Enter(attempt);
        try
        {
            using var bound = new CancellationTokenSource(limit, _time);
            using var response = await _clients.For(cluster, protocol).SendAsync(request, bound.Token);
            status = (int)response.StatusCode;
            await response.Content.CopyToAsync(Stream.Null, bound.Token);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SentTwiceException or OperationCanceledException)
        {
            // Counted below; a copy has nobody to tell.
            status = 0;
        }
        finally
        {
            request.Dispose();
            cluster.CircuitBreaker.Leave();
            endpoint.Stats.End(status is > 0 and < StatusCodes.Status500InternalServerError);
        }
        _outcomes.WithLabels(status > 0 ? "answered" : "failed").Inc();
    }

    private static HttpRequestMessage Copy(Exchange exchange, Attempt attempt, UpstreamProtocol protocol)
    {
        var request = new HttpRequestMessage(new HttpMethod(exchange.Info.Method), UpstreamRequest.Uri(UpstreamClients.PrefixOf(attempt), exchange.Info))
        {
            Version = protocol == UpstreamProtocol.Http2 ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        var body = exchange.Body.Remembered;
        if (body.Length > 0)
            request.Content = new ByteArrayContent(body.ToArray());
        var target = new RequestTransformContext { HttpContext = exchange.Http, ProxyRequest = request };
        foreach (var (name, values) in exchange.Request.Headers)
        {
            // The body is there already, so there is nothing to wait for.
            if (!name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase) && !name.Equals("Expect", StringComparison.OrdinalIgnoreCase))
                UpstreamRequest.CopyHeader(target, name, values);
        }
        request.Headers.TryAddWithoutValidation(UpstreamClients.AttemptCount, "1");
        UpstreamClients.Book(request, attempt);
        return request;
    }
}
