namespace Sluice.DataPlane.Routing;

/// <summary>Finds the first route that matches without asking each: a tree whose forks look up the path, a header, the method, ... of the
/// request, and whose leaves are the few routes that are left.</summary>
/// <remarks>The order of the routes decides, as in a scan over all of them. Wherever a fork has several answers (a longer and a shorter prefix,
/// routes that don't care), all of them are asked, and the route with the lowest position wins.</remarks>
internal sealed class RouteIndex
{
    private readonly RouteNode _root;

    /// <param name="routes">In order.</param>
    /// <param name="leaf">How many routes may stay together and be asked one after the other.</param>
    public RouteIndex(Route[] routes, int leaf) => _root = new RouteNodeBuilder(routes, leaf).Build();

    /// <summary>The position of the first route that matches; <see cref="int.MaxValue"/> for none. Allocates nothing.</summary>
    public int First(in RequestHead head) => _root.First(head, int.MaxValue);
}

/// <summary>A part of a <see cref="RouteIndex"/>.</summary>
/// <param name="least">The lowest position of a route below.</param>
internal abstract class RouteNode(int least)
{
    /// <summary>The lower of a position already found, and of the first route below that matches.</summary>
    public int First(in RequestHead head, int found) => least < found ? Look(head, found) : found;

    /// <summary>Looks below, where a lower position than the one found can be.</summary>
    protected abstract int Look(in RequestHead head, int found);
}

/// <summary>Routes that are asked one after the other.</summary>
/// <param name="routes">When each holds, with its position; positions ascend.</param>
internal sealed class RouteLeaf((int Position, RouteMatcher Matcher)[] routes) : RouteNode(routes[0].Position)
{
    protected override int Look(in RequestHead head, int found)
    {
        foreach (var (position, matcher) in routes)
        {
            if (position >= found)
                break;
            if (matcher.Matches(head))
                return position;
        }
        return found;
    }
}

/// <summary>Looks a part of the request up among the values that routes demand of it.</summary>
internal sealed class RouteFork(int least, RouteKey key, TextTable<RouteNode> values, RouteNode? indifferent) : RouteNode(least)
{
    protected override int Look(in RequestHead head, int found)
    {
        if (key.Find(head, values) is { } demanding)
            found = demanding.First(head, found);
        return indifferent?.First(head, found) ?? found;
    }
}

/// <summary>Looks the path up among whole paths, and walks along it through prefixes.</summary>
internal sealed class PathFork(int least, TextTable<RouteNode> whole, PrefixTree prefixes, RouteNode? indifferent) : RouteNode(least)
{
    protected override int Look(in RequestHead head, int found)
    {
        if (whole.Find(head.Path) is { } exact)
            found = exact.First(head, found);
        found = prefixes.First(head, found);
        return indifferent?.First(head, found) ?? found;
    }
}
