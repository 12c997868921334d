using Sluice.Api.Networking;
using Sluice.ControlPlane.Discovery;

namespace Sluice.ControlPlane.Compilation;

/// <summary>Completes the names in an HTTP rule: hosts of destinations and mirrors, gateways of matches. What needs no completion is left as
/// it is, uncopied.</summary>
internal static class ShortNames
{
    public static HttpRoute Complete(HttpRoute route, string ns, NameResolver names)
    {
        var completed = route;
        if (route.Route is not null && Changed(route.Route, r => Complete(r, ns, names)) is { } destinations)
            completed = completed with { Route = destinations };
        if (route.Mirror is { } mirror && Complete(mirror, ns, names) is var named && !ReferenceEquals(named, mirror))
            completed = completed with { Mirror = named };
        if (route.Mirrors is not null && Changed(route.Mirrors, m => Complete(m, ns, names)) is { } mirrors)
            completed = completed with { Mirrors = mirrors };
        if (route.Match is not null && Changed(route.Match, m => Complete(m, ns)) is { } matches)
            completed = completed with { Match = matches };
        return completed;
    }

    /// <summary>A destination with a full host name.</summary>
    public static Destination Complete(Destination destination, string ns, NameResolver names)
    {
        var host = names.Host(destination.Host ?? "", ns);
        return host == destination.Host ? destination : destination with { Host = host };
    }

    private static HttpRouteDestination Complete(HttpRouteDestination entry, string ns, NameResolver names)
    {
        if (entry.Destination is null)
            return entry;
        var destination = Complete(entry.Destination, ns, names);
        return ReferenceEquals(destination, entry.Destination) ? entry : entry with { Destination = destination };
    }

    private static HttpMirrorPolicy Complete(HttpMirrorPolicy mirror, string ns, NameResolver names)
    {
        if (mirror.Destination is null)
            return mirror;
        var destination = Complete(mirror.Destination, ns, names);
        return ReferenceEquals(destination, mirror.Destination) ? mirror : mirror with { Destination = destination };
    }

    private static HttpMatch Complete(HttpMatch match, string ns) =>
        match.Gateways is { Count: > 0 } gateways
            ? match with { Gateways = [.. gateways.Select(g => NameResolver.Gateway(g, ns))] }
            : match;

    // The list with its items replaced; null when all stayed the same.
    private static List<T>? Changed<T>(IReadOnlyList<T> items, Func<T, T> complete) where T : class
    {
        List<T>? changed = null;
        for (var i = 0; i < items.Count; i++)
        {
            var item = complete(items[i]);
            if (changed is null && !ReferenceEquals(item, items[i]))
                changed = [.. items.Take(i)];
            changed?.Add(item);
        }
        return changed;
    }
}
