namespace Sluice.DataPlane.Routing;

/// <summary>A query parameter (HTTPMatchRequest <c>queryParams</c>): the first with this key, its value as sent, not decoded.</summary>
/// <param name="key">Key, compared exactly.</param>
/// <param name="value">What the value is compared with; null for presence.</param>
public sealed class QueryPredicate(string key, StringMatcher? value) : RoutePredicate
{
    /// <inheritdoc/>
    public override bool Holds(in RequestHead head) =>
        TryFind(head.Query, out var found) && (value is null || value.Matches(found));

    /// <inheritdoc/>
    public override string Actual(in RequestHead head) =>
        TryFind(head.Query, out var found) ? $"the request has \"{found}\"" : "the request has none";

    /// <inheritdoc/>
    public override string ToString() => value is null ? $"query parameter {key} present" : $"query parameter {key} {value}";

    private bool TryFind(ReadOnlySpan<char> query, out ReadOnlySpan<char> found)
    {
        while (!query.IsEmpty)
        {
            var end = query.IndexOf('&');
            var pair = end < 0 ? query : query[..end];
            query = end < 0 ? default : query[(end + 1)..];
            var equals = pair.IndexOf('=');
            var name = equals < 0 ? pair : pair[..equals];
            if (name.SequenceEqual(key))
            {
                found = equals < 0 ? default : pair[(equals + 1)..];
                return true;
            }
        }
        found = default;
        return false;
    }
}
