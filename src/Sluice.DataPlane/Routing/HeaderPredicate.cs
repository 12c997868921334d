namespace Sluice.DataPlane.Routing;

/// <summary>A header field (HTTPMatchRequest <c>headers</c>, and <c>withoutHeaders</c> as the negation).</summary>
/// <remarks>Several lines of one name count as one value joined with commas. Negated with a value, a missing header counts as the empty
/// string; negated without one, the header must be absent. Keys such as <c>:method</c>, and <c>host</c>, look at the request line.</remarks>
public sealed class HeaderPredicate : RoutePredicate
{
    private readonly RouteKey _key;
    private readonly StringMatcher? _value;
    private readonly bool _negated;

    /// <param name="name">Field name, or a pseudo header.</param>
    /// <param name="value">What the value is compared with; null for mere presence.</param>
    /// <param name="negated">Whether the header must not match (<c>withoutHeaders</c>).</param>
    public HeaderPredicate(string name, StringMatcher? value, bool negated)
    {
        Name = name;
        _key = RouteKey.OfHeader(name);
        _value = value;
        _negated = negated;
    }

    /// <summary>Field name as written.</summary>
    public string Name { get; }

    /// <summary>What the value is compared with; null for presence.</summary>
    public StringMatcher? Value => _value;

    /// <inheritdoc/>
    public override bool Holds(in RequestHead head)
    {
        if (_value is null)
            return _key.IsIn(head) != _negated;
        if (!_negated)
            return _key.Matches(head, _value);
        return _key.IsIn(head) ? !_key.Matches(head, _value) : !_value.Matches("");
    }

    /// <inheritdoc/>
    public override string Actual(in RequestHead head) =>
        _key.Show(head) is { } value ? $"the request has \"{value}\"" : "the request has none";

    /// <inheritdoc/>
    public override string ToString() => (_negated, _value) switch
    {
        (false, null) => $"header {Name} present",
        (true, null) => $"header {Name} absent",
        (false, _) => $"header {Name} {_value}",
        (true, _) => $"header {Name} not {_value}",
    };

    internal override (RouteKey Key, string Value)? Demand =>
        !_negated && _value is { Kind: StringMatchKind.Exact, IgnoreCase: false } ? (_key, _value.Wire) : null;
}
