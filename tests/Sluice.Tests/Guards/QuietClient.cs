using System.Net;
using System.Net.Sockets;

namespace Sluice.Tests.Guards;

/// <summary>Sends the same GET again and again over one connection, and allocates nothing for it.</summary>
internal sealed class QuietClient : IDisposable
{
    private static readonly byte[] Request =
        "GET /api/items?page=2 HTTP/1.1\r\nHost: www.example.com\r\nUser-Agent: test\r\nAccept: */*\r\n\r\n"u8.ToArray();

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[4096];

    public QuietClient(int port) => _socket.Connect(new IPEndPoint(IPAddress.Loopback, port));

    /// <summary>Sends requests one after the other, and waits for each answer.</summary>
    public void Ask(int times)
    {
        for (var i = 0; i < times; i++)
        {
            _socket.Send(Request);
            var length = 0;
            do
            {
                var received = _socket.Receive(_buffer.AsSpan(length));
                if (received == 0)
                    Assert.Fail("the connection was closed");
                length += received;
            }
            while (!_buffer.AsSpan(0, length).EndsWith("\r\n\r\nhello"u8));
            if (!_buffer.AsSpan().StartsWith("HTTP/1.1 200 OK\r\n"u8))
                Assert.Fail("another answer than that of the origin");
        }
    }

    public void Dispose() => _socket.Dispose();
}
