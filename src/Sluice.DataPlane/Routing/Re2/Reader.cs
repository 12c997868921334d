using System.Globalization;
using System.Text;

namespace Sluice.DataPlane.Routing.Re2;

/// <summary>Walks over a pattern, code point by code point, and reads the escapes that stand for one code point.</summary>
internal sealed class Reader(string pattern)
{
    /// <summary>Offset of the next character.</summary>
    public int Position { get; private set; }

    /// <summary>Whether nothing is left.</summary>
    public bool AtEnd => Position >= pattern.Length;

    /// <summary>The next character; NUL at the end.</summary>
    public char Peek(int ahead = 0) => Position + ahead < pattern.Length ? pattern[Position + ahead] : '\0';

    /// <summary>Whether the rest begins with a text.</summary>
    public bool IsAt(string text) => pattern.AsSpan(Position).StartsWith(text, StringComparison.Ordinal);

    /// <summary>Passes over a text when the rest begins with it.</summary>
    public bool TrySkip(string text)
    {
        if (!IsAt(text))
            return false;
        Position += text.Length;
        return true;
    }

    /// <summary>Passes over some characters.</summary>
    public void Skip(int count) => Position += count;

    /// <summary>Goes back to an earlier position.</summary>
    public void Rewind(int position) => Position = position;

    /// <summary>What was written from a position up to here.</summary>
    public string Since(int position) => pattern[position..Position];

    /// <summary>Reads up to a text and passes over it; null, without moving, when it doesn't come.</summary>
    public string? ReadUntil(string end)
    {
        var at = pattern.IndexOf(end, Position, StringComparison.Ordinal);
        if (at < 0)
            return null;
        var text = pattern[Position..at];
        Position = at + end.Length;
        return text;
    }

    /// <summary>Reads one code point.</summary>
    public int ReadCodePoint()
    {
        if (Rune.DecodeFromUtf16(pattern.AsSpan(Position), out var rune, out var length) != System.Buffers.OperationStatus.Done)
            throw new PatternException("the pattern holds half a surrogate pair");
        Position += length;
        return rune.Value;
    }

    /// <summary>Reads digits of a repetition count; null when there are none, or a zero leads.</summary>
    public int? ReadCount()
    {
        var begin = Position;
        while (char.IsAsciiDigit(Peek()))
            Position++;
        var digits = pattern.AsSpan(begin, Position - begin);
        if (digits.IsEmpty || (digits.Length > 1 && digits[0] == '0'))
            return null;
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : int.MaxValue;
    }

    /// <summary>Reads what follows a backslash that has been passed, when it stands for one code point.</summary>
    public int ReadEscape()
    {
        if (AtEnd)
            throw new PatternException("a backslash ends the pattern");
        var begin = Position - 1;
        var character = ReadCodePoint();
        switch (character)
        {
            case >= '1' and <= '7' when Peek() is < '0' or > '7':
            case '8' or '9':
                throw new PatternException($"back-references are not supported: {Since(begin)}");
            case >= '0' and <= '7':
                return ReadOctal(character - '0');
            case 'x':
                return ReadHex(begin);
            case 'a':
                return '\a';
            case 'f':
                return '\f';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'v':
                return '\v';
            case 'C':
                throw new PatternException(@"\C, a single byte, is not supported");
            case < 0x80 when !char.IsAsciiLetterOrDigit((char)character):
                return character;
            default:
                throw new PatternException($"invalid escape {Since(begin)}");
        }
    }

    private int ReadOctal(int value)
    {
        for (var digits = 1; digits < 3 && Peek() is >= '0' and <= '7'; digits++)
            value = value * 8 + (ReadCodePoint() - '0');
        return value;
    }

    // Two digits, or any number of them in braces.
    private int ReadHex(int begin)
    {
        string? digits;
        if (TrySkip("{"))
        {
            digits = ReadUntil("}");
        }
        else
        {
            digits = pattern.Substring(Position, Math.Min(2, pattern.Length - Position));
            Position += digits.Length;
            if (digits.Length < 2)
                digits = null;
        }
        if (int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            && value is >= 0 and <= CodePointSet.Last)
            return value;
        throw new PatternException($"invalid escape {Since(begin)}");
    }
}
