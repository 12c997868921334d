using System.IO.Hashing;
using System.Text;

namespace Sluice.DataPlane.Clusters.Balancers;

/// <summary>The one hash function of keys and endpoints: xxHash64, as in Envoy. It must never change: clients are bound by it to their
/// endpoints, across restarts and among gateways.</summary>
public static class Hashing
{
    private const int OnStack = 256;

    /// <summary>Hash of a text of header bytes: one byte a character.</summary>
    public static ulong Of(ReadOnlySpan<char> text, long seed = 0)
    {
        if (text.Length <= OnStack)
        {
            Span<byte> bytes = stackalloc byte[OnStack];
            return XxHash64.HashToUInt64(bytes[..Encoding.Latin1.GetBytes(text, bytes)], seed);
        }
        // Longer keys go through in pieces, without an array for them.
        Span<byte> piece = stackalloc byte[OnStack];
        var hash = (ulong)seed;
        while (!text.IsEmpty)
        {
            var part = text[..Math.Min(OnStack, text.Length)];
            text = text[part.Length..];
            hash = XxHash64.HashToUInt64(piece[..Encoding.Latin1.GetBytes(part, piece)], (long)hash);
        }
        return hash;
    }

    /// <summary>32 bits of a hash that say nothing about where it lies among other hashes.</summary>
    public static uint Other(ulong hash)
    {
        hash = (hash ^ (hash >> 33)) * 0xFF51AFD7ED558CCD;
        hash = (hash ^ (hash >> 33)) * 0xC4CEB9FE1A85EC53;
        return (uint)((hash ^ (hash >> 33)) >> 32);
    }
}
