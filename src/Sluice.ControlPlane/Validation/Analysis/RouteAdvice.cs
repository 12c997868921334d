using Sluice.Api.Findings;
using Sluice.Api.Networking;
using Sluice.Api.Resources;

namespace Sluice.ControlPlane.Validation.Analysis;

/// <summary>What single http rules do that is easily overlooked.</summary>
internal static class RouteAdvice
{
    /// <summary>Conditions under which a request may have been worked on before it is sent again.</summary>
    private static readonly string[] Repeating =
        ["5xx", "gateway-error", "reset", "retriable-4xx", "retriable-status-codes", "retriable-headers", "internal",
            "deadline-exceeded", "resource-exhausted"];

    private static readonly string[] SafeMethods = ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"];

    /// <summary>Looks at all VirtualServices.</summary>
    public static void Run(ConfigIndex index, List<Finding> findings)
    {
        foreach (var (service, root) in ConfigIndex.Whole(index.Set.VirtualServices, findings))
        {
            CheckOrder(root["spec"]["http"], service.Spec);
            foreach (var (route, at) in root["spec"]["http"].Each(service.Spec.Http))
            {
                CheckPrefixes(at["match"], route.Match);
                CheckDestinations(at["route"], route.Route);
                CheckRetries(at, route);
                if (route.Fault is { } fault) CheckFault(at, route, fault);
                CheckAffinity(at["route"], route, service, index);
            }
        }
    }

    /// <summary>Rules after one that takes every request. Two rules without conditions are reported as IST0130 already.</summary>
    private static void CheckOrder(Field at, VirtualServiceSpec spec)
    {
        var taker = -1;
        for (var rule = 0; rule < (spec.Http?.Count ?? 0); rule++)
        {
            var route = spec.Http![rule];
            var bothOpen = taker >= 0 && route.Match is null or { Count: 0 } && spec.Http[taker].Match is null or { Count: 0 };
            if (taker >= 0 && !bothOpen)
            {
                at[rule].Warning(Codes.UnreachableAfterCatchAll,
                    $"{at[rule].Path} is never used: {at[taker].Path} before it takes every request",
                    $"move {at[taker].Path} to the end");
            }

            if (taker < 0 && RouteCover.IsCatchAll(route)) taker = rule;
        }
    }

    private static void CheckPrefixes(Field at, IReadOnlyList<HttpMatch>? matches)
    {
        foreach (var (match, each) in at.Each(matches))
        {
            if (match.Uri?.Prefix is not { Length: > 1 } prefix || prefix.EndsWith('/')) continue;
            var uriAt = each["uri"]["prefix"];
            uriAt.Info(Codes.PrefixMatchesSiblings,
                $"{uriAt.Path} {prefix} also matches {prefix}-abc: prefixes are compared letter by letter",
                $"to match whole segments, use prefix {prefix}/ and a second condition with exact {prefix}");
        }
    }

    private static void CheckDestinations(Field at, IReadOnlyList<HttpRouteDestination>? destinations)
    {
        if (destinations is [{ Weight: { } weight }] && weight != 100)
        {
            at[0]["weight"].Warning(Codes.SingleWeight,
                $"{at.Path}[0].weight {weight} has no effect: the only destination gets every request",
                "remove it, or add the destination for the rest");
        }

        var seen = new HashSet<(string?, string?, uint?)>();
        foreach (var (weighted, each) in at.Each(destinations))
        {
            if (weighted.Destination is not { } destination
                || seen.Add((destination.Host, destination.Subset, destination.Port?.Number)))
                continue;
            each["destination"].Warning(Codes.RepeatedDestination, $"{each.Path}.destination is named by an earlier entry, too",
                "add the weights up");
        }
    }

    private static void CheckRetries(Field at, HttpRoute route)
    {
        if (route.Retries is not { Attempts: > 0, RetryOn: { Length: > 0 } retryOn }) return;
        if (route.Match is { Count: > 0 }
            && route.Match.All(match => match.Method?.Exact is { } method && SafeMethods.Contains(method)))
            return;
        var condition = retryOn.Split(',')
            .FirstOrDefault(text => Repeating.Contains(text) || char.IsAsciiDigit(text.FirstOrDefault()));
        if (condition is null) return;
        var retryAt = at["retries"]["retryOn"];
        retryAt.Info(Codes.RetryRepeatsRequest,
            $"{retryAt.Path} {condition} can send a POST twice that was worked on already: retries act on every method",
            "restrict the rule by method, or retry on connect-failure,refused-stream only");
    }

    private static void CheckFault(Field at, HttpRoute route, HttpFaultInjection fault)
    {
        if (fault.Delay is { } delay)
        {
            var delayAt = at["fault"]["delay"];
            if (delay.Percent is > 0)
                delayAt["percent"].Warning(Codes.Deprecated, $"{delayAt.Path}.percent is deprecated",
                    "write percentage: {value: …}");
            else CheckShare(delayAt, delay.Percentage);
        }

        if (fault.Abort is { } abort) CheckShare(at["fault"]["abort"], abort.Percentage);
        if (route.Timeout is null && route.Retries is not { Attempts: > 0 }) return;
        at["fault"].Info(Codes.FaultBypassesRetries,
            $"{at.Path}.fault acts before {(route.Timeout is null ? "retries" : "timeout")}: what it injects is neither "
            + "retried nor cut short", "to try them out, let the upstream fail");
    }

    private static void CheckShare(Field at, Percent? share)
    {
        if (share?.Value is null or 0)
        {
            at.Warning(Codes.FaultNeverHappens,
                $"{at.Path} never happens: "
                + $"{(share?.Value is null ? "without percentage it applies to no request" : "its percentage is 0")}",
                "e.g. percentage: {value: 100}");
        }
    }

    /// <summary>A weighted split is drawn for each request before the hash is looked at: clients don't stay on their
    /// side.</summary>
    private static void CheckAffinity(Field at, HttpRoute route, Resource<VirtualServiceSpec> service, ConfigIndex index)
    {
        if (route.Route is null || route.Route.Count(weighted => weighted.Weight is > 0) < 2) return;
        foreach (var (weighted, each) in at.Each(route.Route))
        {
            if (weighted.Destination is not { } destination
                || !index.Subsets.IsHashed(destination, service.Namespace, index.Identity.Namespace)) continue;
            at.Warning(Codes.SplitBreaksAffinity,
                $"{at.Path} is drawn for each request: a client does not stay with one destination, whatever "
                    + $"{each.Path}.destination's consistentHash says",
                "choose the version by a header or cookie in match");
            return;
        }
    }
}
