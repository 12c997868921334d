using System.ComponentModel;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Sluice.Transport.Sockets;

namespace Sluice.Transport.Epoll;

/// <summary>One listening socket. It accepts on one loop and gives the connections to all loops in turn.</summary>
internal sealed class EpollListener : IConnectionListener, IEventHandler
{
    private readonly Socket _socket;
    private readonly EventLoop[] _loops;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly int _fd;
    private readonly EventLoop _loop;
    private readonly GCHandle _registration;
    private readonly Readiness _acceptable = new(ready: true);
    private readonly bool _wildcard;
    private int _next;
    private volatile bool _unbound;

    public EpollListener(Socket socket, EventLoop[] loops, int first, TimeProvider time, ILogger logger)
    {
        _socket = socket;
        _loops = loops;
        _next = first;
        _time = time;
        _logger = logger;
        socket.Blocking = false;
        EndPoint = socket.LocalEndPoint!;
        _wildcard = ((IPEndPoint)EndPoint).Address is var address && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any));
        _fd = (int)socket.Handle;
        _loop = loops[first % loops.Length];
        _registration = _loop.Register(_fd, this);
    }

    public EndPoint EndPoint { get; }

    /// <summary>The next connection. Once unbound, those that the operating system has already completed, then null.</summary>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var fd = Accept(out var remote);
            if (fd >= 0)
                return Connection(fd, remote);
            switch (-fd)
            {
                case Native.ErrorAgain when _unbound:
                    return null;
                case Native.ErrorAgain:
                    await _acceptable.WaitAsync();
                    break;
                case Native.ErrorTooManyFiles or Native.ErrorTooManyFilesInSystem or Native.ErrorNoBuffers or Native.ErrorNoMemory:
                    _logger.OutOfDescriptors(EndPoint, new Win32Exception(-fd).Message);
                    if (_unbound)
                        return null;
                    await Task.Delay(ListeningSocket.PauseWithoutDescriptors, _time, cancellationToken);
                    break;
                default:
                    // The client reset its connection between connecting and being accepted.
                    _logger.LostInBacklog(EndPoint, -fd);
                    break;
            }
        }
    }

    /// <summary>Ends the accepting behind what the backlog holds: closing a listening socket resets the connections in it, whose clients
    /// believe to be connected.</summary>
    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _unbound = true;
        _acceptable.Signal();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        _loop.Release(_registration);
        return ValueTask.CompletedTask;
    }

    void IEventHandler.OnEvents(uint events) => _acceptable.Signal();

    private unsafe int Accept(out IPEndPoint? remote)
    {
        Span<byte> address = stackalloc byte[SocketAddress.MaxLength];
        var length = address.Length;
        int fd;
        fixed (byte* start = address)
        {
            do
                fd = Native.Accept(_fd, start, &length, Native.NonBlocking | Native.CloseOnExec);
            while (fd < 0 && Marshal.GetLastPInvokeError() == Native.ErrorInterrupted);
        }
        if (fd < 0)
        {
            remote = null;
            return -Marshal.GetLastPInvokeError();
        }
        remote = SocketAddress.Read(address);
        return fd;
    }

    private unsafe EpollConnection Connection(int fd, IPEndPoint? remote)
    {
        var on = 1;
        _ = Native.SetOption(fd, Native.TcpLevel, Native.NoDelayOption, &on, sizeof(int));
        var loop = _loops[(int)((uint)Interlocked.Increment(ref _next) % (uint)_loops.Length)];
        return new EpollConnection(fd, loop, _wildcard ? null : EndPoint, remote, _time);
    }
}
