namespace Sluice.DataPlane.Routing;

/// <summary>One condition on a request.</summary>
public abstract class RoutePredicate
{
    /// <summary>Whether the request fulfils it. Allocates nothing.</summary>
    public abstract bool Holds(in RequestHead head);

    /// <summary>What the request has instead, in words: <c>the path is /x</c>.</summary>
    public abstract string Actual(in RequestHead head);

    /// <summary>What is wanted, in words: <c>header my-header exact "canary"</c>.</summary>
    public abstract override string ToString();

    /// <summary>The one value that a part of the request must have for this to hold; null when there is no such. An index can then tell
    /// by a look-up that a route is out.</summary>
    internal virtual (RouteKey Key, string Value)? Demand => null;
}

/// <summary>The path without query (HTTPMatchRequest <c>uri</c>).</summary>
public sealed class PathPredicate(StringMatcher matcher) : RoutePredicate
{
    /// <summary>What the path is compared with.</summary>
    public StringMatcher Matcher { get; } = matcher;

    /// <inheritdoc/>
    public override bool Holds(in RequestHead head) => Matcher.Matches(head.Path);

    /// <inheritdoc/>
    public override string Actual(in RequestHead head) => $"the path is {head.Path}";

    /// <inheritdoc/>
    public override string ToString() => Matcher.Kind switch
    {
        StringMatchKind.Exact => $"exact {Matcher.Text}",
        StringMatchKind.Prefix => $"prefix {Matcher.Text}",
        _ => $"regex {Matcher.Text}",
    } + (Matcher.IgnoreCase ? " (ignoring case)" : "");
}

/// <summary>The part of the request line or URI that a <see cref="HeadPredicate"/> looks at.</summary>
public enum HeadPart
{
    /// <summary>The method; case counts.</summary>
    Method,

    /// <summary>The authority as received, with its port; case counts.</summary>
    Authority,

    /// <summary><c>http</c> or <c>https</c>.</summary>
    Scheme,
}

/// <summary>Method, authority or scheme (HTTPMatchRequest <c>method</c>, <c>authority</c>, <c>scheme</c>).</summary>
public sealed class HeadPredicate(HeadPart part, StringMatcher matcher) : RoutePredicate
{
    private readonly RouteKey _key = RouteKey.Of(part);

    /// <inheritdoc/>
    public override bool Holds(in RequestHead head) => _key.Matches(head, matcher);

    /// <inheritdoc/>
    public override string Actual(in RequestHead head) => $"the {Word} is {_key.Show(head)}";

    /// <inheritdoc/>
    public override string ToString() => $"{Word} {matcher}";

    internal override (RouteKey Key, string Value)? Demand =>
        matcher is { Kind: StringMatchKind.Exact, IgnoreCase: false } ? (_key, matcher.Wire) : null;

    private string Word => part switch
    {
        HeadPart.Method => "method",
        HeadPart.Authority => "authority",
        _ => "scheme",
    };
}
