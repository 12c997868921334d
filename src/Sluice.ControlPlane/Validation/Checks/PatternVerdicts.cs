using System.Collections.Concurrent;
using Sluice.DataPlane.Routing;

namespace Sluice.ControlPlane.Validation.Checks;

/// <summary>What is wrong with RE2 expressions. To translate one takes about half a millisecond, and thousands of rules share a few
/// expressions that stay the same from one reload to the next, so verdicts are kept.</summary>
internal static class PatternVerdicts
{
    /// <summary>Verdicts that are kept; all are dropped when there are more. At most 1 KiB of text each.</summary>
    private const int MaxKept = 4096;

    private static readonly ConcurrentDictionary<(string Pattern, bool IsSearch), string?> Kept = [];

    /// <summary>What is wrong with an expression that must cover a whole value, or null.</summary>
    public static string? OfFullMatch(string pattern) => Of(pattern, isSearch: false);

    /// <summary>What is wrong with an expression whose matches are looked for in a value, or null.</summary>
    public static string? OfSearch(string pattern) => Of(pattern, isSearch: true);

    private static string? Of(string pattern, bool isSearch)
    {
        if (Kept.TryGetValue((pattern, isSearch), out var known)) return known;
        string? problem;
        if (isSearch) Re2Pattern.TryCompileSearch(pattern, out _, out problem);
        else Re2Pattern.TryCompileFullMatch(pattern, out _, out problem);
        if (Kept.Count >= MaxKept) Kept.Clear();
        return Kept[(pattern, isSearch)] = problem;
    }
}
