using System.Text;

namespace Sluice.DataPlane.Pipeline;

/// <summary>Decodes the length of a request's body for Kestrel, which reads it as .NET reads numbers, signs and blanks included. Anything but
/// digits is made something that is no number for it either: it refuses the request. What the decoder makes of it is all that we get to
/// see.</summary>
internal sealed class FieldDecoder : Encoding
{
    private const string NoNumber = "x";

    private static readonly FieldDecoder ContentLength = new();

    private FieldDecoder()
    {
    }

    /// <summary>The decoder for a field: byte for byte, but for that one.</summary>
    public static Encoding For(string name) => name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase) ? ContentLength : Latin1;

    /// <inheritdoc/>
    public override int GetCharCount(byte[] bytes, int index, int count) => Decode(bytes, index, count).Length;

    /// <inheritdoc/>
    public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex)
    {
        var decoded = Decode(bytes, byteIndex, byteCount);
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
    public override int GetMaxCharCount(int byteCount) => Math.Max(byteCount, NoNumber.Length);

    private static string Decode(byte[] bytes, int index, int count)
    {
        var value = Latin1.GetString(bytes, index, count);
        return value.AsSpan().ContainsAnyExceptInRange('0', '9') ? NoNumber : value;
    }
}
