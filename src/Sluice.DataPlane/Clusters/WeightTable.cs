namespace Sluice.DataPlane.Clusters;

/// <summary>Maps draws to entries in proportion to their weights.</summary>
internal sealed class WeightTable
{
    private readonly int[] _ends;

    /// <param name="weights">Weights; anything below 1 counts as 1. A sum beyond 31 bits is scaled down.</param>
    public WeightTable(int[] weights)
    {
        var shift = 0;
        while (weights.Sum(w => Math.Max(1L, w >> shift)) > int.MaxValue)
            shift++;
        AreEqual = Array.TrueForAll(weights, w => w == weights[0]);
        _ends = new int[weights.Length];
        for (var i = 0; i < weights.Length; i++)
            _ends[i] = Total += Math.Max(1, weights[i] >> shift);
    }

    /// <summary>Sum of the weights.</summary>
    public int Total { get; }

    /// <summary>Whether all weigh the same.</summary>
    public bool AreEqual { get; }

    /// <summary>Where an entry's draws begin.</summary>
    public int StartOf(int entry) => entry == 0 ? 0 : _ends[entry - 1];

    /// <summary>Weight of an entry, as it counts here.</summary>
    public int WeightOf(int entry) => _ends[entry] - StartOf(entry);

    /// <summary>The entry that a draw falls on.</summary>
    /// <param name="draw">In [0, <see cref="Total"/>).</param>
    public int Find(int draw)
    {
        if (AreEqual)
            return draw / _ends[0];
        var found = Array.BinarySearch(_ends, draw);
        // Each entry's draws end right before its number.
        return found < 0 ? ~found : found + 1;
    }

    /// <summary>Brings 32 random bits into a range.</summary>
    public static int Scale(uint random, int range) => (int)((ulong)random * (uint)range >> 32);
}
