namespace Sluice.Tests.Samples;

/// <summary>Whether traffic is split as a route's weights say. The bounds are so wide that a fair split is taken for a wrong one once in
/// a million times, and no wider.</summary>
internal static class Shares
{
    private const double Doubt = 1e-6;

    /// <summary>Fails where an answer's share is too far from its weight, or where another answer came.</summary>
    public static void Follow(IReadOnlyDictionary<string, int> counts, params (string Answer, int Percent)[] weights)
    {
        Assert.Equal(weights.Select(w => w.Answer).Order(), counts.Keys.Order());
        var total = counts.Values.Sum();
        foreach (var (answer, percent) in weights)
        {
            var (least, most) = Bounds(total, percent / 100.0);
            Assert.InRange(counts[answer], least, most);
        }
    }

    /// <summary>How often something of a probability may happen in so many trials, by Chernoff's bound: outside on one side with a
    /// probability of at most exp(-n·D(q‖p)) each, where q is the share seen and D the relative entropy.</summary>
    public static (int Least, int Most) Bounds(int trials, double probability)
    {
        var least = (int)Math.Ceiling(trials * probability);
        while (least > 0 && !IsTooFar(least - 1))
            least--;
        var most = (int)Math.Floor(trials * probability);
        while (most < trials && !IsTooFar(most + 1))
            most++;
        return (least, most);

        bool IsTooFar(int count) => Math.Exp(-trials * RelativeEntropy((double)count / trials, probability)) < Doubt / 2;
    }

    private static double RelativeEntropy(double q, double p) => Term(q, p) + Term(1 - q, 1 - p);

    private static double Term(double q, double p) => q == 0 ? 0 : q * Math.Log(q / p);
}
