using Sluice.Api.Networking;

namespace Sluice.ControlPlane.Validation.Rules;

/// <summary>Finds conditions on a path prefix that an earlier, shorter prefix already covers (<c>/a</c> before <c>/a/b</c>).
/// As in Istio, the other conditions must be equal, or begin like the later one's.</summary>
internal sealed class PrefixCoverage(Field at, IReadOnlyList<HttpRoute> routes)
{
    private readonly Dictionary<string, List<(int Rule, int Match)>> _byPrefix = new(StringComparer.Ordinal);
    private readonly SortedSet<int> _lengths = [];

    /// <summary>Reports the covered ones among these conditions.</summary>
    public void Check(List<(int Rule, int Match)> conditions)
    {
        foreach (var (rule, match) in conditions)
        {
            var condition = routes[rule].Match![match];
            if (condition.Uri?.Prefix is not { Length: > 0 } prefix) continue;
            foreach (var length in _lengths)
            {
                if (length >= prefix.Length) break;
                if (_byPrefix.TryGetValue(prefix[..length], out var earlier)) Report(rule, match, condition, prefix, earlier);
            }

            _lengths.Add(prefix.Length);
            if (!_byPrefix.TryGetValue(prefix, out var same)) _byPrefix[prefix] = same = [];
            same.Add((rule, match));
        }
    }

    private void Report(int rule, int match, HttpMatch condition, string prefix, List<(int Rule, int Match)> earlier)
    {
        foreach (var (coverRule, coverMatch) in earlier)
        {
            var cover = routes[coverRule].Match![coverMatch];
            if (!Covers(cover, condition)) continue;
            var place = at[rule]["match"][match];
            place.Info(Codes.IneffectiveMatch,
                $"{place.Path} (prefix {prefix}) is never used: {at[coverRule]["match"][coverMatch].Path} has the shorter "
                    + $"prefix {cover.Uri!.Prefix}",
                "put the longer prefix first");
        }
    }

    private static bool Covers(HttpMatch cover, HttpMatch condition) =>
        (cover.Port ?? 0) == (condition.Port ?? 0)
        && BeginsLike(MethodOf(cover), MethodOf(condition))
        && BeginsLike(TextOf(cover.Authority), TextOf(condition.Authority))
        && BeginLike(cover.Headers, condition.Headers)
        && BeginLike(cover.QueryParams, condition.QueryParams)
        && BeginLike(cover.WithoutHeaders, condition.WithoutHeaders);

    private static bool BeginLike(IReadOnlyDictionary<string, StringMatch>? cover,
        IReadOnlyDictionary<string, StringMatch>? condition)
    {
        if ((cover?.Count ?? 0) != (condition?.Count ?? 0)) return false;
        if (cover is null) return true;
        foreach (var (name, match) in cover)
        {
            if (!condition!.TryGetValue(name, out var other) || !BeginsLike(TextOf(match), TextOf(other))) return false;
        }

        return true;
    }

    private static bool BeginsLike(string text, string start) => text.StartsWith(start, StringComparison.Ordinal);

    private static string MethodOf(HttpMatch match) => TextOf(match.Method) is { Length: > 0 } text ? text : "exact:GET";

    private static string TextOf(StringMatch? match)
    {
        if (match?.Exact is { Length: > 0 } exact) return "exact:" + exact;
        return match?.Prefix is { Length: > 0 } prefix ? "prefix:" + prefix : "";
    }
}
