using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sluice.DataPlane.Tests.Pipeline.Harness;

/// <summary>An HTTP/1.1 client that sends and sees bytes.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly Socket _socket;
    private readonly NetworkStream _stream;

    private RawClient(Socket socket)
    {
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: true);
        Reader = new WireReader(_stream);
    }

    public WireReader Reader { get; }

    public Stream Stream => _stream;

    /// <summary>Its end of the connection.</summary>
    public IPEndPoint Local => (IPEndPoint)_socket.LocalEndPoint!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<RawClient> ConnectAsync(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), Cancellation);
        return new RawClient(socket);
    }

    public Task SendAsync(string text) => _stream.WriteAsync(Encoding.Latin1.GetBytes(text), Cancellation).AsTask();

    public async Task<RawResponse> ReadAsync(bool hasBody = true)
    {
        var head = await Reader.ReadHeadAsync(Cancellation) ?? throw new IOException("the connection was closed instead of an answer");
        var body = hasBody && RawResponse.StatusOf(head) is >= 200 and not (204 or 304) ? await Reader.ReadBodyAsync(head, isResponse: true, Cancellation) : [];
        return new RawResponse(head, Encoding.UTF8.GetString(body), Reader.Trailers);
    }

    public async Task<RawResponse> GetAsync(string target, string host = "example.com", string headers = "")
    {
        await SendAsync($"GET {target} HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n");
        return await ReadAsync();
    }

    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Dispose();
    }

    public void Dispose() => _stream.Dispose();
}

/// <summary>An answer as the client saw it.</summary>
internal sealed record RawResponse(string Head, string Body, string Trailers)
{
    public int Status => StatusOf(Head);

    public static int StatusOf(string head) => int.Parse(head.Split(' ')[1], CultureInfo.InvariantCulture);

    public string[] Values(string name) => WireReader.Values(Head, name);

    public string? Value(string name)
    {
        var values = Values(name);
        Assert.True(values.Length < 2, $"{name} came {values.Length} times");
        return values.Length == 0 ? null : values[0];
    }
}
