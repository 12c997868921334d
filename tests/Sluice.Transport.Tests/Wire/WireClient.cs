using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sluice.Transport.Tests.Wire;

/// <summary>A client that says just what a test wants, byte by byte if need be.</summary>
internal sealed class WireClient : IDisposable
{
    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly List<byte> _received = [];

    private WireClient(Socket socket) => _socket = socket;

    /// <summary>No test waits that long; without it a defect would hang the run.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(20);

    public static Task<WireClient> ConnectAsync(int port) => ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));

    public static async Task<WireClient> ConnectAsync(IPEndPoint endPoint)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endPoint).WaitAsync(Patience);
            return new WireClient(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes) => await _socket.SendAsync(bytes);

    public void ShutdownSend() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Sends a GET and reads the answer, which must have a content-length.</summary>
    public async Task<string> GetAsync(string path = "/")
    {
        await SendAsync($"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        return await ReadResponseAsync();
    }

    /// <summary>Reads one HTTP/1.1 answer with a content-length, head and body.</summary>
    public async Task<string> ReadResponseAsync()
    {
        var head = await ReadUntilAsync("\r\n\r\n");
        var marker = "content-length: ";
        var at = head.IndexOf(marker, StringComparison.OrdinalIgnoreCase);
        var length = at < 0 ? 0 : int.Parse(head[(at + marker.Length)..head.IndexOf("\r\n", at, StringComparison.Ordinal)]);
        return head + Encoding.Latin1.GetString(await ReadExactlyAsync(length));
    }

    public async Task<string> ReadUntilAsync(string end)
    {
        while (true)
        {
            var text = Encoding.Latin1.GetString([.. _received]);
            var at = text.IndexOf(end, StringComparison.Ordinal);
            if (at >= 0)
                return Encoding.Latin1.GetString(Take(at + end.Length));
            if (await ReceiveAsync() == 0)
                throw new IOException($"The connection ended after: {text}");
        }
    }

    public async Task<byte[]> ReadExactlyAsync(int count)
    {
        while (_received.Count < count)
        {
            if (await ReceiveAsync() == 0)
                throw new IOException($"The connection ended {count - _received.Count} bytes early.");
        }
        return Take(count);
    }

    /// <summary>Reads what else comes until the server closes, by FIN or by RST.</summary>
    public async Task<string> ReadToEndAsync()
    {
        try
        {
            while (await ReceiveAsync() > 0)
            {
            }
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset)
        {
            // Closed as well.
        }
        return Encoding.Latin1.GetString(Take(_received.Count));
    }

    public void Dispose() => _socket.Dispose();

    private byte[] Take(int count)
    {
        var bytes = _received.GetRange(0, count).ToArray();
        _received.RemoveRange(0, count);
        return bytes;
    }

    private async Task<int> ReceiveAsync()
    {
        var count = await _socket.ReceiveAsync(_buffer).WaitAsync(Patience);
        _received.AddRange(_buffer.AsSpan(0, count));
        return count;
    }
}
