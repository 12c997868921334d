using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Http.Features;
using Sluice.Transport.Upstream;

namespace Sluice.Transport.Epoll;

/// <summary>Connections to upstreams on the loops of an <see cref="EpollTransport"/>.</summary>
internal sealed class EpollUpstreamTransport(EventLoop[] loops) : UpstreamTransport
{
    /// <inheritdoc/>
    public override int Places => loops.Length;

    /// <inheritdoc/>
    public override int PlaceOf(IFeatureCollection connection) => connection.Get<IEventLoopFeature>()?.Loop.Number ?? 0;

    /// <inheritdoc/>
    public override async ValueTask<UpstreamSocket> ConnectAsync(EndPoint address, int place, CancellationToken cancellationToken)
    {
        var socket = new EpollSocket(Begin(address), loops[place], connected: false, hungUp: null);
        try
        {
            await using (cancellationToken.UnsafeRegister(static socket => ((EpollSocket)socket!).Abort(), socket))
                await socket.Writable.WaitAsync();
            cancellationToken.ThrowIfCancellationRequested();
            var error = socket.ConnectError();
            if (error != 0)
                throw new SocketException(error);
            socket.Writable.Signal();
            return new EpollUpstreamSocket(socket, isUnix: address is UnixDomainSocketEndPoint);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static unsafe int Begin(EndPoint address)
    {
        var fd = Native.Socket(SocketAddress.FamilyOf(address), Native.StreamSocket | Native.NonBlocking | Native.CloseOnExec, 0);
        if (fd < 0)
            throw new SocketException(Marshal.GetLastPInvokeError());
        var on = 1;
        // Unix sockets, which never delay, refuse it.
        _ = Native.SetOption(fd, Native.TcpLevel, Native.NoDelayOption, &on, sizeof(int));

        var buffer = stackalloc byte[SocketAddress.MaxLength];
        var length = SocketAddress.Write(address, new Span<byte>(buffer, SocketAddress.MaxLength));
        if (Native.Connect(fd, buffer, length) == 0)
            return fd;
        var error = Marshal.GetLastPInvokeError();
        if (error is Native.ErrorInProgress or Native.ErrorInterrupted)
            return fd;
        _ = Native.Close(fd);
        throw new SocketException(error);
    }

    private sealed class EpollUpstreamSocket(EpollSocket socket, bool isUnix) : UpstreamSocket
    {
        public override MemoryPool<byte> Buffers => socket.Loop.Buffers;

        public override EndPoint? LocalEndPoint => socket.LocalEndPoint();

        public override bool IsStale => socket.HasInput();

        public override ValueTask<int> ReceiveAsync(Memory<byte> buffer) => socket.ReceiveAsync(buffer);

        public override ValueTask SendAsync(ReadOnlyMemory<byte> buffer) => socket.SendAsync(buffer);

        public override void SetKeepalive(KeepaliveProbes probes)
        {
            if (!isUnix)
                socket.SetKeepalive(probes);
        }

        public override void Abort() => socket.Abort();

        public override void Dispose() => socket.Dispose();
    }
}
