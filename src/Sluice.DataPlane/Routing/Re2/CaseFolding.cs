using System.Collections.Frozen;
using System.Text;

namespace Sluice.DataPlane.Routing.Re2;

/// <summary>Which code points <c>(?i)</c> takes for each other: RE2 uses Unicode's simple case folding, whatever the culture, so that
/// <c>k</c> also stands for the Kelvin sign and <c>s</c> for the long s.</summary>
internal static class CaseFolding
{
    // Turkish dotted and dotless i fold to nothing in the simple folding, though they have case mappings.
    private const int DottedCapitalI = 0x130;
    private const int DotlessSmallI = 0x131;

    // .NET has no mapping out of ASCII or into it for the long s.
    private const int LongS = 0x17F;

    // Scripts with case lie in the first two planes.
    private const int LastCased = 0x1FFFF;

    private static readonly Lazy<FrozenDictionary<int, int[]>> Table = new(Build);

    /// <summary>The other members of the orbit of every code point that has one.</summary>
    public static FrozenDictionary<int, int[]> Orbits => Table.Value;

    // Code points are one orbit when upper or lower case mappings connect them.
    private static FrozenDictionary<int, int[]> Build()
    {
        var orbits = new Dictionary<int, SortedSet<int>>();
        for (var codePoint = 0; codePoint <= LastCased; codePoint++)
        {
            if (!Rune.IsValid(codePoint) || codePoint is DottedCapitalI or DotlessSmallI)
                continue;
            var rune = new Rune(codePoint);
            Join(orbits, codePoint, Rune.ToUpperInvariant(rune).Value);
            Join(orbits, codePoint, Rune.ToLowerInvariant(rune).Value);
        }
        Join(orbits, 's', LongS);
        return orbits.ToFrozenDictionary(o => o.Key, o => o.Value.Where(other => other != o.Key).ToArray());
    }

    private static void Join(Dictionary<int, SortedSet<int>> orbits, int a, int b)
    {
        if (a == b)
            return;
        var union = new SortedSet<int> { a, b };
        if (orbits.TryGetValue(a, out var ofA))
            union.UnionWith(ofA);
        if (orbits.TryGetValue(b, out var ofB))
            union.UnionWith(ofB);
        foreach (var member in union)
            orbits[member] = union;
    }
}
