using System.Text;
using System.Text.RegularExpressions;
using Sluice.DataPlane.Routing;

namespace Sluice.Fuzz.Targets;

/// <summary>The input is an RE2 pattern of a configuration. It is refused with a reason, or runs without backtracking; a whole match is one
/// that a search finds, too.</summary>
internal static class PatternTarget
{
    // What is large is slow to build, and says nothing new.
    private const int MaxLength = 64;

    private static readonly string[] Values = ["", "a", "/api/v1/items", "aaaaaaaaaaaaaaaaaaaaaaaa!", "x\ny", "AZaz09_-. "];

    public static string Run(byte[] input)
    {
        var pattern = Encoding.UTF8.GetString(input.AsSpan(0, Math.Min(input.Length, MaxLength)));
        if (!Re2Pattern.TryCompileFullMatch(pattern, out var full, out var reason))
            return reason.Split(':')[0];
        if (!full.Options.HasFlag(RegexOptions.NonBacktracking))
            throw new FuzzException("it can backtrack");
        if (!Re2Pattern.TryCompileSearch(pattern, out var search, out reason))
            throw new FuzzException($"covers a value, but can't be looked for: {reason}");
        var kind = "";
        foreach (var value in Values)
        {
            var matches = full.IsMatch(value);
            if (matches && !search.IsMatch(value))
                throw new FuzzException($"covers '{value}', but is not found in it");
            kind += matches ? '1' : '0';
        }
        return kind;
    }
}
