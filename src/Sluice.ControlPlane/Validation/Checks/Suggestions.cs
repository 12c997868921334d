namespace Sluice.ControlPlane.Validation.Checks;

/// <summary>Guesses what a mistyped name was meant to be.</summary>
internal static class Suggestions
{
    private const int MaxLength = 128;

    /// <summary>A hint that names the closest candidate, or null when none is close.</summary>
    public static string? DidYouMean(string name, IEnumerable<string> candidates) =>
        Closest(name, candidates) is { } best ? $"did you mean {best}?" : null;

    /// <summary>The candidate that differs least; null when the best one differs in more than a third of the name.</summary>
    public static string? Closest(string name, IEnumerable<string> candidates)
    {
        if (name.Length is 0 or > MaxLength) return null;
        string? best = null;
        var limit = Math.Max(1, name.Length / 3);
        foreach (var candidate in candidates)
        {
            if (Math.Abs(candidate.Length - name.Length) > limit || candidate == name) continue;
            var distance = Distance(name, candidate);
            if (distance > limit || (distance == limit && best is not null)) continue;
            best = candidate;
            limit = distance;
        }

        return best;
    }

    /// <summary>Edits (insert, delete, replace, swap of neighbours) that lead from one text to the other.</summary>
    private static int Distance(string a, string b)
    {
        Span<int> before = stackalloc int[b.Length + 1];
        Span<int> previous = stackalloc int[b.Length + 1];
        Span<int> current = stackalloc int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++) previous[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replace = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                var best = Math.Min(replace, 1 + Math.Min(previous[j], current[j - 1]));
                var swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
                current[j] = swapped ? Math.Min(best, before[j - 2] + 1) : best;
            }

            previous.CopyTo(before);
            current.CopyTo(previous);
        }

        return previous[b.Length];
    }
}
