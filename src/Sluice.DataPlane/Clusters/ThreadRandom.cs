using System.Security.Cryptography;

namespace Sluice.DataPlane.Clusters;

/// <summary>Random numbers for picking endpoints: a generator for each thread (SplitMix64), seeded from the system once. Not for secrets.</summary>
internal static class ThreadRandom
{
    private const ulong Step = 0x9E3779B97F4A7C15;

    [ThreadStatic]
    private static ulong _state;

    /// <summary>32 random bits.</summary>
    public static uint Next()
    {
        if (_state == 0)
            _state = Seed();
        var bits = _state += Step;
        bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
        bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
        return (uint)((bits ^ (bits >> 31)) >> 32);
    }

    /// <summary>Uniform from 0 to below a bound.</summary>
    public static int Below(int bound) => WeightTable.Scale(Next(), bound);

    private static ulong Seed()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(bytes);
        return BitConverter.ToUInt64(bytes) | 1;
    }
}
