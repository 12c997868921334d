using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sluice.Load;

/// <summary>Sends the same GET again and again over one connection, with blocking calls: the load must not be what is measured.</summary>
internal sealed class RawLoad : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _request;
    private readonly byte[] _buffer = new byte[4096];

    public RawLoad(int port, string host)
    {
        _request = Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: {host}\r\nUser-Agent: sluice-load\r\n\r\n");
        _socket.Connect(new IPEndPoint(IPAddress.Loopback, port));
    }

    /// <summary>Sends requests one after the other, and waits for each answer.</summary>
    /// <exception cref="InvalidDataException">One was not the origin's.</exception>
    public void Ask(long times)
    {
        for (; times > 0; times--)
        {
            _socket.Send(_request);
            var length = 0;
            do
            {
                var received = _socket.Receive(_buffer.AsSpan(length));
                if (received == 0)
                    throw new InvalidDataException("the connection was closed");
                length += received;
            }
            while (!_buffer.AsSpan(0, length).EndsWith(RawOrigin.Body));
            if (!_buffer.AsSpan().StartsWith("HTTP/1.1 200 OK\r\n"u8))
                throw new InvalidDataException("another answer than that of the origin");
        }
    }

    public void Dispose() => _socket.Dispose();
}
