namespace Sluice.Tests.Chance;

/// <summary>Whether traffic is split as a configuration says. The bounds are so wide that a fair split is taken for a wrong one once in
/// a million times, and no wider.</summary>
internal static class Shares
{
    private const double Doubt = 1e-6;

    /// <summary>Fails where an answer's share is too far from its percentage, or where another answer came.</summary>
    public static void Follow(IReadOnlyDictionary<string, int> counts, params (string Answer, double Percent)[] shares)
    {
        Assert.Equal(shares.Select(s => s.Answer).Order(StringComparer.Ordinal), counts.Keys.Order(StringComparer.Ordinal));
        var total = counts.Values.Sum();
        foreach (var (answer, percent) in shares)
        {
            // Each answer has its part of the doubt, so that all of them together have no more.
            var (least, most) = Binomial.Bounds(total, percent / 100, Doubt / shares.Length);
            Assert.True(counts[answer] >= least && counts[answer] <= most,
                $"'{answer}' came {counts[answer]} times in {total}; {percent} % are {least} to {most}");
        }
    }
}
