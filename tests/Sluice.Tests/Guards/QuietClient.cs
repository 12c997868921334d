using System.Net;
using System.Net.Sockets;

namespace Sluice.Tests.Guards;

/// <summary>Sends the same GET again and again over kept connections, one on each at once, and allocates nothing for it.</summary>
internal sealed class QuietClient : IDisposable
{
    private static readonly byte[] Request =
        "GET /api/items?page=2 HTTP/1.1\r\nHost: www.example.com\r\nUser-Agent: test\r\nAccept: */*\r\n\r\n"u8.ToArray();

    private readonly Socket[] _sockets;
    private readonly byte[] _buffer = new byte[4096];

    public QuietClient(int port, int connections)
    {
        _sockets = new Socket[connections];
        for (var i = 0; i < connections; i++)
        {
            _sockets[i] = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            _sockets[i].Connect(new IPEndPoint(IPAddress.Loopback, port));
        }
    }

    /// <summary>Sends a request over each connection and waits for all answers, so many times.</summary>
    public void Ask(int times)
    {
        for (var i = 0; i < times; i++)
        {
            foreach (var socket in _sockets)
                socket.Send(Request);
            foreach (var socket in _sockets)
                Receive(socket);
        }
    }

    public void Dispose()
    {
        foreach (var socket in _sockets)
            socket.Dispose();
    }

    private void Receive(Socket socket)
    {
        var length = 0;
        do
        {
            var received = socket.Receive(_buffer.AsSpan(length));
            if (received == 0)
                Assert.Fail("the connection was closed");
            length += received;
        }
        while (!_buffer.AsSpan(0, length).EndsWith("\r\n\r\nhello"u8));
        if (!_buffer.AsSpan().StartsWith("HTTP/1.1 200 OK\r\n"u8))
            Assert.Fail("another answer than that of the origin");
    }
}
