using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sluice.DataPlane.Tests.Pipeline.Harness;

/// <summary>An HTTP/1.1 upstream that sees and writes bytes.</summary>
internal sealed class RawOrigin : IAsyncDisposable
{
    private readonly Socket _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<OriginRequest, Task> _answer;
    private readonly Task _accepting;
    private readonly ConcurrentDictionary<Task, bool> _connections = new();
    private int _connectionCount;

    /// <param name="answer">Answers a request; the connection goes on to the next one afterwards unless it was closed.</param>
    /// <param name="at">Where it listens; null for a port of 127.0.0.1.</param>
    public RawOrigin(Func<OriginRequest, Task> answer, EndPoint? at = null)
    {
        _answer = answer;
        at ??= new IPEndPoint(IPAddress.Loopback, 0);
        _listener = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        _listener.Bind(at);
        _listener.Listen();
        Port = (_listener.LocalEndPoint as IPEndPoint)?.Port ?? 0;
        _accepting = AcceptAsync();
    }

    /// <summary>Always the same answer.</summary>
    public RawOrigin(string answer, EndPoint? at = null)
        : this(request => request.WriteAsync(answer), at)
    {
    }

    /// <summary>Its port, also when it listens no more; 0 for a Unix socket.</summary>
    public int Port { get; }

    public ConcurrentQueue<OriginRequest> Requests { get; } = new();

    public int Connections => Volatile.Read(ref _connectionCount);

    /// <summary>Completes once so many requests came.</summary>
    public async Task ReceivedAsync(int count)
    {
        while (Requests.Count < count)
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, TestContext.Current.CancellationToken);
    }

    public static string Ok(string body, string headers = "") =>
        $"HTTP/1.1 200 OK\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n{headers}\r\n{body}";

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_connections.Keys);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptAsync(_stop.Token);
                // What a test writes is under way at once.
                if (socket.AddressFamily != AddressFamily.Unix)
                    socket.NoDelay = true;
                _connections.TryAdd(ServeAsync(socket, Interlocked.Increment(ref _connectionCount)), true);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException
            || (e is InvalidOperationException && _stop.IsCancellationRequested))
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(Socket socket, int connection)
    {
        using var stream = new NetworkStream(socket, ownsSocket: true);
        var reader = new WireReader(stream);
        try
        {
            while (await reader.ReadHeadAsync(_stop.Token) is { } head)
            {
                var request = new OriginRequest(head, reader, stream, socket, connection, _stop.Token);
                Requests.Enqueue(request);
                await _answer(request);
                if (request.IsClosed)
                    return;
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }
}

/// <summary>A request as the upstream saw it.</summary>
internal sealed class OriginRequest(
    string head, WireReader reader, NetworkStream stream, Socket socket, int connection, CancellationToken stop)
{
    public string Head { get; } = head;

    public int Connection { get; } = connection;

    public NetworkStream Stream { get; } = stream;

    public bool IsClosed { get; private set; }

    public CancellationToken Stop { get; } = stop;

    public string Line => Head[..Head.IndexOf("\r\n", StringComparison.Ordinal)];

    public string Target => Line.Split(' ')[1];

    /// <summary>All values of a field, in order.</summary>
    public string[] Values(string name) => WireReader.Values(Head, name);

    /// <summary>The one value of a field; null when it is absent.</summary>
    public string? Value(string name)
    {
        var values = Values(name);
        Assert.True(values.Length < 2, $"{name} came {values.Length} times");
        return values.Length == 0 ? null : values[0];
    }

    public Task<byte[]> ReadBodyAsync() => reader.ReadBodyAsync(Head, isResponse: false, Stop);

    public async Task<string> ReadTextAsync() => Encoding.UTF8.GetString(await ReadBodyAsync());

    public Task WriteAsync(string text) => Stream.WriteAsync(Encoding.Latin1.GetBytes(text), Stop).AsTask();

    public WireReader Reader => reader;

    public void Close()
    {
        IsClosed = true;
        socket.Dispose();
    }

    public void Reset()
    {
        IsClosed = true;
        socket.LingerState = new LingerOption(true, 0);
        socket.Dispose();
    }

    /// <summary>Completes when the other side has closed or reset the connection.</summary>
    public async Task WhenGoneAsync()
    {
        var buffer = new byte[4096];
        try
        {
            while (await Stream.ReadAsync(buffer, Stop) > 0)
            {
            }
        }
        catch (IOException)
        {
        }
    }
}
