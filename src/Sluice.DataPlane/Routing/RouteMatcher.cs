namespace Sluice.DataPlane.Routing;

/// <summary>When a route holds: all of its predicates must. A matcher without predicates holds for every request.</summary>
/// <remarks>One entry of HTTPRoute <c>match</c>; the entries of a list are separate routes. Predicates that don't depend on the request
/// (port, gateways, sourceLabels) were settled when the snapshot was compiled.</remarks>
public sealed class RouteMatcher
{
    private readonly RoutePredicate[] _predicates;

    /// <summary>Holds for every request.</summary>
    public static readonly RouteMatcher Any = new([]);

    /// <param name="predicates">All must hold; the cheap and the discriminating ones first.</param>
    public RouteMatcher(RoutePredicate[] predicates)
    {
        _predicates = predicates;
        Path = Array.Find(predicates, p => p is PathPredicate) is PathPredicate path ? path.Matcher : null;
    }

    /// <summary>The predicate on the path, when there is one.</summary>
    public StringMatcher? Path { get; }

    /// <summary>All predicates in the order of evaluation.</summary>
    public ReadOnlySpan<RoutePredicate> Predicates => _predicates;

    /// <summary>Whether every request is covered: no predicate but a path of prefix <c>/</c> or regex <c>.*</c>. Such routes go to the end
    /// of their virtual host, and what one VirtualService lists behind one is unreachable.</summary>
    public bool IsCatchAll => _predicates.Length == 0 || (_predicates.Length == 1 && Path is
        { Kind: StringMatchKind.Prefix, Text: "/" } or { Kind: StringMatchKind.Regex, Text: ".*" });

    /// <summary>Whether all predicates hold.</summary>
    public bool Matches(in RequestHead head) => FirstMismatch(head) is null;

    /// <summary>The first predicate that does not hold; null when the route matches.</summary>
    public RoutePredicate? FirstMismatch(in RequestHead head)
    {
        foreach (var predicate in _predicates)
        {
            if (!predicate.Holds(head))
                return predicate;
        }
        return null;
    }

    /// <summary>All predicates in words, e.g. <c>prefix /api, header x-user exact "jason"</c>.</summary>
    public override string ToString() =>
        _predicates.Length == 0 ? "prefix /" : string.Join(", ", _predicates.Select(p => p.ToString()));
}
