using System.Buffers.Binary;
using System.Text;

namespace Sluice.Transport.Tests.Wire;

/// <summary>An HTTP/2 frame (RFC 9113 §4.1).</summary>
internal readonly record struct Http2Frame(byte Type, byte Flags, int StreamId, byte[] Payload)
{
    public const byte Data = 0;
    public const byte Headers = 1;
    public const byte Settings = 4;
    public const byte GoAway = 7;
    public const byte EndStream = 1;
    public const byte EndHeaders = 4;
}

/// <summary>Just enough of HTTP/2 to see the frames of a server.</summary>
internal static class Http2Wire
{
    public static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    /// <summary>A SETTINGS frame without settings.</summary>
    public static byte[] EmptySettings { get; } = Encode(new Http2Frame(Http2Frame.Settings, 0, 0, []));

    /// <summary>A whole GET on <c>http://localhost</c>: fields 2 (GET) and 6 (http) of HPACK's static table, and literal
    /// <c>:path</c> (4) and <c>:authority</c> (1).</summary>
    public static byte[] Get(int streamId, string path = "/") => Encode(new Http2Frame(Http2Frame.Headers,
        Http2Frame.EndStream | Http2Frame.EndHeaders, streamId,
        [0x82, 0x86, 0x04, (byte)path.Length, .. Encoding.ASCII.GetBytes(path), 0x01, 0x09, .. "localhost"u8]));

    public static byte[] Encode(Http2Frame frame)
    {
        var bytes = new byte[9 + frame.Payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(bytes, frame.Payload.Length << 8 | frame.Type);
        bytes[4] = frame.Flags;
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(5), frame.StreamId);
        frame.Payload.CopyTo(bytes.AsSpan(9));
        return bytes;
    }

    public static async Task<Http2Frame> ReadFrameAsync(this WireClient client)
    {
        var head = await client.ReadExactlyAsync(9);
        var length = BinaryPrimitives.ReadInt32BigEndian(head) >>> 8;
        var payload = await client.ReadExactlyAsync(length);
        return new Http2Frame(head[3], head[4], BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(5)) & int.MaxValue, payload);
    }

    /// <summary>Reads frames until one of a type comes, and returns it.</summary>
    public static async Task<Http2Frame> ReadFrameAsync(this WireClient client, byte type)
    {
        while (true)
        {
            var frame = await client.ReadFrameAsync();
            if (frame.Type == type)
                return frame;
        }
    }
}
