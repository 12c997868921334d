namespace Sluice.DataPlane.Routing.Re2;

/// <summary>A set of Unicode code points, built up while a character class is read.</summary>
internal sealed class CodePointSet
{
    /// <summary>The last code point.</summary>
    public const int Last = 0x10FFFF;

    // A byte that is not UTF-8 counts as a code point of its own behind the last one: negated classes and the dot take it.
    private const int FirstStrayByte = Last + 1;
    private const int LastStrayByte = FirstStrayByte + byte.MaxValue;

    private readonly List<(int First, int Last)> _ranges = [];
    private bool _normal = true;

    /// <summary>The ranges, sorted, with gaps between them.</summary>
    public IReadOnlyList<(int First, int Last)> Ranges
    {
        get
        {
            Normalize();
            return _ranges;
        }
    }

    /// <summary>The set of one range.</summary>
    public static CodePointSet Of(int first, int last)
    {
        var set = new CodePointSet();
        set.Add(first, last);
        return set;
    }

    /// <summary>The set of all code points of a text, e.g. <c>"\t\n "</c>.</summary>
    public static CodePointSet Of(string characters)
    {
        var set = new CodePointSet();
        foreach (var rune in characters.EnumerateRunes())
            set.Add(rune.Value, rune.Value);
        return set;
    }

    /// <summary>Adds a range, both ends included.</summary>
    public void Add(int first, int last)
    {
        _ranges.Add((first, last));
        _normal = false;
    }

    /// <summary>Adds all of another set.</summary>
    public void Add(CodePointSet other)
    {
        _ranges.AddRange(other._ranges);
        _normal = false;
    }

    /// <summary>The byte that a code point stands for; null for a true code point.</summary>
    public static int? AsStrayByte(int codePoint) => codePoint > Last ? codePoint - FirstStrayByte : null;

    /// <summary>Everything that is not in this set, stray bytes included.</summary>
    public CodePointSet Complement()
    {
        var result = new CodePointSet();
        var next = 0;
        foreach (var (first, last) in Ranges)
        {
            if (first > next)
                result.Add(next, first - 1);
            next = last + 1;
        }
        if (next <= LastStrayByte)
            result.Add(next, LastStrayByte);
        return result;
    }

    /// <summary>This set, and every code point that differs from one of its own only in case.</summary>
    public CodePointSet WithOtherCases()
    {
        var result = new CodePointSet();
        result.Add(this);
        foreach (var (codePoint, others) in CaseFolding.Orbits)
        {
            if (!Contains(codePoint))
                continue;
            foreach (var other in others)
                result.Add(other, other);
        }
        return result;
    }

    /// <summary>Whether a code point is in the set.</summary>
    public bool Contains(int codePoint)
    {
        foreach (var (first, last) in Ranges)
        {
            if (codePoint < first)
                return false;
            if (codePoint <= last)
                return true;
        }
        return false;
    }

    private void Normalize()
    {
        if (_normal)
            return;
        _normal = true;
        _ranges.Sort();
        var count = 0;
        foreach (var range in _ranges.ToArray())
        {
            if (count > 0 && range.First <= _ranges[count - 1].Last + 1)
                _ranges[count - 1] = (_ranges[count - 1].First, Math.Max(_ranges[count - 1].Last, range.Last));
            else
                _ranges[count++] = range;
        }
        _ranges.RemoveRange(count, _ranges.Count - count);
    }
}
