using System.Globalization;
using Microsoft.AspNetCore.Http;
using Sluice.DataPlane.Routing;

namespace Sluice.DataPlane.Pipeline;

/// <summary>What a matched route does with a call.</summary>
internal static class ExplainedRoute
{
    private const int Always = 1_000_000;

    /// <summary>Goes through the policies of the route up to the answer, or to the clusters.</summary>
    public static ExplainAnswer Of(Route route, in RequestHead head, ExplainLog log, ExplainAnswer answer)
    {
        if (route.Fault is { } fault && Inject(fault, route.At, log) is { } abort)
            return answer with { Status = abort };
        if (route.Cors is { } cors && cors.Decide(head.Method, head.Headers).IsPreflight)
        {
            log.Applies("cors", "this is a preflight request, which the gateway answers", route.At);
            return answer with { Status = StatusCodes.Status200OK };
        }
        switch (route.Action)
        {
            case RedirectAction redirect:
                log.Applies("action", $"redirects to {redirect.Location(head)}", route.At);
                return answer with { Status = redirect.Status };
            case DirectResponseAction direct:
                log.Applies("action", $"answers with {direct.Body.Length} bytes of its own", route.At);
                return answer with { Status = direct.Status };
            case ForwardAction forward:
                Describe(forward, head, route.At, log);
                return ExplainedForwarding.Of(forward.Clusters, log, answer);
            default:
                throw new InvalidOperationException($"a route of {route.At} has an action of no known kind");
        }
    }

    /// <summary>Describes a fault.</summary>
    /// <returns>The status when every request is aborted; null when only some are, or none.</returns>
    private static int? Inject(FaultInjector fault, string at, ExplainLog log)
    {
        if (fault.DelayMillionths > 0)
            log.Applies("fault", $"{Percent(fault.DelayMillionths)} of the requests wait {fault.Delay.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s", at);
        if (fault.AbortMillionths == 0)
            return null;
        var with = fault.AbortGrpcStatus is { } grpc ? $"gRPC status {grpc}" : $"status {fault.AbortStatus}";
        log.Applies("fault", $"{Percent(fault.AbortMillionths)} of the requests are aborted with {with}", at);
        if (fault.AbortMillionths < Always)
            return null;
        // A gRPC status comes in an answer of 200.
        return fault.AbortStatus > 0 ? fault.AbortStatus : StatusCodes.Status200OK;
    }

    private static void Describe(ForwardAction action, in RequestHead head, string at, ExplainLog log)
    {
        if (action.Rewrite is { } rewrite)
            log.Applies("rewrite", $"the path becomes {rewrite.Apply(head.Target)}", at);
        if (action.Authority is { } authority)
            log.Applies("rewrite", $"the host becomes {authority}", at);
        if (action.Timeout is { } timeout)
            log.Applies("timeout", $"the whole exchange may take {timeout.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s", at);
        foreach (var mirror in action.Mirrors)
            log.Applies("mirror", $"{Percent(mirror.Millionths)} of the requests are copied to {mirror.Name}", at);
    }

    private static string Percent(int millionths) => (millionths / 10_000m).ToString("0.####", CultureInfo.InvariantCulture) + " %";
}
