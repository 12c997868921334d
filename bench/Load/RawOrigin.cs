using System.Net;
using System.Net.Sockets;

namespace Sluice.Load;

/// <summary>An upstream with the same small answer for every request. It has a thread for each connection and allocates nothing once that
/// runs, so that what is counted in its process is somebody else's.</summary>
internal sealed class RawOrigin : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public RawOrigin()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        new Thread(Accept) { IsBackground = true }.Start();
    }

    public static ReadOnlySpan<byte> Body => "\r\n\r\nhello"u8;

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    public void Dispose() => _listener.Dispose();

    private void Accept()
    {
        try
        {
            while (true)
            {
                var socket = _listener.Accept();
                new Thread(() => Serve(socket)) { IsBackground = true }.Start();
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The run is over.
        }
    }

    private static void Serve(Socket socket)
    {
        using (socket)
        {
            socket.NoDelay = true;
            var buffer = new byte[4096];
            try
            {
                // A request comes with one packet: it is small, and the next one waits for the answer.
                while (socket.Receive(buffer.AsSpan()) > 0)
                    socket.Send("HTTP/1.1 200 OK\r\nServer: origin\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello"u8);
            }
            catch (SocketException)
            {
                // The gateway is gone.
            }
        }
    }
}
