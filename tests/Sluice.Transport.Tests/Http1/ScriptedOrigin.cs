using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sluice.Transport.Tests.Http1;

/// <summary>An upstream that sends exactly the bytes it is told, whatever it was asked, and can break every rule.</summary>
internal sealed class ScriptedOrigin : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Func<ScriptedConnection, Task> _script;
    private readonly Task _serving;
    private int _connections;

    /// <param name="script">What to do on each connection; it is closed behind it.</param>
    public ScriptedOrigin(Func<ScriptedConnection, Task> script)
    {
        _script = script;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _serving = ServeAsync();
    }

    public IPEndPoint Address => (IPEndPoint)_listener.LocalEndPoint!;

    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Reads a request's head, then sends these bytes and closes.</summary>
    public static ScriptedOrigin Sending(string bytes) => new(async connection =>
    {
        await connection.ReadHeadAsync();
        await connection.SendAsync(bytes);
    });

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _serving;
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = await _listener.AcceptAsync();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
            Interlocked.Increment(ref _connections);
            _ = RunAsync(socket);
        }
    }

    private async Task RunAsync(Socket socket)
    {
        using (socket)
        {
            try
            {
                await _script(new ScriptedConnection(socket));
                socket.Shutdown(SocketShutdown.Both);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The other side has closed already; what it made of the bytes is what the test looks at.
            }
        }
    }
}

/// <summary>One connection of a <see cref="ScriptedOrigin"/>.</summary>
internal sealed class ScriptedConnection(Socket socket)
{
    /// <summary>Reads to the empty line behind a head; an empty text when the other side closes.</summary>
    public async Task<string> ReadHeadAsync()
    {
        var text = new StringBuilder();
        var one = new byte[1];
        while (!text.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await socket.ReceiveAsync(one) == 0)
                return "";
            text.Append((char)one[0]);
        }
        return text.ToString();
    }

    public async Task SendAsync(string bytes)
    {
        var left = Encoding.Latin1.GetBytes(bytes).AsMemory();
        while (!left.IsEmpty)
            left = left[await socket.SendAsync(left)..];
    }

    /// <summary>Closes with a reset.</summary>
    public void Reset()
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Close();
    }
}
