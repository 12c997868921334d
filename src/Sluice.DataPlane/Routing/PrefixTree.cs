namespace Sluice.DataPlane.Routing;

/// <summary>The prefixes of paths as a radix tree: the cost of a walk depends on the path, not on how many prefixes there are.</summary>
/// <remarks>A walk looks only at the characters that tell prefixes apart. What lies between them, the routes' own matchers compare, so a
/// path can be led to a route that is not its own, but past none that is.</remarks>
internal sealed class PrefixTree
{
    private readonly bool _ignoreCase;

    // Position of the character that tells the children apart, the least one among them, and the children by their distance from it.
    private readonly int _position;
    private readonly char _least;
    private readonly PrefixTree?[] _children = [];
    private readonly RouteNode? _node;

    /// <param name="prefixes">Prefixes and the routes behind each; none twice.</param>
    /// <param name="ignoreCase">Whether letter case is ignored.</param>
    public PrefixTree(IReadOnlyDictionary<string, RouteNode> prefixes, bool ignoreCase)
        : this([.. prefixes.Select(p => (ignoreCase ? p.Key.ToUpperInvariant() : p.Key, p.Value)).OrderBy(p => p.Item1, StringComparer.Ordinal)],
            0, ignoreCase)
    {
    }

    // Sorted prefixes that are equal up to a position.
    private PrefixTree(ReadOnlySpan<(string Text, RouteNode Node)> sorted, int position, bool ignoreCase)
    {
        _ignoreCase = ignoreCase;
        _position = position;
        if (!sorted.IsEmpty && sorted[0].Text.Length == position)
        {
            _node = sorted[0].Node;
            sorted = sorted[1..];
        }
        if (sorted.IsEmpty)
            return;
        _least = sorted[0].Text[position];
        _children = new PrefixTree?[sorted[^1].Text[position] - _least + 1];
        while (!sorted.IsEmpty)
        {
            var count = 1;
            while (count < sorted.Length && sorted[count].Text[position] == sorted[0].Text[position])
                count++;
            // What is sorted between two texts shares what they share.
            var common = sorted[0].Text.AsSpan().CommonPrefixLength(sorted[count - 1].Text);
            _children[sorted[0].Text[position] - _least] = new PrefixTree(sorted[..count], common, ignoreCase);
            sorted = sorted[count..];
        }
    }

    /// <summary>The lower of a position already found, and of the first route that matches behind a prefix of the path.</summary>
    public int First(in RequestHead head, int found)
    {
        var path = head.Path;
        for (var tree = this; tree is not null;)
        {
            if (tree._node is { } node)
                found = node.First(head, found);
            if (tree._position >= path.Length)
                break;
            var character = _ignoreCase ? char.ToUpperInvariant(path[tree._position]) : path[tree._position];
            var distance = (uint)(character - tree._least);
            var children = tree._children;
            tree = distance < (uint)children.Length ? children[distance] : null;
        }
        return found;
    }
}
