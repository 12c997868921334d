namespace Sluice.ControlPlane.Sources.Schema;

/// <summary>Guesses what somebody meant to write.</summary>
internal static class Suggestion
{
    /// <summary>The candidate that is nearest to what was written, or null when none is near: the same but for case, <c>_</c> and
    /// <c>-</c>, or a few letters away.</summary>
    public static string? Nearest(string written, IEnumerable<string> candidates)
    {
        string? nearest = null;
        var limit = Math.Min(3, Math.Max(1, written.Length / 3));
        var plain = Plain(written);
        foreach (var candidate in candidates.Order(StringComparer.Ordinal))
        {
            if (Plain(candidate).Equals(plain, StringComparison.Ordinal)) return candidate;
            var distance = Distance(written, candidate);
            if (distance > limit) continue;
            // The limit becomes the best distance so far; of equally near ones the first stays.
            (nearest, limit) = (candidate, distance - 1);
        }

        return nearest;
    }

    /// <summary>Number of letters to add, drop, replace or swap with their neighbour (optimal string alignment).</summary>
    internal static int Distance(string a, string b)
    {
        if (Math.Abs(a.Length - b.Length) > 3) return int.MaxValue;
        var (beforeLast, last, current) = (new int[b.Length + 1], new int[b.Length + 1], new int[b.Length + 1]);
        for (var j = 0; j <= b.Length; j++) last[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                current[j] = Math.Min(Math.Min(current[j - 1], last[j]) + 1, last[j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    current[j] = Math.Min(current[j], beforeLast[j - 2] + 1);
            }

            (beforeLast, last, current) = (last, current, beforeLast);
        }

        return last[b.Length];
    }

    private static string Plain(string name) => name
        .Replace("_", "", StringComparison.Ordinal)
        .Replace("-", "", StringComparison.Ordinal)
        .ToLowerInvariant();
}
