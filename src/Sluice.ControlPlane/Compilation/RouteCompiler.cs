using Sluice.Api.Networking;
using Sluice.ControlPlane.Discovery;
using Sluice.DataPlane.Routing;

namespace Sluice.ControlPlane.Compilation;

/// <summary>Where a VirtualService is reached: what its rules may depend on beside the request.</summary>
/// <param name="Gateway"><c>namespace/name</c>, or <c>mesh</c>.</param>
/// <param name="ServerPort">The port that the Gateway server declares, or the service's port for the mesh.</param>
/// <param name="Tls">Whether the server has a <c>tls</c> block.</param>
internal readonly record struct RouteScope(string Gateway, int ServerPort, bool Tls);

/// <summary>Compiles the HTTP rules of a VirtualService into routes.</summary>
/// <remarks>One match entry becomes one route. What a VirtualService lists behind its first catch-all is unreachable and left out.</remarks>
internal sealed class RouteCompiler(MatchCompiler matches, ActionCompiler actions, ServiceRegistry services)
{
    private readonly Dictionary<(BoundVirtualService, RouteScope), Route[]> _compiled = [];

    /// <summary>The routes of a VirtualService in a scope; empty when none of its rules applies there. The same array answers for all
    /// scopes that make no difference to its rules.</summary>
    public Route[] Compile(BoundVirtualService virtualService, in RouteScope scope)
    {
        var key = (virtualService, Relevant(virtualService, scope));
        if (!_compiled.TryGetValue(key, out var routes))
            _compiled[key] = routes = [.. Routes(virtualService, scope)];
        return routes;
    }

    private IEnumerable<Route> Routes(BoundVirtualService virtualService, RouteScope scope)
    {
        foreach (var rule in virtualService.Http)
        {
            if (rule.Route.Match is not { Count: > 0 } entries)
            {
                yield return Compile(virtualService, rule, null, 0, scope);
                yield break;
            }
            for (var i = 0; i < entries.Count; i++)
            {
                if (!matches.Applies(entries[i], scope.Gateway, scope.ServerPort))
                    continue;
                var route = Compile(virtualService, rule, entries[i], i, scope);
                yield return route;
                if (route.Matcher.IsCatchAll)
                    yield break;
            }
        }
    }

    private Route Compile(BoundVirtualService virtualService, HttpRule rule, HttpMatch? match, int index, in RouteScope scope)
    {
        var action = actions.Compile(virtualService, rule, match?.Uri, scope);
        var forward = action as ForwardAction;
        // The two levels of a single destination execute as one list, and then also on the gateway's own answers.
        var single = forward is not null && rule.Route.Route is { Count: 1 } only ? only[0].Headers : null;
        return new Route
        {
            Name = string.IsNullOrEmpty(match?.Name) ? rule.Route.Name ?? "" : $"{rule.Route.Name}.{match.Name}",
            Matcher = match is null ? RouteMatcher.Any : matches.Compile(match, rule, index),
            Action = action,
            At = rule.Source.Locate(rule.Path).ToString(),
            Source = rule.Source.Id,
            Fault = forward is null ? null : PolicyCompiler.Fault(rule.Route.Fault),
            Cors = forward is null ? null : PolicyCompiler.Cors(rule.Route.CorsPolicy, matches),
            RequestHeaders = HeaderCompiler.Compile(rule.Route.Headers?.Request, single?.Request),
            ResponseHeaders = HeaderCompiler.Compile(rule.Route.Headers?.Response, single?.Response),
        };
    }

    // A scope with everything blanked that the rules don't look at.
    private RouteScope Relevant(BoundVirtualService virtualService, in RouteScope scope)
    {
        var (byGateway, byPort, byTls) = (false, false, false);
        foreach (var rule in virtualService.Http)
        {
            foreach (var match in rule.Route.Match ?? [])
            {
                byGateway |= match.Gateways is { Count: > 0 };
                byPort |= match.Port is > 0;
            }
            byPort |= rule.Route.Redirect is { DerivePort: RedirectPort.FromRequestPort };
            byTls |= rule.Route.Redirect is not null;
            byPort |= rule.Route.Route is { } list && list.Any(d => NeedsPort(d.Destination, virtualService))
                || NeedsPort(rule.Route.Mirror, virtualService)
                || rule.Route.Mirrors is { } mirrors && mirrors.Any(m => NeedsPort(m.Destination, virtualService));
        }
        return new RouteScope(byGateway ? scope.Gateway : "", byPort ? scope.ServerPort : 0, byTls && scope.Tls);
    }

    private bool NeedsPort(Destination? destination, BoundVirtualService virtualService) =>
        destination is { Port.Number: null or 0 } or { Port: null }
        && services.Find(destination.Host ?? "", virtualService.Source.Namespace) is not { Ports.Length: 1 };
}
