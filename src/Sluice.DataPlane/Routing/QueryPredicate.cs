namespace Sluice.DataPlane.Routing;

/// <summary>A query parameter (HTTPMatchRequest <c>queryParams</c>): the first with this key, its value as sent, not decoded.</summary>
/// <param name="key">Key, compared exactly.</param>
/// <param name="value">What the value is compared with; null for presence.</param>
public sealed class QueryPredicate(string key, StringMatcher? value) : RoutePredicate
{
    private readonly RouteKey _key = RouteKey.OfQuery(key);

    /// <inheritdoc/>
    public override bool Holds(in RequestHead head) => value is null ? _key.IsIn(head) : _key.Matches(head, value);

    /// <inheritdoc/>
    public override string Actual(in RequestHead head) =>
        _key.Show(head) is { } found ? $"the request has \"{found}\"" : "the request has none";

    /// <inheritdoc/>
    public override string ToString() => value is null ? $"query parameter {key} present" : $"query parameter {key} {value}";

    internal override (RouteKey Key, string Value)? Demand =>
        value is { Kind: StringMatchKind.Exact, IgnoreCase: false } ? (_key, value.Wire) : null;
}
