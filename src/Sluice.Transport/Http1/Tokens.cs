using System.Buffers;

namespace Sluice.Transport.Http1;

/// <summary>Character classes of RFC 9110.</summary>
internal static class Tokens
{
    /// <summary>What a field name or a method may consist of.</summary>
    public static readonly SearchValues<byte> Characters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"u8);

    /// <summary>Digits of a chunk size.</summary>
    public static readonly SearchValues<byte> HexDigits = SearchValues.Create("0123456789abcdefABCDEF"u8);

    /// <summary>What a field value must not hold: NUL, CR, LF, and the other controls but the tab.</summary>
    public static readonly SearchValues<byte> ForbiddenInValues = SearchValues.Create(
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 127]);
}
