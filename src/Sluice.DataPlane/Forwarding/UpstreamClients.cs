using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using Sluice.DataPlane.Clusters;
using Sluice.Transport.Upstream;

namespace Sluice.DataPlane.Forwarding;

/// <summary>The HTTP clients behind the forwarder, with their pools of connections. They depend on a cluster's settings and not on its
/// snapshot, so connections outlive a reload. The authority of a request's address is the endpoint's key, and the name of the PROXY header if
/// there is to be one: by it HttpClient keeps connections apart. The connection goes where the endpoint is.</summary>
public sealed class UpstreamClients : IDisposable
{
    /// <summary>The field that every request of ours has, and has once.</summary>
    internal const string AttemptCount = "x-envoy-attempt-count";

    private static readonly HttpRequestOptionsKey<Attempt> AttemptKey = new("sluice.attempt");

    private readonly ConcurrentDictionary<ClientKey, HttpMessageInvoker> _clients = new();

    // Their connections go on when a certificate changes, but they are forgotten with the settings they belong to.
    private readonly ConditionalWeakTable<UpstreamTls, ConcurrentDictionary<ClientKey, HttpMessageInvoker>> _secured = [];

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var client in _clients.Values.Concat(_secured.SelectMany(s => s.Value.Values)))
            client.Dispose();
    }

    /// <summary>Scheme and authority, by which HttpClient keeps connections apart.</summary>
    internal static string PrefixOf(Attempt attempt)
    {
        var scheme = attempt.Cluster.Tls is null ? "http://" : "https://";
        var authority = attempt.Endpoint.Authority;
        return attempt.ProxyHeader is { } proxy ? $"{scheme}{proxy.Name}.{Label(authority)}" : scheme + authority;
    }

    // An address in brackets is no part of a name.
    private static string Label(string authority)
    {
        var end = authority.IndexOf(']', StringComparison.Ordinal);
        return end < 0 ? authority : $"v6-{authority[1..end].Replace(':', '-').Replace('%', '-')}-x{authority[(end + 1)..]}";
    }

    /// <summary>The client for a cluster.</summary>
    internal HttpMessageInvoker For(Cluster cluster, UpstreamProtocol protocol)
    {
        var limits = cluster.CircuitBreaker.Limits;
        var clients = cluster.Tls is { } tls ? _secured.GetValue(tls, static _ => new()) : _clients;
        // Clusters share connections to an address, unless one of them may have only so many.
        return clients.GetOrAdd(
            new ClientKey(protocol, cluster.ConnectTimeout, cluster.Connections, limits.MaxConnections, limits.LimitsConnections ? cluster.Text : null),
            Create,
            cluster.Tls);
    }

    /// <summary>Notes on a request which attempt it belongs to, so that what HttpClient does for it is booked to that attempt. The request
    /// must have <see cref="AttemptCount"/>.</summary>
    internal static void Book(HttpRequestMessage request, Attempt attempt) => request.Options.Set(AttemptKey, attempt);

    private static HttpMessageInvoker Create(ClientKey key, UpstreamTls? tls) => new(new SocketsHttpHandler
    {
        // A proxy passes on what it gets and decides nothing by itself.
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        RequestHeaderEncodingSelector = WatchHead,
        ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
        EnableMultipleHttp2Connections = key.MaxConnections > 1,
        MaxConnectionsPerServer = key.MaxConnections,
        MaxResponseHeadersLength = 60,
        PooledConnectionIdleTimeout = key.Connections.IdleTimeout,
        // Without a life there is no second request. HttpClient can't count to more than one.
        PooledConnectionLifetime = key.Connections.MaxRequests == 1 ? TimeSpan.Zero : key.Connections.MaxDuration,
        KeepAlivePingDelay = AtLeastASecond(key.Connections.Pings?.Interval),
        KeepAlivePingTimeout = AtLeastASecond(key.Connections.Pings?.Timeout),
        // Counted below, where the reason can be told apart from others.
        ConnectTimeout = Timeout.InfiniteTimeSpan,
        ConnectCallback = (context, cancellation) => ConnectAsync(context, key, tls, cancellation),
    });

    // HttpClient takes no less.
    private static TimeSpan AtLeastASecond(TimeSpan? time) =>
        time is not { } written ? Timeout.InfiniteTimeSpan : written > TimeSpan.FromSeconds(1) ? written : TimeSpan.FromSeconds(1);

    /// <summary>Is asked about each field that is about to be written, and so sees when a request is sent. HttpClient by itself repeats a
    /// request without a body up to three times when its connection ends without an answer, whatever the method: over HTTP/1.1 nobody can
    /// know whether the first was acted upon, so the second is stopped here, before it leaves. (Over HTTP/2 it repeats only what the
    /// server says it did not look at.)</summary>
    private static Encoding WatchHead(string name, HttpRequestMessage request)
    {
        if (name == AttemptCount && request.Version.Major == 1 && request.Options.TryGetValue(AttemptKey, out var attempt))
            attempt.NoteSent();
        return Encoding.Latin1;
    }

    private static async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context, ClientKey key, UpstreamTls? tls, CancellationToken cancellation)
    {
        if (!context.InitialRequestMessage.Options.TryGetValue(AttemptKey, out var attempt))
            throw new InvalidOperationException("A request without an attempt has nowhere to go.");
        attempt.HasOpenedConnection = true;
        var address = attempt.Destination;
        Socket? socket = null;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(key.ConnectTimeout);
        try
        {
            socket = await ManagedUpstreamTransport.OpenAsync(address, limit.Token);
            key.Connections.Keepalive?.ForSockets().Apply(socket);
            attempt.LocalAddress = (socket.LocalEndPoint as IPEndPoint)?.ToString();
            if (attempt.ProxyHeader is { } proxy)
                await socket.SendAsync(proxy.Bytes, limit.Token);
            var isHttp1 = context.InitialRequestMessage.Version.Major == 1;
            var streams = key.Connections.MaxStreams;
            return tls is not null ? await SecureAsync(socket, isHttp1, streams, OptionsFor(context, tls), limit.Token)
                : isHttp1 ? new UpstreamStream(socket)
                : streams > 0 ? new Http2PlainStream(socket, streams)
                : new NetworkStream(socket, ownsSocket: true);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            socket?.Dispose();
            throw new SocketException((int)SocketError.TimedOut);
        }
        catch
        {
            socket?.Dispose();
            throw;
        }
    }

    private static SslClientAuthenticationOptions OptionsFor(SocketsHttpConnectionContext context, UpstreamTls tls) =>
        tls.OptionsFor(context.InitialRequestMessage.Headers.Host ?? context.DnsEndPoint.Host, http2: context.InitialRequestMessage.Version.Major == 2);

    // HttpClient takes a stream that speaks TLS already as it is.
    private static async Task<Stream> SecureAsync(
        Socket socket, bool isHttp1, int streams, SslClientAuthenticationOptions options, CancellationToken cancellation)
    {
        var connection = new NetworkStream(socket, ownsSocket: true);
        var stream = isHttp1 ? new UpstreamTlsStream(connection)
            : streams > 0 ? new Http2TlsStream(connection, streams)
            : new TlsClientStream(connection);
        await stream.HandshakeAsync(options, cancellation);
        if (!isHttp1 && stream.NegotiatedApplicationProtocol != SslApplicationProtocol.Http2)
            throw new TlsException("the upstream did not agree to HTTP/2 (ALPN h2)");
        return stream;
    }

    /// <summary>What clients differ by.</summary>
    /// <param name="Protocol">What the upstream is spoken to.</param>
    /// <param name="ConnectTimeout">Bound on making a connection.</param>
    /// <param name="Connections">How connections are kept.</param>
    /// <param name="MaxConnections">Most connections to an address.</param>
    /// <param name="Cluster">The cluster that has the client for itself; null where it is shared.</param>
    private sealed record ClientKey(
        UpstreamProtocol Protocol, TimeSpan ConnectTimeout, ConnectionSettings Connections, int MaxConnections, string? Cluster);
}
