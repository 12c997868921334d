using Microsoft.Extensions.Primitives;

namespace Sluice.DataPlane.Routing;

/// <summary>A header field (HTTPMatchRequest <c>headers</c>, and <c>withoutHeaders</c> as the negation).</summary>
/// <remarks>Several lines of one name count as one value joined with commas. Negated with a value, a missing header counts as the empty
/// string; negated without one, the header must be absent. Keys such as <c>:method</c> look at the request line.</remarks>
public sealed class HeaderPredicate : RoutePredicate
{
    private readonly string _name;
    private readonly StringMatcher? _value;
    private readonly bool _negated;

    /// <param name="name">Field name, or a pseudo header.</param>
    /// <param name="value">What the value is compared with; null for mere presence.</param>
    /// <param name="negated">Whether the header must not match (<c>withoutHeaders</c>).</param>
    public HeaderPredicate(string name, StringMatcher? value, bool negated)
    {
        _name = name;
        _value = value;
        _negated = negated;
    }

    /// <summary>Field name as written.</summary>
    public string Name => _name;

    /// <summary>What the value is compared with; null for presence.</summary>
    public StringMatcher? Value => _value;

    /// <summary>Whether this is a <c>withoutHeaders</c> entry.</summary>
    public bool Negated => _negated;

    /// <inheritdoc/>
    public override bool Holds(in RequestHead head)
    {
        var present = TryRead(head, out var value);
        if (_value is null)
            return present != _negated;
        if (!present)
            return _negated && !_value.Matches("");
        return _value.Matches(value) != _negated;
    }

    /// <inheritdoc/>
    public override string Actual(in RequestHead head) =>
        TryRead(head, out var value) ? $"the request has \"{value}\"" : "the request has none";

    /// <inheritdoc/>
    public override string ToString() => (_negated, _value) switch
    {
        (false, null) => $"header {_name} present",
        (true, null) => $"header {_name} absent",
        (false, _) => $"header {_name} {_value}",
        (true, _) => $"header {_name} not {_value}",
    };

    private bool TryRead(in RequestHead head, out string value)
    {
        if (_name.StartsWith(':'))
        {
            value = _name switch
            {
                ":method" => head.Method,
                ":authority" => head.Authority,
                ":scheme" => head.Scheme,
                ":path" => head.Target,
                _ => "",
            };
            return value.Length > 0;
        }
        if (!head.Headers.TryGetValue(_name, out StringValues values))
        {
            value = "";
            return false;
        }
        // Joining allocates only for a field that came in several lines.
        value = values.Count == 1 ? values[0] ?? "" : string.Join(',', values.AsEnumerable());
        return true;
    }
}
