using Microsoft.AspNetCore.Http;
using Sluice.DataPlane.Listeners;
using Sluice.DataPlane.Routing;
using Sluice.DataPlane.Telemetry;

namespace Sluice.DataPlane.Pipeline;

/// <summary>Says what would become of a request. It walks the steps of <see cref="RequestPipeline"/> over the same tables, matchers and
/// policies, and writes down what they answer, so it can't tell a different story.</summary>
public static class Explainer
{
    // So many rules that do not match are shown in words; a virtual host may have thousands.
    private const int ShownMismatches = 50;

    /// <summary>Explains a request.</summary>
    public static ExplainAnswer Explain(Snapshot snapshot, ExplainCall call)
    {
        var explanation = new Explanation();
        Walk(snapshot, call, explanation);
        return explanation.Finish();
    }

    private static void Walk(Snapshot snapshot, ExplainCall call, Explanation explanation)
    {
        if (FindListener(snapshot, call, explanation) is not { } listener
            || FindChain(listener, call, explanation) is not { } chain)
            return;
        if (chain.Clusters is { } clusters)
        {
            explanation.Destinations(clusters);
            return;
        }
        if (chain.Routes is not { } config)
        {
            explanation.Fail("no_route", null, "filter chain", "nothing is routed there", chain.At);
            return;
        }
        explanation.Answer.RouteConfig = config.Name;
        if (HeadOf(snapshot, listener, call, explanation) is not { } head || FindHost(config, head, explanation) is not { } host)
            return;
        if (host.RequireTls && head.Scheme != "https")
        {
            explanation.Fail("tls_redirect", StatusCodes.Status301MovedPermanently, "redirect",
                $"httpsRedirect sends the client to https://{head.Authority}{head.Target}", null);
            return;
        }
        if (FindRoute(host, head, explanation) is { } route)
            ExplainedRoute.Describe(route, head, explanation);
    }

    private static Listener? FindListener(Snapshot snapshot, ExplainCall call, Explanation explanation)
    {
        var mesh = call.Gateway == "mesh";
        var port = call.Port ?? (call.Tls == "plaintext" ? 80 : 443);
        bool Fits(Listener l) => l.TrustsCallers == mesh && (call.Address is null || l.Bind is null || l.Bind == call.Address);
        var listener = Array.Find(snapshot.Listeners, l => Fits(l) && (mesh || l.ServerPort == port))
            ?? Array.Find(snapshot.Listeners, l => Fits(l) && l.Port == port);
        if (listener is null)
        {
            explanation.Fail("no_listener", null, "listener", mesh
                ? "there is no mesh listener"
                : $"no Gateway server of this gateway listens on port {port}, so the connection is refused", null);
            return null;
        }
        explanation.Answer.Listener = listener.Name;
        explanation.Say("listener", "matched", $"port {port} is {listener.Name}", listener.FilterChains.FirstOrDefault()?.At);
        return listener;
    }

    private static FilterChain? FindChain(Listener listener, ExplainCall call, Explanation explanation)
    {
        var encrypted = call.Tls != "plaintext";
        if (listener.Kind == ListenerKind.Tls && !encrypted)
        {
            explanation.Fail("protocol_error", null, "filter chain", "the listener speaks TLS and the client does not", null);
            return null;
        }
        if (listener.Kind == ListenerKind.Http && (encrypted || call.Protocol == "tcp"))
        {
            explanation.Fail(encrypted ? "tls_error" : "protocol_error", null, "filter chain",
                encrypted ? "the client speaks TLS and the listener does not" : "the listener speaks HTTP and the client does not", null);
            return null;
        }
        var name = listener.Kind == ListenerKind.Tls ? call.Sni ?? (call.Protocol == "tcp" ? null : HostOf(call)) : null;
        if (listener.Choose(name) is not { } chain)
        {
            explanation.Fail("no_filter_chain", null, "filter chain",
                name is null ? "the client names no server, and no server takes that" : $"no server has the name {name}", null);
            return null;
        }
        explanation.Answer.FilterChain = chain.Sni.Length == 0 ? listener.Name : string.Join(",", chain.Sni);
        if (listener.Kind == ListenerKind.Tls)
            explanation.Say("filter chain", "matched", $"the server name {name ?? "(none)"} is served with tls mode {chain.Tls}", chain.At);
        if (call.Tls != "mtls" && chain.Tls is TlsMode.Mutual or TlsMode.IstioMutual)
        {
            explanation.Fail("mtls_error", null, "filter chain", "the server demands a client certificate, and the client shows none", chain.At);
            return null;
        }
        if (call.Protocol == "tcp" && chain.Routes is not null && chain.Tls is not TlsMode.None)
        {
            explanation.Fail("protocol_error", null, "filter chain", "the server speaks HTTP inside TLS and the client does not", chain.At);
            return null;
        }
        return chain;
    }

    /// <summary>The request as the matchers see it; null when it is refused before.</summary>
    private static RequestHead? HeadOf(Snapshot snapshot, Listener listener, ExplainCall call, Explanation explanation)
    {
        var headers = new HeaderDictionary();
        foreach (var (name, value) in call.Headers ?? new Dictionary<string, string>())
            headers.Append(name, WireText.From(value));
        var authority = WireText.From(HostOf(call) ?? "");
        headers["Host"] = authority;

        var settings = snapshot.Settings;
        if (!PathNormalizer.TryNormalize(WireText.From(call.Path), settings.PathNormalization, out var target))
        {
            explanation.Fail("protocol_error", StatusCodes.Status400BadRequest, "path", $"{call.Path} is no path that can be served", null);
            return null;
        }
        if (target != call.Path)
            explanation.Say("path", "applies", $"{call.Path} is normalised to {target}", null);
        ForwardedHeaders.RemoveClaims(headers);
        var mayClaim = listener.TrustsCallers || settings.TrustedProxies > 0;
        var scheme = ForwardedHeaders.SchemeOf(headers, mayClaim, isTls: call.Tls != "plaintext");
        return new RequestHead(call.Method, scheme, authority, target, headers);
    }

    private static string? HostOf(ExplainCall call) =>
        call.Host ?? call.Headers?.FirstOrDefault(h => h.Key.Equals("host", StringComparison.OrdinalIgnoreCase)).Value ?? call.Sni;

    private static VirtualHost? FindHost(RouteConfig config, in RequestHead head, Explanation explanation)
    {
        var host = config.Hosts.Find(head.Authority);
        if (host is null)
        {
            explanation.Fail("no_virtual_host", StatusCodes.Status404NotFound, "virtual host",
                $"no host of {config.Name} covers {head.Authority}: there are {Names(config)}", null);
            return null;
        }
        explanation.Answer.VirtualHost = host.Name;
        explanation.Say("virtual host", "matched", $"{head.Authority} is covered by {string.Join(", ", host.Domains)}", null);
        return host;
    }

    private static Route? FindRoute(VirtualHost host, in RequestHead head, Explanation explanation)
    {
        var chosen = host.Match(head);
        var (shown, left) = (0, 0);
        foreach (var route in host.Routes)
        {
            if (route == chosen)
                break;
            if (shown++ < ShownMismatches)
                explanation.Say("route", "not matched", Mismatch(route, head), route.At);
            else
                left++;
        }
        if (left > 0)
            explanation.Say("route", "not matched", $"{left} more rules", null);
        if (chosen is null)
        {
            explanation.Fail("no_route", StatusCodes.Status404NotFound, "route", host.Routes.Length == 0
                ? $"{host.Name} has no routes"
                : $"none of the {host.Routes.Length} rules of {host.Name} matches", null);
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
        const int most = 5;
        var names = config.VirtualHosts.SelectMany(host => host.Domains).Distinct().Take(most + 1).ToList();
        return string.Join(", ", names.Take(most)) + (names.Count > most ? ", ..." : "");
    }
}
