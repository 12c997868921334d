namespace Sluice.DataPlane.Routing.Re2;

/// <summary>Reads what stands for one code point out of several: <c>[a-z[:alpha:]\d]</c>, <c>\d</c>, <c>\p{Greek}</c>.</summary>
internal sealed class ClassParser(Reader reader)
{
    /// <summary>Reads a class in brackets whose <c>[</c> has been passed.</summary>
    /// <param name="ignoreCase">Whether <c>(?i)</c> is in force.</param>
    public CodePointSet ReadBracket(bool ignoreCase)
    {
        var begin = reader.Position - 1;
        var negated = reader.TrySkip("^");
        var set = new CodePointSet();
        for (var first = true; first || reader.Peek() != ']'; first = false)
        {
            if (reader.AtEnd)
                throw new PatternException($"missing ]: {reader.Since(begin)}");
            set.Add(ReadNamed(ignoreCase) ?? ReadPosix(ignoreCase) ?? Cased(ReadRange(begin), ignoreCase));
        }
        reader.Skip(1);
        return negated ? set.Complement() : set;
    }

    /// <summary>Reads <c>\d</c>, <c>\W</c>, <c>\pL</c>, <c>\P{Greek}</c>, ...; null, without moving, when something else comes.</summary>
    public CodePointSet? ReadNamed(bool ignoreCase)
    {
        if (reader.Peek() != '\\')
            return null;
        var letter = reader.Peek(1);
        if (letter is 'p' or 'P')
            return ReadUnicode(letter == 'P', ignoreCase);
        var lower = char.ToLowerInvariant(letter);
        if (CharacterClasses.Perl(lower) is not { } set)
            return null;
        reader.Skip(2);
        return Signed(set, negated: letter != lower, ignoreCase);
    }

    /// <summary>The set, with the other cases of its members when <c>(?i)</c> is in force.</summary>
    public static CodePointSet Cased(CodePointSet set, bool ignoreCase) => ignoreCase ? set.WithOtherCases() : set;

    // What a negated class excludes is widened before it is turned around: (?i)\P{Lu} is no letter that has a capital.
    private static CodePointSet Signed(CodePointSet set, bool negated, bool ignoreCase) =>
        negated ? Cased(set, ignoreCase).Complement() : Cased(set, ignoreCase);

    private CodePointSet ReadUnicode(bool negated, bool ignoreCase)
    {
        var begin = reader.Position;
        reader.Skip(2);
        string? name;
        if (reader.TrySkip("{"))
        {
            name = reader.ReadUntil("}") ?? throw new PatternException("missing } behind \\p{");
        }
        else
        {
            var at = reader.Position;
            if (!reader.AtEnd)
                reader.ReadCodePoint();
            name = reader.Since(at);
        }
        if (name.StartsWith('^'))
            (negated, name) = (!negated, name[1..]);
        var set = CharacterClasses.Unicode(name)
            ?? throw new PatternException($"there is no Unicode category or script {reader.Since(begin)}");
        return Signed(set, negated, ignoreCase);
    }

    private CodePointSet? ReadPosix(bool ignoreCase)
    {
        if (!reader.IsAt("[:"))
            return null;
        var begin = reader.Position;
        reader.Skip(2);
        if (reader.ReadUntil(":]") is not { } name)
        {
            // No end: the bracket stands for itself.
            reader.Rewind(begin);
            return null;
        }
        var negated = name.StartsWith('^');
        var set = CharacterClasses.Posix(negated ? name[1..] : name)
            ?? throw new PatternException($"there is no character class {reader.Since(begin)}");
        return Signed(set, negated, ignoreCase);
    }

    // A single code point, or two with a hyphen between; a hyphen before the closing bracket stands for itself.
    private CodePointSet ReadRange(int begin)
    {
        var from = reader.Position;
        var first = ReadEnd(begin);
        var last = first;
        if (reader.Peek() == '-' && reader.Peek(1) is not (']' or '\0'))
        {
            reader.Skip(1);
            last = ReadEnd(begin);
        }
        if (last < first)
            throw new PatternException($"the range {reader.Since(from)} is upside down");
        return CodePointSet.Of(first, last);
    }

    private int ReadEnd(int begin)
    {
        if (reader.AtEnd)
            throw new PatternException($"missing ]: {reader.Since(begin)}");
        return reader.TrySkip("\\") ? reader.ReadEscape() : reader.ReadCodePoint();
    }
}
