using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Routing;
using Sluice.Transport.Tasks;

namespace Sluice.DataPlane.Forwarding;

/// <summary>Sends a request to its cluster: picks an endpoint, tries, and tries again as long as the route's policy says so. The only
/// way back in the building.</summary>
/// <remarks>Beyond the policy, a request that is idempotent is tried again at once when it met a pooled connection which the upstream had just
/// closed (RFC 9110 §9.2.2). Everything else is sent once.</remarks>
/// <param name="native">Carries plain HTTP/1.1; null when YARP carries all.</param>
/// <param name="yarp">Carries the rest.</param>
/// <param name="ejections">Takes endpoints out that fail.</param>
/// <param name="dice">Spreads the waits between attempts.</param>
/// <param name="time">The clock of deadlines and waits.</param>
internal sealed class RetryLoop(NativeCarrier? native, YarpCarrier yarp, Ejections ejections, Func<int, int> dice, TimeProvider time)
{
    // Each takes a connection out of the pool; a pool full of closed ones is an upstream that went away.
    private const int MaxStale = 3;

    private readonly AttemptObserver _observer = new(ejections);

    /// <summary>Forwards the request. Null when an answer went to the client, else why none did.</summary>
    [AsyncMethodBuilder(typeof(PooledMethodBuilder<>))]
    public async ValueTask<ProxyError?> RunAsync(Exchange exchange, ForwardAction action)
    {
        if (exchange.Destination!.Cluster is not { } cluster)
            return new ProxyError(ProxyErrorKind.NoCluster);
        exchange.Info.Cluster = cluster.Text;
        exchange.Info.Destination = DestinationNames.Of(cluster);
        if (cluster.Refusal is { } refusal)
            return new ProxyError(ProxyErrorKind.ClusterRefused, refusal);
        var policy = action.Retry;
        var protocol = cluster.ProtocolFor(HttpProtocol.IsHttp2(exchange.Info.Protocol));
        var mayDiscard = policy.MayRetryAfterBody(protocol, exchange.Info.IsGrpc);
        if (NeedsMemory(exchange, mayDiscard))
            exchange.Body.Remember();

        exchange.Observer = _observer;
        using var total = Deadline.Start(RouteTimeout.Of(action, exchange.Info), exchange.Body, time);
        var terms = new AttemptTerms(protocol, policy.Attempts > 0 ? policy : null, mayDiscard, total);
        var isNative = native is not null && NativeCarrier.Carries(exchange, protocol);
        Attempt? attempt = null;
        var localities = default(TriedLocalities);
        var stale = 0;
        try
        {
            for (var number = 1; ; number++)
            {
                var avoid = policy.AvoidPreviousEndpoints ? attempt?.Endpoint : null;
                if (cluster.Balancer.Pick(new PickContext(exchange.Hash, avoid) { PassedLevels = localities.Passed }) is not { } endpoint)
                    return new ProxyError(ProxyErrorKind.NoHealthyUpstream);

                using var perTry = Deadline.Start(policy.PerTryTimeout, exchange.Body, time);
                var holdsRetry = attempt is { HoldsRetry: true };
                // Most exchanges have one attempt, and over the native carrier nothing keeps hold of it.
                attempt = attempt is null && isNative ? exchange.FirstAttempt : new Attempt();
                attempt.Begin(cluster, endpoint, number, time.GetTimestamp(), terms, perTry).HoldsRetry = holdsRetry;

                var outcome = new AttemptOutcome(AttemptProgress.Waiting, new ProxyError(ProxyErrorKind.ConnectionTermination));
                if (await EnterAsync(exchange, attempt) is { } refused)
                {
                    outcome = new AttemptOutcome(AttemptProgress.Waiting, refused);
                }
                else
                {
                    NoteBeginning(exchange, attempt);
                    try
                    {
                        outcome = isNative
                            ? await native!.SendAsync(exchange, cluster, attempt)
                            : await yarp.SendAsync(exchange, cluster, attempt);
                    }
                    finally
                    {
                        NoteEnd(exchange, attempt, outcome);
                    }
                }
                if (stale < MaxStale && IsStaleConnection(exchange, attempt, outcome))
                {
                    stale++;
                    number--;
                    exchange.Body.Rewind();
                    continue;
                }
                _observer.Ended(attempt, outcome);
                if (!MayTryAgain(exchange, attempt, outcome))
                    return outcome.Error;
                if (!await WaitAsync(exchange, policy.BackoffBefore(number, dice), total))
                    return new ProxyError(total is { Expired: true } ? ProxyErrorKind.RouteTimeout : ProxyErrorKind.ClientGone);
                exchange.Body.Rewind();
                if (policy.TriesRemoteLocalities)
                    localities.Add(cluster.Balancer, endpoint);
            }
        }
        finally
        {
            attempt?.ReleaseRetry();
        }
    }

    /// <summary>Enters the cluster's circuit breaker, and waits for a connection if that is what it says. Null when the request may be sent;
    /// whoever sends it leaves again.</summary>
    private static ValueTask<ProxyError?> EnterAsync(Exchange exchange, Attempt attempt) =>
        attempt.Cluster.CircuitBreaker.TryEnter(needsConnection: attempt.Protocol != UpstreamProtocol.Http2) switch
        {
            Admission.Entered => new ValueTask<ProxyError?>((ProxyError?)null),
            Admission.Overflow => new ValueTask<ProxyError?>(new ProxyError(ProxyErrorKind.Overflow)),
            _ => QueueAsync(exchange, attempt),
        };

    private static async ValueTask<ProxyError?> QueueAsync(Exchange exchange, Attempt attempt)
    {
        using var any = CancellationTokenSource.CreateLinkedTokenSource(
            exchange.Aborted, attempt.Total?.Token ?? default, attempt.PerTry?.Token ?? default);
        try
        {
            return await attempt.Cluster.CircuitBreaker.WaitAsync(any.Token) ? null : new ProxyError(ProxyErrorKind.Overflow);
        }
        catch (OperationCanceledException)
        {
            return new ProxyError(
                attempt.Total is { Expired: true } ? ProxyErrorKind.RouteTimeout
                : attempt.PerTry is { Expired: true } ? ProxyErrorKind.PerTryTimeout
                : ProxyErrorKind.ClientGone);
        }
    }

    private static void NoteBeginning(Exchange exchange, Attempt attempt)
    {
        attempt.Admit();
        var info = exchange.Info;
        info.Attempts = attempt.Number;
        info.UpstreamHost = attempt.Endpoint.Address;
        info.Destination = DestinationNames.Of(attempt.Cluster, attempt.Endpoint);

        var headers = exchange.Request.Headers;
        headers[UpstreamClients.AttemptCount] = attempt.Number.ToString(CultureInfo.InvariantCulture);
        if ((attempt.PerTry ?? attempt.Total) is { } bound)
            headers["x-envoy-expected-rq-timeout-ms"] = ((long)bound.Remaining.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        attempt.Endpoint.Stats.Begin();
    }

    private static void NoteEnd(Exchange exchange, Attempt attempt, in AttemptOutcome outcome)
    {
        attempt.Leave();
        var stats = attempt.Endpoint.Stats;
        if (outcome.Error is { IsTheClients: true })
            stats.Abandon();
        else
            stats.End(outcome.Error is null && attempt.Status < StatusCodes.Status500InternalServerError);
        exchange.Info.UpstreamTransportFailure =
            outcome.Error is { Kind: ProxyErrorKind.ConnectFailure } failed ? failed.TransportFailure?.Replace(' ', '_') : null;
    }

    /// <summary>Whether the body is to be remembered: for the policy's sake, or, if it is small, for a stale connection's.</summary>
    private static bool NeedsMemory(Exchange exchange, bool policyNeedsIt)
    {
        var length = exchange.Request.Headers.ContentLength;
        return policyNeedsIt
            ? length is not > RequestBody.ReplayLimit
            : length is <= RequestBody.SmallBody && Methods.IsIdempotent(exchange.Info.Method);
    }

    /// <summary>Whether the upstream closed a connection that it kept from an earlier exchange, while this request was on its way.</summary>
    private static bool IsStaleConnection(Exchange exchange, Attempt attempt, in AttemptOutcome outcome) =>
        outcome is { Progress: AttemptProgress.Waiting, Error.Kind: ProxyErrorKind.ConnectionTermination }
        && attempt.WasSentOverPooled && exchange.Body.CanReplay && Methods.IsIdempotent(exchange.Info.Method);

    private static bool MayTryAgain(Exchange exchange, Attempt attempt, in AttemptOutcome outcome)
    {
        if (outcome.Progress == AttemptProgress.Discarded)
            return true;
        if (outcome is not { Progress: AttemptProgress.Waiting or AttemptProgress.Malformed, Error: { } error }
            || attempt.Policy is not { } policy || !exchange.Body.CanReplay || !policy.RetriesFailure(error.Conditions))
            return false;
        return UpstreamAnswer.MayFollow(exchange, attempt);
    }

    /// <summary>Waits between two attempts; false when the client left or the route's time was up meanwhile.</summary>
    private async ValueTask<bool> WaitAsync(Exchange exchange, TimeSpan wait, Deadline? total)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(
            exchange.Aborted, total?.Token ?? CancellationToken.None);
        try
        {
            await Task.Delay(wait, time, either.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
