using System.Net;
using Microsoft.AspNetCore.Http;
using Sluice.DataPlane.Clusters;
using Yarp.ReverseProxy.Forwarder;

namespace Sluice.DataPlane.Forwarding;

/// <summary>Carries an attempt over YARP's forwarder and HttpClient.</summary>
/// <param name="forwarder">YARP's forwarder.</param>
/// <param name="clients">Connections to upstreams.</param>
/// <param name="time">Measures how long upstreams take.</param>
internal sealed class YarpCarrier(IHttpForwarder forwarder, UpstreamClients clients, TimeProvider time)
{
    // Timeouts are the route's business: an upstream may be silent for as long as the route allows.
    private static readonly ForwarderRequestConfig Http1 = new()
    {
        ActivityTimeout = Timeout.InfiniteTimeSpan,
        Version = HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    private static readonly ForwarderRequestConfig Http2 = Http1 with { Version = HttpVersion.Version20 };

    /// <summary>Makes the attempt. When it ends without an answer for the client, the response is as it was before.</summary>
    public async ValueTask<AttemptOutcome> SendAsync(Exchange exchange, Cluster cluster, Attempt attempt)
    {
        var http = exchange.Http;
        http.Features.Set<IForwarderErrorFeature>(null);
        using var linked = attempt is { PerTry: { } perTry, Total: { } total }
            ? CancellationTokenSource.CreateLinkedTokenSource(perTry.Token, total.Token)
            : null;
        var token = linked?.Token ?? (attempt.PerTry ?? attempt.Total)?.Token ?? CancellationToken.None;

        var config = attempt.Protocol == UpstreamProtocol.Http2 ? Http2 : Http1;
        attempt.ProxyHeader = exchange.Client.ProxyHeader(cluster.ProxyHeader);
        UpstreamStream.Enter(attempt);
        var transformer = new YarpTransformer(exchange, attempt, time);
        var error = await forwarder.SendAsync(http, UpstreamClients.PrefixOf(attempt), clients.For(cluster, attempt.Protocol), config, transformer, token);

        var outcome = Judge(error, exchange, attempt);
        if (!http.Response.HasStarted && outcome is not { Error: null, Progress: AttemptProgress.Complete })
            http.Response.Clear();
        return outcome;
    }

    private static AttemptOutcome Judge(ForwarderError error, Exchange exchange, Attempt attempt) => (attempt.Progress, error) switch
    {
        (AttemptProgress.Discarded, _) => new(AttemptProgress.Discarded, null),
        (AttemptProgress.Malformed, _) => new(AttemptProgress.Malformed, new ProxyError(ProxyErrorKind.ProtocolError)),
        // The forwarder saw a proper end behind it.
        (AttemptProgress.Accepted, ForwarderError.None) when attempt.Failure is not null =>
            new(AttemptProgress.Accepted, YarpErrors.Classify(ForwarderError.ResponseBodyDestination, exchange, attempt)),
        // What went wrong with the request's body once the whole answer was through concerns nobody any more.
        (AttemptProgress.Complete, _) or (_, ForwarderError.None) => new(AttemptProgress.Complete, null),
        _ => new(attempt.Progress, YarpErrors.Classify(error, exchange, attempt)),
    };
}
