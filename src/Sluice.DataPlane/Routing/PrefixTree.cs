namespace Sluice.DataPlane.Routing;

/// <summary>The prefixes of paths as a radix tree: the cost of a walk depends on the path, not on how many prefixes there are.</summary>
internal sealed class PrefixTree
{
    private readonly bool _ignoreCase;
    private readonly string _label;
    private readonly string _first;
    private readonly PrefixTree[] _children;
    private readonly RouteNode? _node;

    /// <param name="prefixes">Prefixes and the routes behind each; none twice.</param>
    /// <param name="ignoreCase">Whether letter case is ignored.</param>
    public PrefixTree(IReadOnlyDictionary<string, RouteNode> prefixes, bool ignoreCase)
        : this([.. prefixes.Select(p => (ignoreCase ? p.Key.ToUpperInvariant() : p.Key, p.Value)).OrderBy(p => p.Item1, StringComparer.Ordinal)],
            0, 0, ignoreCase)
    {
    }

    // Sorted prefixes that are equal up to `end`; the label of this part begins at `start`.
    private PrefixTree(ReadOnlySpan<(string Text, RouteNode Node)> sorted, int start, int end, bool ignoreCase)
    {
        _ignoreCase = ignoreCase;
        _label = sorted.IsEmpty ? "" : sorted[0].Text[start..end];
        if (!sorted.IsEmpty && sorted[0].Text.Length == end)
        {
            _node = sorted[0].Node;
            sorted = sorted[1..];
        }
        var children = new List<PrefixTree>();
        var first = new List<char>();
        while (!sorted.IsEmpty)
        {
            var count = 1;
            while (count < sorted.Length && sorted[count].Text[end] == sorted[0].Text[end])
                count++;
            // What is sorted between two texts shares what they share.
            var common = sorted[0].Text.AsSpan().CommonPrefixLength(sorted[count - 1].Text);
            first.Add(sorted[0].Text[end]);
            children.Add(new PrefixTree(sorted[..count], end, common, ignoreCase));
            sorted = sorted[count..];
        }
        _children = [.. children];
        _first = string.Concat(first);
    }

    /// <summary>The lower of a position already found, and of the first route that matches behind a prefix of the path.</summary>
    public int First(in RequestHead head, int found)
    {
        var path = head.Path;
        for (var tree = this; ;)
        {
            if (tree._node is { } node)
                found = node.First(head, found);
            if (path.IsEmpty)
                return found;
            var child = tree._first.AsSpan().IndexOf(_ignoreCase ? char.ToUpperInvariant(path[0]) : path[0]);
            if (child < 0)
                return found;
            tree = tree._children[child];
            if (!path.StartsWith(tree._label, _ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal))
                return found;
            path = path[tree._label.Length..];
        }
    }
}
