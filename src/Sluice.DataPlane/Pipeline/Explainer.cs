using Microsoft.AspNetCore.Http;
using Sluice.DataPlane.Listeners;
using Sluice.DataPlane.Routing;

namespace Sluice.DataPlane.Pipeline;

/// <summary>Says what a snapshot does with a call: it asks the same tables, matchers and policies as <see cref="RequestPipeline"/>, in the
/// same order, and writes down what they answered.</summary>
/// <param name="snapshot">The snapshot.</param>
public sealed class Explainer(Snapshot snapshot)
{
    /// <summary>The listener of calls between services, in <see cref="ExplainCall.Gateway"/>.</summary>
    public const string Mesh = "mesh";

    /// <summary>Explains one call.</summary>
    public ExplainAnswer Explain(ExplainCall call)
    {
        var log = new ExplainLog();
        var answer = Walk(call, log, new ExplainAnswer());
        return answer with { Why = log.Steps };
    }

    private ExplainAnswer Walk(ExplainCall call, ExplainLog log, ExplainAnswer answer)
    {
        if (FindListener(call) is not { } listener)
        {
            log.Refused("listener", $"nobody listens on port {call.Port}: the connection is refused", null);
            return answer with { Error = ExplainErrors.NoListener };
        }
        log.Matched("listener", $"{listener.Name} serves port {listener.ServerPort}", listener.FilterChains.Length > 0 ? listener.FilterChains[0].At : null);
        answer = answer with { Listener = listener.Name };

        if (RefusesTls(call, listener, log) is { } tlsError)
            return answer with { Error = tlsError };
        if (listener.Choose(call.Sni) is not { } chain)
        {
            log.Refused("filter chain", $"no server has the name {Quoted(call.Sni)}: the connection is closed", null);
            return answer with { Error = ExplainErrors.NoFilterChain };
        }
        if (listener.Kind == ListenerKind.Tls)
        {
            var names = chain.Sni.Length == 0 ? "*" : string.Join(",", chain.Sni);
            log.Matched("filter chain", $"{chain.Source} has the name {Quoted(call.Sni)} with {names}", chain.At);
            answer = answer with { FilterChain = names };
        }
        if (chain.Tls is TlsMode.Mutual or TlsMode.IstioMutual && call.Tls != CallTls.Mtls)
        {
            log.Refused("filter chain", "the server asks for a client certificate, and the call has none", chain.At);
            return answer with { Error = ExplainErrors.MtlsError };
        }
        if (chain.Clusters is { } clusters)
            return ExplainedForwarding.Of(clusters, log, answer);
        if (call.Protocol == CallProtocol.Tcp)
        {
            log.Refused("filter chain", "HTTP is spoken here, and the call is opaque TCP", chain.At);
            return answer with { Error = ExplainErrors.ProtocolError };
        }
        return chain.Routes is { } routes ? WalkHttp(call, listener, routes, log, answer) : answer;
    }

    private ExplainAnswer WalkHttp(ExplainCall call, Listener listener, RouteConfig routes, ExplainLog log, ExplainAnswer answer)
    {
        answer = answer with { RouteConfig = routes.Name };
        if (!PathNormalizer.TryNormalize(call.Path, snapshot.Settings.PathNormalization, out var target))
        {
            log.Refused("path", $"{call.Path} can't be normalised", null);
            return answer with { Status = StatusCodes.Status400BadRequest };
        }
        if (target != call.Path)
            log.Applies("path", $"{call.Path} is normalised to {target}", null);

        if (routes.Hosts.Find(call.Host) is not { } host)
        {
            log.Refused("virtual host", $"none of {routes.Name} answers for {Quoted(call.Host)}", null);
            return answer with { Error = ExplainErrors.NoVirtualHost, Status = StatusCodes.Status404NotFound };
        }
        log.Matched("virtual host", $"{host.Name} answers for {Quoted(call.Host)} with {string.Join(", ", host.Domains)}", null);
        answer = answer with { VirtualHost = host.Name };

        var head = HeadOf(call, listener, target);
        if (host.RequireTls && head.Scheme != "https")
        {
            log.Applies("https redirect", $"its Gateway redirects plain requests to https://{call.Host}{target}", null);
            return answer with { Error = ExplainErrors.TlsRedirect, Status = StatusCodes.Status301MovedPermanently };
        }
        if (FindRoute(host, head, log) is not { } route)
            return answer with { Error = ExplainErrors.NoRoute, Status = StatusCodes.Status404NotFound };
        return ExplainedRoute.Of(route, head, log, answer with { Route = route.Name.Length > 0 ? route.Name : null });
    }

    /// <summary>The listener that the call meets: by the port of the Gateway server, else by the bound one; that of the address goes before
    /// that for all addresses.</summary>
    private Listener? FindListener(ExplainCall call)
    {
        if (call.Gateway == Mesh)
            return Array.Find(snapshot.Listeners, l => l.TrustsCallers);
        var listeners = Array.FindAll(snapshot.Listeners, l => !l.TrustsCallers && (call.Address is null || l.Bind is null || l.Bind == call.Address));
        Array.Sort(listeners, (a, b) => Rank(a).CompareTo(Rank(b)));
        return Array.Find(listeners, l => l.ServerPort == call.Port) ?? Array.Find(listeners, l => l.Port == call.Port);

        int Rank(Listener listener) => (listener.Bind is null) == (call.Address is null) ? 0 : 1;
    }

    private static string? RefusesTls(ExplainCall call, Listener listener, ExplainLog log)
    {
        var speaksTls = listener.Kind == ListenerKind.Tls;
        var isTls = call.Tls != CallTls.Plaintext;
        // A TCP proxy without TLS of its own passes whatever comes.
        if (speaksTls == isTls || listener.Kind == ListenerKind.Tcp)
            return null;
        log.Refused("listener", speaksTls ? "TLS is spoken here, and the call is plain" : "this port is plain, and the call comes with TLS", null);
        return ExplainErrors.TlsError;
    }

    private static Route? FindRoute(VirtualHost host, in RequestHead head, ExplainLog log)
    {
        var found = host.Match(head);
        foreach (var route in host.Routes)
        {
            if (route == found)
            {
                log.Matched("route", $"{NameOf(route)}{route.Matcher}", route.At);
                return found;
            }
            if (route.Matcher.FirstMismatch(head) is { } predicate)
                log.NotMatched("route", $"{NameOf(route)}{predicate}, but {predicate.Actual(head)}", route.At);
        }
        log.Refused("route", $"none of the {host.Routes.Length} routes of {host.Name} matches", null);
        return null;
    }

    private RequestHead HeadOf(ExplainCall call, Listener listener, string target)
    {
        IHeaderDictionary headers = new HeaderDictionary();
        foreach (var (name, value) in call.Headers)
            headers.Append(name, value);
        headers.Host = call.Host;
        ForwardedHeaders.RemoveClaims(headers);
        var mayClaim = listener.TrustsCallers || snapshot.Settings.TrustedProxies > 0;
        var scheme = ForwardedHeaders.SchemeOf(headers, mayClaim, call.Tls != CallTls.Plaintext);
        return new RequestHead(call.Method, scheme, call.Host, target, headers);
    }

    private static string NameOf(Route route) => route.Name.Length > 0 ? $"{route.Name}: " : "";

    private static string Quoted(string? text) => string.IsNullOrEmpty(text) ? "no name" : text;
}
