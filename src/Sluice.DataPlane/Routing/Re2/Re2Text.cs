using System.Buffers;
using System.Text;

namespace Sluice.DataPlane.Routing.Re2;

/// <summary>The form in which a value meets a translated pattern: UTF-16, and each byte that is not UTF-8 as a half of a surrogate pair.</summary>
internal static class Re2Text
{
    // Where the stray bytes 0x80 to 0xFF lie: among the second halves of pairs, where no first half comes before them.
    private const int StrayBase = 0xDC00;

    /// <summary>The unit that a byte which is not UTF-8 becomes.</summary>
    public static int StrayUnit(int value) => StrayBase + value;

    /// <summary>Writes a value: wire text, a byte in each character. A byte that is not UTF-8 counts as one code point, as in Go, so that a
    /// pattern such as <c>.*admin.*</c> can't be dodged by putting one in.</summary>
    /// <param name="value">The value.</param>
    /// <param name="destination">At least as long as the value.</param>
    /// <returns>The number of units written.</returns>
    public static int Encode(ReadOnlySpan<char> value, Span<char> destination)
    {
        Span<byte> bytes = stackalloc byte[4];
        var written = 0;
        while (!value.IsEmpty)
        {
            var count = Math.Min(bytes.Length, value.Length);
            for (var i = 0; i < count; i++)
                bytes[i] = value[i] <= byte.MaxValue ? (byte)value[i] : byte.MaxValue;
            if (Rune.DecodeFromUtf8(bytes[..count], out var rune, out var length) == OperationStatus.Done)
            {
                written += rune.EncodeToUtf16(destination[written..]);
                value = value[length..];
            }
            else
            {
                destination[written++] = (char)StrayUnit(bytes[0]);
                value = value[1..];
            }
        }
        return written;
    }

    /// <summary>Turns written units back into wire text.</summary>
    public static string Decode(ReadOnlySpan<char> units)
    {
        var text = new StringBuilder(units.Length);
        Span<byte> bytes = stackalloc byte[4];
        while (!units.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(units, out var rune, out var length) == OperationStatus.Done)
            {
                foreach (var b in bytes[..rune.EncodeToUtf8(bytes)])
                    text.Append((char)b);
            }
            else
            {
                text.Append((char)(units[0] - StrayBase));
            }
            units = units[length..];
        }
        return text.ToString();
    }
}
