using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Sluice.DataPlane.Clusters;
using Sluice.Transport.Http1;
using Sluice.Transport.Tasks;
using Sluice.Transport.Upstream;

namespace Sluice.DataPlane.Forwarding;

/// <summary>Carries an attempt over an HTTP/1.1 connection of our own. The hot path: one send for a small request, one receive for a
/// small answer, on the loop of the client's connection.</summary>
/// <param name="pools">Connections to upstreams.</param>
/// <param name="time">Measures how long upstreams take, and bounds waits.</param>
internal sealed class NativeCarrier(UpstreamPools pools, TimeProvider time)
{
    /// <summary>Whether the attempt is plain HTTP/1.1 to an HTTP/1.1 upstream; all else is YARP's.</summary>
    public static bool Carries(Exchange exchange, UpstreamProtocol protocol) => protocol != UpstreamProtocol.Http2 && !exchange.IsUpgrade;

    /// <summary>Makes the attempt. When it ends without an answer for the client, the response is as it was before.</summary>
    [AsyncMethodBuilder(typeof(PooledMethodBuilder<>))]
    public async ValueTask<AttemptOutcome> SendAsync(Exchange exchange, Cluster cluster, Attempt attempt)
    {
        var pool = pools.For(cluster, attempt.Endpoint);
        var place = exchange.Client.Place ??= pools.Transport.PlaceOf(exchange.Client.Features);
        var tls = cluster.Tls?.OptionsFor(exchange.Info.Authority, http2: false);
        var proxy = exchange.Client.ProxyHeader(cluster.ProxyHeader);
        Http1Connection? connection = null;
        BodySending? sending = null;
        var sent = false;
        try
        {
            connection = pool.TryRent(place, tls, orElsewhere: cluster.CircuitBreaker.Limits.LimitsConnections, attempt.Started, proxy);
            if (connection is null)
            {
                attempt.HasOpenedConnection = true;
                connection = await ConnectAsync(pool, place, tls, proxy, cluster, attempt, exchange.Aborted);
            }
            attempt.LocalAddress = connection.LocalAddress;
            attempt.NoteSent();
            connection.BeginRequest();

            // Whoever gives up first resets the connection, and the waiting below ends with an exception.
            using var gone = AbortOn(connection, exchange.Aborted);
            using var late = AbortOn(connection, attempt.Total?.Token ?? default);
            using var slow = AbortOn(connection, attempt.PerTry?.Token ?? default);

            using (var request = RequestSender.Compose(exchange, connection))
            {
                await connection.SendAsync(request.Bytes);
                sending = request.StartRest(connection, time);
            }
            sent = true;
            var outcome = await connection.ReceiveHeadAsync(HttpMethods.IsHead(exchange.Info.Method));
            if (outcome == HeadOutcome.Received && NativeAnswer.IsInterim(connection.Head))
                outcome = await NativeAnswer.PassInterimAsync(exchange, connection, sending);
            if (NativeAnswer.Accept(exchange, attempt, connection, outcome, time))
                await NativeAnswer.CopyBodyAsync(exchange, attempt, connection);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or OperationCanceledException)
        {
            attempt.Failure = e;
        }
        finally
        {
            if (connection is not null)
            {
                if (sending is not null)
                {
                    await sending.DisposeAsync();
                    sent = sending.IsComplete;
                    attempt.Failure = sending.ClientsFailure ?? attempt.Failure;
                }
                if (sent && attempt.Failure is null)
                    pool.Return(connection, place);
                else
                    pool.Discard(connection);
            }
        }
        // The connection is free before the client has the last bytes, so that its next request finds it.
        attempt.Leave();
        if (attempt.Progress == AttemptProgress.Complete)
            await NativeAnswer.FlushLastAsync(exchange);
        return await JudgeAsync(exchange, attempt);
    }

    private async ValueTask<Http1Connection> ConnectAsync(
        Http1Pool pool, int place, SslClientAuthenticationOptions? tls, ProxyHeader? proxy, Cluster cluster, Attempt attempt, CancellationToken aborted)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(
            aborted, attempt.Total?.Token ?? default, attempt.PerTry?.Token ?? default);
        await using var timer = time.CreateTimer(
            static source => ((CancellationTokenSource)source!).Cancel(), limit, cluster.ConnectTimeout, Timeout.InfiniteTimeSpan);
        var connected = false;
        pools.Reserve(cluster, pool);
        try
        {
            var connection = await pool.ConnectAsync(attempt.Destination, place, tls, limit.Token, proxy);
            connected = true;
            return connection;
        }
        catch (OperationCanceledException e) when (!aborted.IsCancellationRequested && attempt is { Total: not { Expired: true }, PerTry: not { Expired: true } })
        {
            throw new ConnectException(SocketError.TimedOut, e);
        }
        catch (SocketException e)
        {
            throw new ConnectException(e.SocketErrorCode, e);
        }
        finally
        {
            if (!connected)
                pool.Unreserve();
        }
    }

    private static CancellationTokenRegistration AbortOn(Http1Connection connection, CancellationToken token) =>
        token.CanBeCanceled ? token.UnsafeRegister(static connection => ((Http1Connection)connection!).Abort(), connection) : default;

    private static ValueTask<AttemptOutcome> JudgeAsync(Exchange exchange, Attempt attempt) => attempt.Progress switch
    {
        AttemptProgress.Discarded => new(new AttemptOutcome(AttemptProgress.Discarded, null)),
        AttemptProgress.Malformed => new(new AttemptOutcome(AttemptProgress.Malformed, new ProxyError(ProxyErrorKind.ProtocolError))),
        AttemptProgress.Complete => new(new AttemptOutcome(AttemptProgress.Complete, null)),
        // Who is to blame is asked first: to break the client's connection looks as if the client had left.
        AttemptProgress.Waiting => new(new AttemptOutcome(AttemptProgress.Waiting, Classify(exchange, attempt))),
        _ => BreakAsync(exchange, new AttemptOutcome(attempt.Progress, Classify(exchange, attempt))),
    };

    /// <summary>The client must see that the answer was cut short; so the head is committed, and the connection broken.</summary>
    private static async ValueTask<AttemptOutcome> BreakAsync(Exchange exchange, AttemptOutcome outcome)
    {
        if (!exchange.Response.HasStarted)
            await exchange.Http.Response.StartAsync();
        exchange.Http.Abort();
        return outcome;
    }

    private static ProxyError Classify(Exchange exchange, Attempt attempt)
    {
        if (attempt.Failure is BadHttpRequestException bad)
            return new ProxyError(ProxyErrorKind.ClientBroke, Status: bad.StatusCode);
        if (attempt.Failure is ClientGoneException || exchange.Aborted.IsCancellationRequested)
            return new ProxyError(ProxyErrorKind.ClientGone);
        if (attempt.Total is { Expired: true })
            return new ProxyError(ProxyErrorKind.RouteTimeout);
        if (attempt.PerTry is { Expired: true })
            return new ProxyError(ProxyErrorKind.PerTryTimeout);
        return attempt.Failure switch
        {
            ConnectException { Error: SocketError.TimedOut } => new ProxyError(ProxyErrorKind.ConnectTimeout),
            ConnectException connect => ProxyError.ConnectFailure(connect.Error),
            TlsException refused => ProxyError.TlsFailure(refused.Reason),
            InvalidDataException => new ProxyError(ProxyErrorKind.ProtocolError),
            _ => new ProxyError(ProxyErrorKind.ConnectionTermination),
        };
    }
}

/// <summary>A connection to an upstream could not be made.</summary>
internal sealed class ConnectException(SocketError error, Exception inner) : IOException("The connection could not be made.", inner)
{
    /// <summary>Why.</summary>
    public SocketError Error { get; } = error;
}

/// <summary>The client's connection gives or takes no more.</summary>
internal sealed class ClientGoneException(Exception? inner = null) : IOException("The client went away.", inner);
