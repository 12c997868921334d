namespace Sluice.Tests.Chance;

/// <summary>How often something of a probability happens in so many independent trials: exact, no approximation.</summary>
internal static class Binomial
{
    /// <summary>The counts that a fair coin stays within, except with the doubt: half of it lies below, half above, and bounds any
    /// narrower would leave out more.</summary>
    /// <param name="trials">Number of trials.</param>
    /// <param name="probability">Probability of each, 0 to 1.</param>
    /// <param name="doubt">How probable it may be that a fair coin falls outside.</param>
    public static (int Least, int Most) Bounds(int trials, double probability, double doubt)
    {
        // Seen from the other side, the successes above are the failures below.
        var least = Least(trials, probability, doubt / 2);
        var most = trials - Least(trials, 1 - probability, doubt / 2);
        return (least, most);
    }

    private static int Least(int trials, double probability, double tail)
    {
        var below = 0.0;
        for (var k = 0; k < trials; k++)
        {
            below += Exactly(k, trials, probability);
            if (below > tail)
                return k;
        }
        return trials;
    }

    // As logarithms: the powers alone are too small for a double.
    private static double Exactly(int count, int trials, double probability)
    {
        if (probability is 0 or 1)
            return count == trials * (int)probability ? 1 : 0;
        return Math.Exp(LogFactorials.Of(trials) - LogFactorials.Of(count) - LogFactorials.Of(trials - count)
            + count * Math.Log(probability) + (trials - count) * Math.Log(1 - probability));
    }

    private static class LogFactorials
    {
        private const int Most = 100_000;
        private static readonly double[] Sums = All();

        public static double Of(int n) => Sums[n];

        private static double[] All()
        {
            var sums = new double[Most + 1];
            for (var n = 1; n <= Most; n++)
                sums[n] = sums[n - 1] + Math.Log(n);
            return sums;
        }
    }
}
