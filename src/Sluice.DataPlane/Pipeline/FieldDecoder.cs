using System.Text;

namespace Sluice.DataPlane.Pipeline;

/// <summary>Decodes the values of request fields for Kestrel: byte for byte, but for two that Kestrel understands too freely. What it makes
/// of them is all that we get to see.</summary>
internal sealed class FieldDecoder : Encoding
{
    private static readonly FieldDecoder ContentLength = new(DigitsOnly);
    private static readonly FieldDecoder Connection = new(KeepNames);

    private readonly Func<string, string> _decode;

    private FieldDecoder(Func<string, string> decode) => _decode = decode;

    /// <summary>The decoder for a field.</summary>
    public static Encoding For(string name) =>
        name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase) ? ContentLength
        : name.Equals("Connection", StringComparison.OrdinalIgnoreCase) ? Connection
        : Latin1;

    /// <inheritdoc/>
    public override int GetCharCount(byte[] bytes, int index, int count) => _decode(Latin1.GetString(bytes, index, count)).Length;

    /// <inheritdoc/>
    public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex)
    {
        var decoded = _decode(Latin1.GetString(bytes, byteIndex, byteCount));
        decoded.CopyTo(0, chars, charIndex, decoded.Length);
        return decoded.Length;
    }

    /// <inheritdoc/>
    public override int GetByteCount(char[] chars, int index, int count) => count;

    /// <inheritdoc/>
    public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) =>
        Latin1.GetBytes(chars, charIndex, charCount, bytes, byteIndex);

    /// <inheritdoc/>
    public override int GetMaxByteCount(int charCount) => charCount;

    /// <inheritdoc/>
    public override int GetMaxCharCount(int byteCount) => byteCount + ", keep-alive".Length;

    /// <summary>Kestrel reads a length as .NET reads numbers, signs and blanks included. Anything but digits is made something that is no
    /// number for it either: it answers 400.</summary>
    private static string DigitsOnly(string value) => value.AsSpan().ContainsAnyExceptInRange('0', '9') ? "x" : value;

    /// <summary>Kestrel puts a plain <c>close</c>, <c>keep-alive</c> or <c>Upgrade</c> in the place of a list that has just this one beside
    /// names of fields, and the names are gone. So there is never just one: <c>keep-alive</c>, which changes nothing in HTTP/1.1, is taken
    /// out, and put beside the others, which prevail over it.</summary>
    private static string KeepNames(string value)
    {
        if (value.Equals("keep-alive", StringComparison.OrdinalIgnoreCase))
            return "";
        var kept = new StringBuilder(value.Length);
        var mixed = false;
        foreach (var range in value.AsSpan().Split(','))
        {
            var item = value.AsSpan(range).Trim(" \t");
            if (item.Equals("keep-alive", StringComparison.OrdinalIgnoreCase))
                continue;
            mixed |= item.Equals("close", StringComparison.OrdinalIgnoreCase) || item.Equals("upgrade", StringComparison.OrdinalIgnoreCase);
            kept.Append(kept.Length > 0 ? ", " : "").Append(item);
        }
        return (mixed ? kept.Append(", keep-alive") : kept).ToString();
    }
}
