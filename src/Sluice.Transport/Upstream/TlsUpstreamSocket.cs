using System.Buffers;
using System.Net;
using System.Net.Security;

namespace Sluice.Transport.Upstream;

/// <summary>TLS over another socket.</summary>
internal sealed class TlsUpstreamSocket : UpstreamSocket
{
    private readonly UpstreamSocket _socket;
    private readonly TlsClientStream _tls;
    private volatile bool _hasReceived;

    private TlsUpstreamSocket(UpstreamSocket socket)
    {
        _socket = socket;
        _tls = new TlsClientStream(new SocketStream(socket));
    }

    /// <inheritdoc/>
    public override MemoryPool<byte> Buffers => _socket.Buffers;

    /// <inheritdoc/>
    public override EndPoint? LocalEndPoint => _socket.LocalEndPoint;

    /// <inheritdoc/>
    public override bool IsStale => _tls.HasInput;

    /// <summary>Makes the handshake over a connected socket.</summary>
    /// <exception cref="TlsException">One side refused the other; the socket is closed.</exception>
    /// <exception cref="IOException">The connection broke; the socket is closed.</exception>
    /// <exception cref="OperationCanceledException">Given up; the socket is closed.</exception>
    public static async ValueTask<UpstreamSocket> HandshakeAsync(
        UpstreamSocket socket, SslClientAuthenticationOptions options, CancellationToken cancellationToken)
    {
        var secured = new TlsUpstreamSocket(socket);
        try
        {
            // The socket takes no tokens: whoever gives up resets it.
            await using (cancellationToken.UnsafeRegister(static socket => ((UpstreamSocket)socket!).Abort(), socket))
                await secured._tls.HandshakeAsync(options, cancellationToken);
            return secured;
        }
        catch (Exception e)
        {
            await secured._tls.DisposeAsync();
            if (e is not OperationCanceledException)
                cancellationToken.ThrowIfCancellationRequested();
            throw;
        }
    }

    /// <inheritdoc/>
    public override ValueTask<int> ReceiveAsync(Memory<byte> buffer)
    {
        _hasReceived = true;
        return _tls.ReadAsync(buffer);
    }

    /// <inheritdoc/>
    public override ValueTask SendAsync(ReadOnlyMemory<byte> buffer)
    {
        var sending = _tls.WriteAsync(buffer);
        return sending.IsCompletedSuccessfully ? sending : FinishSendingAsync(sending);
    }

    /// <inheritdoc/>
    public override void SetKeepalive(KeepaliveProbes probes) => _socket.SetKeepalive(probes);

    /// <inheritdoc/>
    public override void Abort() => _socket.Abort();

    /// <inheritdoc/>
    public override void Dispose()
    {
        // A read that is on its way has to end before the socket may be closed.
        if (_tls.ReadAhead is { } ahead)
            _ = CloseBehindAsync(ahead);
        else
            _tls.Dispose();
    }

    private async ValueTask FinishSendingAsync(ValueTask sending)
    {
        try
        {
            await sending;
        }
        catch (IOException) when (!_hasReceived)
        {
            // An upstream that refuses our certificate says so and closes; what it said is still there to be read.
            _ = await _tls.ReadAsync(Memory<byte>.Empty);
            throw;
        }
    }

    private async Task CloseBehindAsync(Task ahead)
    {
        _socket.Abort();
        await ahead.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _tls.DisposeAsync();
    }
}
