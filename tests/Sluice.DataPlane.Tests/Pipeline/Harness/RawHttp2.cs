using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sluice.DataPlane.Tests.Pipeline.Harness;

/// <summary>An HTTP/2 client that sends whatever header fields a test wants, each as a literal.</summary>
internal sealed class RawHttp2 : IDisposable
{
    private const byte Data = 0, Headers = 1, RstStream = 3, Settings = 4, GoAway = 7;
    private const byte EndStream = 1, EndHeaders = 4;

    private readonly NetworkStream _stream;

    private RawHttp2(Socket socket) => _stream = new NetworkStream(socket, ownsSocket: true);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<RawHttp2> ConnectAsync(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), Cancellation);
        var client = new RawHttp2(socket);
        await client._stream.WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray(), Cancellation);
        await client.WriteFrameAsync(Settings, 0, 0, []);
        return client;
    }

    /// <summary>Sends the head of stream 1.</summary>
    public async Task SendHeadAsync(bool endStream, params (string Name, string Value)[] fields)
    {
        var block = new MemoryStream();
        foreach (var (name, value) in fields)
        {
            block.WriteByte(0);
            WriteString(block, name);
            WriteString(block, value);
        }
        await WriteFrameAsync(Headers, (byte)(EndHeaders | (endStream ? EndStream : 0)), 1, block.ToArray());
    }

    /// <summary>What becomes of stream 1: <c>answer</c>, <c>RST n</c>, <c>GOAWAY n</c> or <c>closed</c>.</summary>
    public async Task<string> OutcomeAsync()
    {
        var head = new byte[9];
        while (true)
        {
            if (await _stream.ReadAtLeastAsync(head, 9, throwOnEndOfStream: false, Cancellation) < 9)
                return "closed";
            var payload = new byte[(head[0] << 16) | (head[1] << 8) | head[2]];
            await _stream.ReadExactlyAsync(payload, Cancellation);
            switch (head[3])
            {
                case Headers or Data:
                    return "answer";
                case RstStream:
                    return $"RST {BinaryPrimitives.ReadInt32BigEndian(payload)}";
                case GoAway:
                    return $"GOAWAY {BinaryPrimitives.ReadInt32BigEndian(payload.AsSpan(4))}";
            }
        }
    }

    public void Dispose() => _stream.Dispose();

    private static void WriteString(MemoryStream block, string text)
    {
        Assert.True(text.Length < 127, "longer literals need a longer length");
        block.WriteByte((byte)text.Length);
        block.Write(Encoding.Latin1.GetBytes(text));
    }

    private async Task WriteFrameAsync(byte type, byte flags, int stream, byte[] payload)
    {
        var frame = new byte[9 + payload.Length];
        (frame[0], frame[1], frame[2], frame[3], frame[4]) =
            ((byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length, type, flags);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, 9);
        await _stream.WriteAsync(frame, Cancellation);
    }
}
