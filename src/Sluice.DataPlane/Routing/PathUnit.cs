using System.Buffers;
using System.Globalization;

namespace Sluice.DataPlane.Routing;

/// <summary>The next piece of a path: a character, written plainly or as an escape that is decoded; or an escape that stays.</summary>
internal readonly record struct PathUnit(PathUnitKind Kind, char Value, int Length)
{
    private const int EscapeLength = 3;

    // Characters whose escape means the same as they (RFC 3986 §2.3).
    private static readonly SearchValues<char> Unreserved = SearchValues.Create(
        "-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~");

    /// <summary>Reads the piece that a path, which is not empty, begins with.</summary>
    public static PathUnit Read(ReadOnlySpan<char> path, PathNormalization mode)
    {
        if (path[0] is '/' or '\\')
            return new PathUnit(PathUnitKind.Slash, '/', 1);
        if (path[0] != '%')
            return new PathUnit(path[0] is '\0' or > (char)byte.MaxValue ? PathUnitKind.Forbidden : PathUnitKind.Character, path[0], 1);
        if (path.Length < EscapeLength || !char.IsAsciiHexDigit(path[1]) || !char.IsAsciiHexDigit(path[2]))
            return new PathUnit(PathUnitKind.LonePercent, '%', 1);
        var value = (char)byte.Parse(path.Slice(1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        return value switch
        {
            '\0' => new PathUnit(PathUnitKind.Forbidden, value, EscapeLength),
            '/' or '\\' when mode == PathNormalization.DecodeAndMergeSlashes => new PathUnit(PathUnitKind.Slash, '/', EscapeLength),
            _ when Unreserved.Contains(value) => new PathUnit(PathUnitKind.Character, value, EscapeLength),
            _ => new PathUnit(PathUnitKind.Kept, value, EscapeLength),
        };
    }
}

/// <summary>The kinds of a <see cref="PathUnit"/>.</summary>
internal enum PathUnitKind
{
    /// <summary>A character, written as it is or as an escape that is decoded.</summary>
    Character,

    /// <summary>What separates segments.</summary>
    Slash,

    /// <summary>An escape that stays.</summary>
    Kept,

    /// <summary>A percent sign without two digits.</summary>
    LonePercent,

    /// <summary>NUL, plain or encoded, and what is no byte.</summary>
    Forbidden,
}
