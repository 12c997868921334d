using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Sluice.DataPlane.Telemetry;

/// <summary>Makes the values of <c>x-request-id</c>: version 4 UUIDs. They name requests, they protect nothing, so each thread draws
/// them from a generator of its own (xoshiro256**) that is seeded from the system once: no system call a request.</summary>
public static class RequestIds
{
    [ThreadStatic]
    private static ulong[]? _state;

    /// <summary>A new id.</summary>
    public static Guid Next()
    {
        var high = Draw();
        var low = Draw();
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, high);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], low);
        bytes[6] = (byte)(0x40 | (bytes[6] & 0x0f));
        bytes[8] = (byte)(0x80 | (bytes[8] & 0x3f));
        return new Guid(bytes, bigEndian: true);
    }

    private static ulong Draw()
    {
        var state = _state ??= Seed();
        var result = BitOperations.RotateLeft(state[1] * 5, 7) * 9;
        var shifted = state[1] << 17;
        state[2] ^= state[0];
        state[3] ^= state[1];
        state[1] ^= state[2];
        state[0] ^= state[3];
        state[2] ^= shifted;
        state[3] = BitOperations.RotateLeft(state[3], 45);
        return result;
    }

    private static ulong[] Seed()
    {
        var state = new ulong[4];
        RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(state.AsSpan()));
        // The generator has one state that it never leaves.
        state[0] |= 1;
        return state;
    }
}
