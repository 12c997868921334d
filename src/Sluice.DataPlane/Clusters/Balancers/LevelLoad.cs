namespace Sluice.DataPlane.Clusters.Balancers;

/// <summary>What a level takes of the traffic.</summary>
/// <param name="Percent">Its share; those of all levels make 100, or nothing when no endpoint is available and there is no panic.</param>
/// <param name="IsPanic">Whether the health of its endpoints is not looked at.</param>
internal readonly record struct LevelLoad(int Percent, bool IsPanic)
{
    private const int Everything = 100;
    private const int Overprovisioning = 140;

    /// <summary>The shares of all levels.</summary>
    /// <param name="levels">The groups of each level.</param>
    /// <param name="panicPercent">Share of available endpoints below which a level panics.</param>
    public static LevelLoad[] Of(EndpointGroup[][] levels, int panicPercent)
    {
        var loads = new LevelLoad[levels.Length];
        var sizes = Array.ConvertAll(levels, level => level.Sum(group => group.Endpoints.Length));
        var available = Array.ConvertAll(levels, level => level.Sum(group => group.Endpoints.Count(e => e.IsAvailable)));
        var health = new int[levels.Length];
        for (var i = 0; i < levels.Length; i++)
            health[i] = sizes[i] == 0 ? 0 : (int)Math.Min(Everything, (long)Overprovisioning * available[i] / sizes[i]);
        var total = Math.Min(Everything, health.Sum());

        // As long as several levels can take everything among them, there is no reason to panic.
        var panics = new bool[levels.Length];
        for (var i = 0; i < levels.Length; i++)
            panics[i] = (levels.Length == 1 || total < Everything) && sizes[i] > 0 && available[i] * 100L < (long)panicPercent * sizes[i];
        if (total == 0)
            return ByNumbers(sizes, panics);

        var left = Everything;
        for (var i = 0; i < levels.Length; i++)
        {
            var share = Math.Min(left, health[i] * Everything / total);
            left -= share;
            loads[i] = new LevelLoad(share, panics[i]);
        }
        // What division lost goes to the first that takes anything.
        var first = Array.FindIndex(loads, load => load.Percent > 0);
        loads[first] = loads[first] with { Percent = loads[first].Percent + left };
        return loads;
    }

    // Nothing is available: in a panic the traffic follows the number of endpoints.
    private static LevelLoad[] ByNumbers(int[] sizes, bool[] panics)
    {
        var all = sizes.Where((_, i) => panics[i]).Sum();
        return [.. sizes.Select((size, i) => new LevelLoad(panics[i] ? Math.Max(1, (int)((long)Everything * size / all)) : 0, panics[i]))];
    }
}
