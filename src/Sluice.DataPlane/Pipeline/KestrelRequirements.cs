using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Sluice.DataPlane.Pipeline;

/// <summary>What the pipeline needs of Kestrel so that requests reach it as they were sent, and answers leave as it made them.</summary>
public static class KestrelRequirements
{
    private static readonly Encoding Digits = new DigitsOnly();

    /// <summary>Sets the options. Limits are the caller's.</summary>
    public static void Apply(KestrelServerOptions options)
    {
        options.AddServerHeader = false;
        // An absolute target decides the authority.
        options.AllowHostHeaderOverride = true;
        // HTTP/2 behind a proxy that ended TLS says https.
        options.AllowAlternateSchemes = true;
        // Field values pass byte for byte.
        options.RequestHeaderEncodingSelector = static name =>
            name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase) ? Digits : Encoding.Latin1;
        options.ResponseHeaderEncodingSelector = static _ => Encoding.Latin1;
        options.Limits.MaxRequestBodySize = null;
    }

    /// <summary>ASCII digits, and for every other byte a letter. Kestrel reads a length as .NET reads numbers, signs and blanks included;
    /// decoded so, what is no plain number is none for Kestrel either, and it answers 400.</summary>
    private sealed class DigitsOnly : Encoding
    {
        public override int GetByteCount(char[] chars, int index, int count) => count;

        public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) =>
            Latin1.GetBytes(chars, charIndex, charCount, bytes, byteIndex);

        public override int GetCharCount(byte[] bytes, int index, int count) => count;

        public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex)
        {
            for (var i = 0; i < byteCount; i++)
                chars[charIndex + i] = char.IsAsciiDigit((char)bytes[byteIndex + i]) ? (char)bytes[byteIndex + i] : 'x';
            return byteCount;
        }

        public override int GetMaxByteCount(int charCount) => charCount;

        public override int GetMaxCharCount(int byteCount) => byteCount;
    }
}
