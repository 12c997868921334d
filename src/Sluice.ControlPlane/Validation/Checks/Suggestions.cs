using Sluice.ControlPlane.Sources.Schema;

namespace Sluice.ControlPlane.Validation.Checks;

/// <summary>Hints that guess what a mistyped word was meant to be.</summary>
internal static class Suggestions
{
    /// <summary>A hint that names the nearest candidate, or null when none is near.</summary>
    public static string? DidYouMean(string word, IEnumerable<string> candidates) =>
        Suggestion.Nearest(word, candidates) is { } nearest ? $"did you mean {nearest}?" : null;
}
