using System.Globalization;
using Sluice.DataPlane.Forwarding;
using Sluice.DataPlane.Routing;

namespace Sluice.DataPlane.Pipeline;

/// <summary>Says what a matched route would do, in the order of the pipeline: what answers ends it.</summary>
internal static class ExplainedRoute
{
    private const double WholePercent = 10_000;

    /// <summary>Describes the route's policies and its action.</summary>
    public static void Describe(Route route, Exchange exchange, Explanation explanation)
    {
        explanation.Answer.Route = route.Name.Length > 0 ? route.Name : null;
        Act(route, exchange, explanation);
        Changes("response headers", route.ResponseHeaders, "", route.At, explanation);
    }

    private static void Act(Route route, Exchange exchange, Explanation explanation)
    {
        if (route.Fault is { } fault && AbortsAll(fault, route, explanation))
            return;
        if (route.Cors is { } cors && IsPreflight(cors, route, exchange, explanation))
            return;
        switch (route.Action)
        {
            case RedirectAction redirect:
                var location = redirect.Location(exchange.Head);
                explanation.Reply(LocalReplies.Redirect(redirect.Status, location), "redirect", $"{redirect.Status} to {location}", route.At);
                break;
            case DirectResponseAction direct:
                explanation.Reply(LocalReplies.Direct(direct.Status, direct.Body), "direct response",
                    $"{direct.Status} with {direct.Body.Length} bytes", route.At);
                break;
            case ForwardAction forward:
                ExplainedForward.Describe(forward, route, exchange, explanation);
                break;
        }
    }

    private static bool AbortsAll(FaultInjector fault, Route route, Explanation explanation)
    {
        if (fault.DelayMillionths > 0)
            explanation.Say("fault", "applies", $"{Percent(fault.DelayMillionths)} wait {fault.Delay.TotalMilliseconds:0} ms", route.At);
        if (fault.AbortMillionths == 0)
            return false;
        var status = fault.AbortGrpcStatus is { } grpc ? $"gRPC status {grpc}" : fault.AbortStatus.ToString(CultureInfo.InvariantCulture);
        var words = $"{Percent(fault.AbortMillionths)} are aborted with {status}";
        if (fault.AbortMillionths < Share.All)
        {
            explanation.Say("fault", "applies", words, route.At);
            return false;
        }
        explanation.Reply(LocalReplies.Fault(fault.AbortStatus, fault.AbortGrpcStatus), "fault", words, route.At);
        return true;
    }

    private static bool IsPreflight(CorsResponder cors, Route route, Exchange exchange, Explanation explanation)
    {
        var headers = exchange.Request.Headers;
        var decision = cors.Decide(exchange.Info.Method, headers);
        var origin = headers.Origin.Count == 0 ? "the request has no origin" : $"the origin {headers.Origin} is {(decision.AllowsOrigin ? "" : "not ")}allowed";
        if (decision.IsPreflight)
            explanation.Reply(LocalReplies.Preflight, "cors", $"the preflight is answered by the gateway, {origin}", route.At);
        else
            explanation.Say("cors", decision.AllowsOrigin ? "applies" : "not matched", origin, route.At);
        return decision.IsPreflight;
    }

    /// <summary>Describes the header changes of one level.</summary>
    /// <param name="step">Whose headers.</param>
    /// <param name="mutator">The changes.</param>
    /// <param name="where">Words behind each, for those that hold for one destination only.</param>
    /// <param name="at">Where they are written.</param>
    /// <param name="explanation">Takes the words.</param>
    public static void Changes(string step, HeaderMutator mutator, string where, string at, Explanation explanation)
    {
        foreach (var operation in mutator.Operations)
        {
            var what = operation.Change switch
            {
                HeaderChange.Remove => $"remove {operation.Name}",
                HeaderChange.Set => $"set {operation.Name} to \"{operation.Value}\"",
                _ => $"add {operation.Name}: \"{operation.Value}\"",
            };
            explanation.Say(step, "applies", what + where, at);
        }
    }

    /// <summary>A share in words.</summary>
    public static string Percent(int millionths) => string.Create(CultureInfo.InvariantCulture, $"{millionths / WholePercent:0.####} %");
}
