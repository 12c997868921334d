using Microsoft.AspNetCore.Http;
using Sluice.DataPlane.Forwarding;
using Sluice.DataPlane.Listeners;
using Sluice.DataPlane.Routing;

namespace Sluice.DataPlane.Pipeline;

/// <summary>Says what would become of a request. It walks the steps of <see cref="RequestPipeline"/> over the same tables, matchers and
/// policies, and writes down what they answer, so it can't tell a different story.</summary>
public static class Explainer
{
    // So many rules that do not match are shown in words; a virtual host may have thousands.
    private const int ShownMismatches = 50;
    private const int ShownDomains = 5;

    /// <summary>Explains a request.</summary>
    public static ExplainAnswer Explain(Snapshot snapshot, ExplainCall call)
    {
        var exchange = ExplainedRequest.Of(call);
        var explanation = new Explanation(exchange);
        if (ExplainedConnection.Find(snapshot, call, explanation) is var (listener, chain))
            Walk(snapshot, listener, chain, exchange, explanation);
        return explanation.Finish();
    }

    private static void Walk(Snapshot snapshot, Listener listener, FilterChain chain, Exchange exchange, Explanation explanation)
    {
        if (chain.Clusters is { } clusters)
        {
            ExplainedForward.DescribeConnection(clusters, chain.At, explanation);
            return;
        }
        if (chain.Routes is not { } config)
        {
            explanation.Fail("no_route", "filter chain", "nothing is routed there", chain.At);
            return;
        }
        explanation.Answer.RouteConfig = config.Name;
        if (!Admit(exchange, listener, snapshot.Settings, explanation) || FindHost(config, exchange, explanation) is not { } host)
            return;
        if (host.RequireTls && exchange.Info.Scheme != "https")
        {
            var location = RequestPipeline.HttpsLocation(exchange.Info);
            explanation.Reply(LocalReplies.Redirect(StatusCodes.Status301MovedPermanently, location), "redirect",
                $"httpsRedirect sends the client to {location}", chain.At, "tls_redirect");
            return;
        }
        if (FindRoute(host, exchange, explanation) is { } route)
            ExplainedRoute.Describe(route, exchange, explanation);
    }

    /// <summary>What comes before routing, as the pipeline does it. False when the request is refused.</summary>
    private static bool Admit(Exchange exchange, Listener listener, EdgeSettings settings, Explanation explanation)
    {
        var malformed = RequestGuard.Check(exchange, settings);
        exchange.Info.IsGrpc = RequestPipeline.IsGrpc(exchange.Request.Headers.ContentType);
        if (malformed is null)
        {
            ForwardedHeaders.Apply(exchange, listener.TrustsCallers, settings.TrustedProxies);
            var received = exchange.Info.Target;
            if (RequestPipeline.NormalizePath(exchange, settings))
            {
                if (exchange.Info.Target != received)
                    explanation.Say("path", "applies", $"{received} is normalised to {exchange.Info.Target}", null);
                return true;
            }
            malformed = LocalReplies.BadTarget;
        }
        explanation.Refuse(malformed);
        return false;
    }

    private static VirtualHost? FindHost(RouteConfig config, Exchange exchange, Explanation explanation)
    {
        var authority = exchange.Info.Authority;
        var host = config.Hosts.Find(authority);
        if (host is null)
        {
            explanation.Reply(LocalReplies.NotFound, "virtual host",
                $"no host of {config.Name} covers {authority}: there are {Names(config)}", null, "no_virtual_host");
            return null;
        }
        explanation.Answer.VirtualHost = host.Name;
        explanation.Say("virtual host", "matched", $"{authority} is covered by {HostTable.DomainFor(host, authority)}", null);
        return host;
    }

    private static Route? FindRoute(VirtualHost host, Exchange exchange, Explanation explanation)
    {
        var head = exchange.Head;
        var chosen = host.Match(head);
        var before = chosen is null ? host.Routes.Length : Array.IndexOf(host.Routes, chosen);
        foreach (var route in host.Routes.AsSpan(0, Math.Min(before, ShownMismatches)))
            explanation.Say("route", "not matched", Mismatch(route, head), route.At);
        if (before > ShownMismatches)
            explanation.Say("route", "not matched", $"nor do the next {before - ShownMismatches} rules, which are left out here", null);
        if (chosen is null)
        {
            explanation.Reply(LocalReplies.NotFound, "route", host.Routes.Length == 0
                ? $"{host.Name} has no routes"
                : $"none of the {host.Routes.Length} rules of {host.Name} matches", null, "no_route");
            return null;
        }
        explanation.Say("route", "matched", Named(chosen) + chosen.Matcher, chosen.At);
        return chosen;
    }

    private static string Mismatch(Route route, in RequestHead head)
    {
        var predicate = route.Matcher.FirstMismatch(head);
        return $"{Named(route)}wanted {predicate}, {predicate?.Actual(head)}";
    }

    private static string Named(Route route) => route.Name.Length > 0 ? $"{route.Name}: " : "";

    private static string Names(RouteConfig config)
    {
        var names = config.VirtualHosts.SelectMany(host => host.Domains).Distinct().Take(ShownDomains + 1).ToList();
        return string.Join(", ", names.Take(ShownDomains)) + (names.Count > ShownDomains ? ", ..." : "");
    }
}
