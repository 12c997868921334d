namespace Sluice.Tests.Samples;

/// <summary>Checks a measured share.</summary>
internal static class Share
{
    /// <summary>Asks so often, and checks that an answer's share is the wanted one: within bounds that a fair coin passes 999,999 times in a
    /// million.</summary>
    public static async Task HoldsAsync(double wanted, int calls, Func<Task<bool>> ask)
    {
        var hits = 0;
        for (var i = 0; i < calls; i++)
            hits += await ask() ? 1 : 0;
        // Hoeffding: the chance to be off by t is at most 2·exp(−2·n·t²).
        var tolerance = Math.Sqrt(Math.Log(2 / 1e-6) / (2 * calls));
        Assert.InRange(hits / (double)calls, wanted - tolerance, wanted + tolerance);
    }
}
