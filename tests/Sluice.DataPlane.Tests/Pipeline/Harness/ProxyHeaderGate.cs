using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Sluice.DataPlane.Tests.Pipeline.Harness;

/// <summary>Stands before an upstream and takes the PROXY header off each connection; what follows goes on as it is, both ways.</summary>
internal sealed class ProxyHeaderGate : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly int _upstream;
    private readonly Task _accepting;

    /// <param name="upstream">Port of the upstream.</param>
    /// <param name="address">Where it listens; null for 127.0.0.1.</param>
    public ProxyHeaderGate(int upstream, IPAddress? address = null)
    {
        _upstream = upstream;
        _listener = new TcpListener(address ?? IPAddress.Loopback, 0);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The header of each connection.</summary>
    public ConcurrentQueue<byte[]> Headers { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_connections);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(TcpClient connection)
    {
        using var client = connection;
        using var upstream = new TcpClient { NoDelay = true };
        try
        {
            Headers.Enqueue(await ReadHeaderAsync(client.GetStream()));
            await upstream.ConnectAsync(IPAddress.Loopback, _upstream, _stop.Token);
            var there = CopyAsync(client.GetStream(), upstream);
            var back = CopyAsync(upstream.GetStream(), client);
            await Task.WhenAll(there, back);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // Ended.
        }
    }

    private async Task CopyAsync(NetworkStream from, TcpClient to)
    {
        await from.CopyToAsync(to.GetStream(), _stop.Token);
        to.Client.Shutdown(SocketShutdown.Send);
    }

    private async Task<byte[]> ReadHeaderAsync(NetworkStream stream)
    {
        var bytes = new byte[256];
        var length = 0;
        while (length == 0 || !IsWhole(bytes.AsSpan(0, length)))
            length += await stream.ReadAtLeastAsync(bytes.AsMemory(length, 1), 1, cancellationToken: _stop.Token);
        return bytes[..length];
    }

    // The one of version 1 ends with its line, the other tells its length.
    private static bool IsWhole(ReadOnlySpan<byte> header) =>
        header[0] == 'P' ? header[^1] == '\n' : header.Length >= 16 && header.Length == 16 + BinaryPrimitives.ReadUInt16BigEndian(header[14..]);
}
