namespace Sluice.DataPlane.Routing;

/// <summary>Builds a <see cref="RouteIndex"/>: as long as too many routes are together, they are told apart by what most of them demand.</summary>
internal sealed class RouteNodeBuilder(Route[] routes, int leaf)
{
    /// <summary>The tree of all routes.</summary>
    public RouteNode Build() => Build([.. Enumerable.Range(0, routes.Length)], []);

    // `used` are the questions asked on the way here: fork keys, and true or false for paths with and without regard to case.
    private RouteNode Build(int[] positions, HashSet<object> used)
    {
        if (positions.Length <= leaf)
            return Leaf(positions);
        var (question, distinct) = BestKey(positions, used);
        var (ignoreCase, distinctPaths) = BestPath(positions, used);
        if (Math.Max(distinct, distinctPaths) < 2)
            return Leaf(positions);
        return distinctPaths >= distinct
            ? ForkByPath(positions, ignoreCase, [.. used, ignoreCase])
            : ForkByKey(positions, question, [.. used, question]);
    }

    // With the matchers themselves: each object on the way to them is a look into memory.
    private RouteLeaf Leaf(int[] positions) => new(Array.ConvertAll(positions, p => (p, routes[p].Matcher)));

    private (RouteKey Key, int Distinct) BestKey(int[] positions, HashSet<object> used)
    {
        var values = new Dictionary<RouteKey, HashSet<string>>();
        foreach (var position in positions)
        {
            foreach (var predicate in routes[position].Matcher.Predicates)
            {
                if (predicate.Demand is not var (key, value) || used.Contains(key))
                    continue;
                if (!values.TryGetValue(key, out var seen))
                    values[key] = seen = new HashSet<string>(StringComparer.Ordinal);
                seen.Add(value);
            }
        }
        return values.Count == 0 ? default : values.Select(v => (v.Key, v.Value.Count)).MaxBy(v => v.Count);
    }

    private (bool IgnoreCase, int Distinct) BestPath(int[] positions, HashSet<object> used)
    {
        var (heeding, ignoring) = (Count(false), Count(true));
        return ignoring > heeding ? (true, ignoring) : (false, heeding);

        int Count(bool ignoreCase) => used.Contains(ignoreCase)
            ? 0
            : positions.Select(p => PathOf(p, ignoreCase)).OfType<StringMatcher>().Select(m => (m.Kind == StringMatchKind.Exact, m.Wire))
                .Distinct().Count();
    }

    private RouteFork ForkByKey(int[] positions, RouteKey key, HashSet<object> used)
    {
        var groups = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        var indifferent = new List<int>();
        foreach (var position in positions)
            Group(groups, indifferent, DemandOf(position, key), position);
        return new RouteFork(positions[0], key, new TextTable<RouteNode>(Nodes(groups, used)), Rest(indifferent, used));
    }

    private PathFork ForkByPath(int[] positions, bool ignoreCase, HashSet<object> used)
    {
        var comparer = ignoreCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;
        var whole = new Dictionary<string, List<int>>(comparer);
        var prefixes = new Dictionary<string, List<int>>(comparer);
        var indifferent = new List<int>();
        foreach (var position in positions)
        {
            var matcher = PathOf(position, ignoreCase);
            Group(matcher?.Kind == StringMatchKind.Exact ? whole : prefixes, indifferent, matcher?.Wire, position);
        }
        return new PathFork(positions[0], new TextTable<RouteNode>(Nodes(whole, used), ignoreCase),
            new PrefixTree(Nodes(prefixes, used), ignoreCase), Rest(indifferent, used));
    }

    private static void Group(Dictionary<string, List<int>> groups, List<int> indifferent, string? value, int position)
    {
        if (value is null)
            indifferent.Add(position);
        else if (groups.TryGetValue(value, out var group))
            group.Add(position);
        else
            groups[value] = [position];
    }

    private Dictionary<string, RouteNode> Nodes(Dictionary<string, List<int>> groups, HashSet<object> used) =>
        groups.ToDictionary(g => g.Key, g => Build([.. g.Value], used), groups.Comparer);

    private RouteNode? Rest(List<int> positions, HashSet<object> used) => positions.Count == 0 ? null : Build([.. positions], used);

    private string? DemandOf(int position, RouteKey key)
    {
        foreach (var predicate in routes[position].Matcher.Predicates)
        {
            if (predicate.Demand is var (demanded, value) && demanded == key)
                return value;
        }
        return null;
    }

    // The slash that all paths begin with tells nothing apart.
    private StringMatcher? PathOf(int position, bool ignoreCase) =>
        routes[position].Matcher.Path is { } path && path.IgnoreCase == ignoreCase
            && (path.Kind == StringMatchKind.Exact || path.Wire is not ("" or "/")) ? path : null;
}
