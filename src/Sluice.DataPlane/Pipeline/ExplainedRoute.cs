using System.Globalization;
using Microsoft.AspNetCore.Http;
using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Routing;

namespace Sluice.DataPlane.Pipeline;

/// <summary>Says what a matched route would do.</summary>
internal static class ExplainedRoute
{
    private const double WholePercent = 10_000;

    /// <summary>Describes the route's policies and action, in the order of the pipeline.</summary>
    public static void Describe(Route route, in RequestHead head, Explanation explanation)
    {
        explanation.Answer.Route = route.Name.Length > 0 ? route.Name : null;
        if (route.Fault is { } fault)
            Describe(fault, route, explanation);
        if (route.Cors is { } cors)
        {
            var decision = cors.Decide(head.Method, head.Headers);
            if (decision.IsPreflight)
            {
                explanation.Answer.Status = StatusCodes.Status200OK;
                explanation.Say("cors", "answers", "the preflight is answered by the gateway (200)", route.At);
                return;
            }
        }
        switch (route.Action)
        {
            case RedirectAction redirect:
                explanation.Answer.Status = redirect.Status;
                explanation.Say("redirect", "answers", $"{redirect.Status} to {redirect.Location(head)}", route.At);
                break;
            case DirectResponseAction direct:
                explanation.Answer.Status = direct.Status;
                explanation.Say("direct response", "answers", $"{direct.Status} with {direct.Body.Length} bytes", route.At);
                break;
            case ForwardAction forward:
                Describe(forward, route, head, explanation);
                break;
        }
        Describe("response headers", route.ResponseHeaders, route, explanation);
    }

    private static void Describe(FaultInjector fault, Route route, Explanation explanation)
    {
        if (fault.DelayMillionths > 0)
            explanation.Say("fault", "applies", $"{Percent(fault.DelayMillionths)} wait {fault.Delay.TotalMilliseconds:0} ms", route.At);
        if (fault.AbortMillionths == 0)
            return;
        var status = fault.AbortGrpcStatus is { } grpc ? $"gRPC status {grpc}" : fault.AbortStatus.ToString(CultureInfo.InvariantCulture);
        explanation.Say("fault", "applies", $"{Percent(fault.AbortMillionths)} are aborted with {status}", route.At);
        if (fault is { AbortMillionths: 1_000_000, AbortGrpcStatus: null })
            explanation.Answer.Status = fault.AbortStatus;
    }

    private static void Describe(ForwardAction action, Route route, in RequestHead head, Explanation explanation)
    {
        explanation.Destinations(action.Clusters);
        Describe("request headers", route.RequestHeaders, route, explanation);
        foreach (var entry in action.Clusters.Entries)
        {
            Describe("request headers", entry.RequestHeaders, route, explanation);
            Describe("response headers", entry.ResponseHeaders, route, explanation);
            if (entry.Authority is { } own)
                explanation.Say("rewrite", "applies", $"the host becomes {own} for {entry.Name}", route.At);
        }
        if (action.Authority is { } authority)
            explanation.Say("rewrite", "applies", $"the host becomes {authority}", route.At);
        if (action.Rewrite is { } rewrite)
            explanation.Say("rewrite", "applies", $"{head.Target} becomes {rewrite.Apply(head.Target)}", route.At);
        if (action.Timeout is { } timeout)
            explanation.Say("timeout", "applies", $"{timeout.TotalMilliseconds:0} ms for the whole exchange", route.At);
        explanation.Say("retries", "applies", Words(action.Retry), route.At);
        foreach (var mirror in action.Mirrors)
            explanation.Say("mirror", mirror.Cluster is null ? "fails" : "applies", $"{Percent(mirror.Millionths)} are copied to {mirror.Name}", route.At);
        if (explanation.Answer.Status is null && Array.TrueForAll(action.Clusters.Entries, entry => !CanAnswer(entry.Cluster)))
            explanation.Answer.Status = StatusCodes.Status503ServiceUnavailable;
    }

    private static bool CanAnswer(Cluster? cluster) => cluster is { Refusal: null, Endpoints.Length: > 0 };

    private static void Describe(string step, HeaderMutator mutator, Route route, Explanation explanation)
    {
        foreach (var operation in mutator.Operations)
        {
            var what = operation.Change switch
            {
                HeaderChange.Remove => $"remove {operation.Name}",
                HeaderChange.Set => $"set {operation.Name} to \"{operation.Value}\"",
                _ => $"add {operation.Name}: \"{operation.Value}\"",
            };
            explanation.Say(step, "applies", what, route.At);
        }
    }

    private static string Words(RetryPolicy policy)
    {
        if (policy.Attempts == 0)
            return "off";
        var perTry = policy.PerTryTimeout is { } limit ? $", {limit.TotalMilliseconds:0} ms for each attempt" : "";
        return $"up to {policy.Attempts} more on {new RetryConditions(policy.On, policy.StatusCodes)}{perTry}";
    }

    private static string Percent(int millionths) => string.Create(CultureInfo.InvariantCulture, $"{millionths / WholePercent:0.####} %");
}
