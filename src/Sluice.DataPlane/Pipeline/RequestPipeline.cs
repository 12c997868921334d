using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http;
using Prometheus;
using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Forwarding;
using Sluice.DataPlane.Routing;
using Sluice.DataPlane.Telemetry;
using Sluice.Transport.Server;
using Sluice.Transport.Tasks;

namespace Sluice.DataPlane.Pipeline;

/// <summary>What happens to a request, from its head to the line in the access log. Read this first: a request walks through
/// <see cref="AnswerAsync"/> from top to bottom, and the only way back is inside <see cref="RetryLoop"/>.</summary>
/// <remarks>Each step either passes or answers, with a <see cref="LocalReply"/>. Steps write what they learn to
/// <see cref="RequestInfo"/>; none of them reads it to decide.</remarks>
public sealed class RequestPipeline : IRequestHandler
{
    private readonly PipelineParts _parts;
    private readonly RetryLoop _retryLoop;
    private readonly Mirror _mirror;
    private readonly RequestReport _report;
    private readonly Counter _failures;

    /// <param name="parts">What the pipeline is built from.</param>
    public RequestPipeline(PipelineParts parts)
    {
        _parts = parts;
        var native = parts.Pools is { } pools ? new NativeCarrier(pools, parts.Time) : null;
        _retryLoop = new RetryLoop(native, new YarpCarrier(parts.Forwarder, parts.Clients, parts.Time), parts.Ejections, parts.Dice, parts.Time);
        _mirror = new Mirror(parts.Clients, parts.Dice, parts.Registry, parts.Time);
        _report = new RequestReport(parts.Metrics, parts.AccessLog, parts.Time);
        _failures = Metrics.WithCustomRegistry(parts.Registry)
            .CreateCounter("sluice_request_failures_total", "Requests that failed in a way that was not foreseen.");
    }

    /// <summary>Takes up a request. The connection keeps its exchange for the next one.</summary>
    public object Open(IFeatureCollection features)
    {
        var container = features as IHostContextContainer<object>;
        var exchange = container?.HostContext as Exchange ?? new Exchange(_parts.IsDraining);
        if (container is not null)
            container.HostContext = exchange;
        exchange.Open(features, _parts.Time);
        return exchange;
    }

    /// <summary>The straight line: a route is found, does what it does before anything is sent, and acts.</summary>
    [AsyncMethodBuilder(typeof(PooledMethodBuilder))]
    public async ValueTask AnswerAsync(object context)
    {
        var exchange = (Exchange)context;
        try
        {
            var reply = FindRoute(exchange, _parts.Live.Current);
            if (reply is null && exchange.Route!.Fault is { } fault)
                reply = await InjectAsync(exchange, fault);
            if (reply is null && exchange.Route!.Cors is { } cors)
                reply = ApplyCors(exchange, cors);
            if (reply is null && exchange.Route!.Action is ForwardAction forward)
            {
                PrepareForwarding(exchange, forward);
                reply = ReplyTo(exchange, await _retryLoop.RunAsync(exchange, forward));
            }
            else
            {
                reply ??= LocalAnswer(exchange, exchange.Route!);
            }
            if (reply is not null)
                await reply.SendAsync(exchange);
        }
        catch (Exception e)
        {
            // The one place where the unforeseen ends: a request fails, the process goes on.
            await FailAsync(exchange, e);
        }
    }

    /// <summary>Reports it, whatever became of it.</summary>
    public void Close(object context, Exception? exception)
    {
        var exchange = (Exchange)context;
        _report.Close(exchange);
        exchange.Release();
    }

    /// <summary>Reports what was no request.</summary>
    public void Refused(IFeatureCollection features, int status, string details)
    {
        var exchange = (Exchange)Open(features);
        exchange.Log = _parts.Live.Current.AccessLog;
        exchange.Info.Status = status;
        if (status != StatusCodes.Status408RequestTimeout)
            exchange.Info.Flags |= ResponseFlags.DownstreamProtocolError;
        exchange.Info.CodeDetails = details;
        Close(exchange, exception: null);
    }

    /// <summary>Finds the route of a request that may pass; else says why there is none.</summary>
    private LocalReply? FindRoute(Exchange exchange, Snapshot snapshot)
    {
        var settings = snapshot.Settings;
        exchange.ServerHeader = settings.ServerHeader;
        exchange.Log = snapshot.AccessLog;

        // Only what two readers would understand alike may pass.
        var malformed = RequestGuard.Check(exchange, settings);
        exchange.Info.IsGrpc = IsGrpc(exchange.Request.Headers.ContentType);
        if (malformed is not null)
            return malformed;

        // Which listener, and what is believed of its clients.
        var key = (ListenerKey)(exchange.Client.ListenerKey ??= _parts.ListenerOf(exchange.Client.Features));
        if (snapshot.Find(key) is not { } listener)
            return LocalReplies.ListenerGone;
        ForwardedHeaders.Apply(exchange, listener.TrustsCallers, settings.TrustedProxies);
        if (!NormalizePath(exchange, settings))
            return LocalReplies.BadTarget;

        // Which virtual host, which route.
        if (listener.Choose(exchange.Info.RequestedServerName)?.Routes?.Hosts.Find(exchange.Info.Authority) is not { } host)
            return LocalReplies.NotFound;
        exchange.Info.VirtualHost = host.Name;
        if (host.RequireTls && exchange.Info.Scheme != "https")
            return LocalReplies.Redirect(StatusCodes.Status301MovedPermanently, HttpsLocation(exchange.Info));
        if (host.Match(exchange.Head) is not { } route)
            return LocalReplies.NotFound;
        exchange.Route = route;
        exchange.Info.RouteName = route.Name;
        return null;
    }

    /// <summary>What a route answers that has no upstream.</summary>
    private static LocalReply LocalAnswer(Exchange exchange, Route route) => route.Action switch
    {
        RedirectAction redirect => LocalReplies.Redirect(redirect.Status, redirect.Location(exchange.Head)),
        DirectResponseAction direct => LocalReplies.Direct(direct.Status, direct.Body),
        _ => throw new InvalidOperationException($"a route of {route.At} has an action of no known kind"),
    };

    /// <summary>Waits and aborts as the route wants it. The client may leave meanwhile.</summary>
    private async ValueTask<LocalReply?> InjectAsync(Exchange exchange, FaultInjector fault)
    {
        var decision = fault.Decide(_parts.Dice);
        if (decision.Delay > TimeSpan.Zero)
        {
            exchange.Info.Flags |= ResponseFlags.DelayInjected;
            try
            {
                await Task.Delay(decision.Delay, _parts.Time, exchange.Aborted);
            }
            catch (OperationCanceledException)
            {
                return LocalReplies.ClientGone;
            }
        }
        return decision.Aborts ? LocalReplies.Fault(decision.AbortStatus, decision.AbortGrpcStatus) : null;
    }

    /// <summary>Answers a preflight; else notes what the answer will say to the client's origin.</summary>
    private static LocalReply? ApplyCors(Exchange exchange, CorsResponder cors)
    {
        exchange.Cors = cors.Decide(exchange.Info.Method, exchange.Request.Headers);
        return exchange.Cors.IsPreflight ? LocalReplies.Preflight : null;
    }

    /// <summary>Chooses the destination, and makes the request that it gets.</summary>
    private void PrepareForwarding(Exchange exchange, ForwardAction action)
    {
        exchange.Destination = ClientKeys.Destination(exchange, action.Clusters, _parts.Dice);
        if (exchange.Destination.Hash is { } policy)
            exchange.Hash = ClientKeys.Hash(exchange, policy);
        UpstreamRequest.Prepare(exchange, action);
        _mirror.Arrange(exchange, action);
    }

    /// <summary>What the client gets when no answer came for it. Null when one did, or has begun.</summary>
    private LocalReply? ReplyTo(Exchange exchange, ProxyError? failure)
    {
        if (failure is not { } error)
            return null;
        ReportTls(exchange.Destination?.Cluster, exchange.Info, error);
        if (!exchange.Response.HasStarted)
            return error.Kind == ProxyErrorKind.ClientGone ? LocalReplies.ClientGone : LocalReplies.For(error);
        var (flag, details) = LocalReplies.AfterStart(error);
        exchange.Info.Flags |= flag;
        exchange.Info.CodeDetails = details;
        return null;
    }

    /// <summary>Tells the log when TLS to an upstream failed, which an operator has to repair.</summary>
    private void ReportTls(Cluster? cluster, RequestInfo info, in ProxyError error)
    {
        if (error is { IsTlsFailure: true, TransportFailure: { } reason } && cluster?.Tls?.IsNews(reason) == true)
            RequestPipelineLog.UpstreamTlsFailed(_parts.Logger, info.UpstreamHost, cluster.Text, reason);
    }

    /// <summary>Normalises the target; false when it can't be.</summary>
    internal static bool NormalizePath(Exchange exchange, EdgeSettings settings)
    {
        if (!PathNormalizer.TryNormalize(exchange.Info.Target, settings.PathNormalization, out var normalized))
            return false;
        exchange.Info.Target = normalized;
        return true;
    }

    /// <summary>Where <c>httpsRedirect</c> sends the client.</summary>
    internal static string HttpsLocation(RequestInfo info) => $"https://{info.Authority}{info.Target}";

    /// <summary>Whether the request is gRPC, by its content type.</summary>
    internal static bool IsGrpc(string? contentType) =>
        contentType is not null && contentType.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase)
        && (contentType.Length == 16 || contentType[16] is '+' or ';' or ' ');

    private async ValueTask FailAsync(Exchange exchange, Exception exception)
    {
        RequestPipelineLog.RequestFailed(_parts.Logger, exception, exchange.Info.RequestId);
        _failures.Inc();
        if (exchange.Response.HasStarted)
        {
            exchange.Http.Abort();
            return;
        }
        exchange.Http.Response.Clear();
        await LocalReplies.Unexpected.SendAsync(exchange);
    }
}
