using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Sluice.Transport.Upstream;

/// <summary>Connections on .NET's own sockets, for machines without epoll.</summary>
public sealed class ManagedUpstreamTransport : UpstreamTransport
{
    private const int NoSuchFile = 2;

    /// <inheritdoc/>
    public override int Places => 1;

    /// <inheritdoc/>
    public override int PlaceOf(IFeatureCollection connection) => 0;

    /// <inheritdoc/>
    public override async ValueTask<UpstreamSocket> ConnectAsync(EndPoint address, int place, CancellationToken cancellationToken) =>
        new ManagedUpstreamSocket(await OpenAsync(address, cancellationToken));

    /// <summary>A socket that is connected to an address of the Internet, or to a Unix socket.</summary>
    /// <exception cref="SocketException">The connection can't be made.</exception>
    /// <exception cref="OperationCanceledException">Given up.</exception>
    public static async ValueTask<Socket> OpenAsync(EndPoint address, CancellationToken cancellationToken)
    {
        var isUnix = address is UnixDomainSocketEndPoint;
        var socket = new Socket(address.AddressFamily, SocketType.Stream, isUnix ? ProtocolType.Unspecified : ProtocolType.Tcp);
        try
        {
            if (!isUnix)
                socket.NoDelay = true;
            await socket.ConnectAsync(address, cancellationToken);
            return socket;
        }
        catch (Exception e)
        {
            socket.Dispose();
            // .NET has no word of its own for it, and says what is true of addresses only.
            if (isUnix && e is SocketException { SocketErrorCode: SocketError.AddressNotAvailable })
                throw new SocketException(NoSuchFile);
            throw;
        }
    }

    private sealed class ManagedUpstreamSocket(Socket socket) : UpstreamSocket
    {
        private readonly Lock _gate = new();
        private volatile bool _aborted;
        private bool _closed;

        public override MemoryPool<byte> Buffers => MemoryPool<byte>.Shared;

        public override EndPoint? LocalEndPoint => socket.LocalEndPoint as IPEndPoint;

        public override bool IsStale
        {
            get
            {
                try
                {
                    return socket.Poll(TimeSpan.Zero, SelectMode.SelectRead);
                }
                catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
                {
                    return true;
                }
            }
        }

        public override async ValueTask<int> ReceiveAsync(Memory<byte> buffer)
        {
            try
            {
                return await socket.ReceiveAsync(buffer);
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                throw Broken(exception);
            }
        }

        public override async ValueTask SendAsync(ReadOnlyMemory<byte> buffer)
        {
            try
            {
                while (!buffer.IsEmpty)
                    buffer = buffer[await socket.SendAsync(buffer)..];
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                throw Broken(exception);
            }
        }

        public override void SetKeepalive(KeepaliveProbes probes) => probes.Apply(socket);

        public override void Abort()
        {
            lock (_gate)
            {
                // Several may give up, and one of them late.
                if (_closed)
                    return;
                _aborted = _closed = true;
                socket.LingerState = new LingerOption(true, 0);
                socket.Dispose();
            }
        }

        public override void Dispose()
        {
            lock (_gate)
            {
                _closed = true;
                socket.Dispose();
            }
        }

        private Exception Broken(Exception exception) => _aborted
            ? new ConnectionAbortedException("The connection was aborted by this side.", exception)
            : new IOException("The upstream broke the connection.", exception);
    }
}
