using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Sluice.Transport.Sockets;
using Sluice.Transport.Upstream;

namespace Sluice.Transport.Epoll;

/// <summary>Connections on event loops of our own (Linux): one loop a processor, the reading, the handling and the writing of a request
/// on one thread, two system calls for each side of it.</summary>
public sealed class EpollTransport : IConnectionListenerFactory, IDisposable
{
    private readonly EventLoop[] _loops;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private int _listeners;

    /// <summary>Starts the loops.</summary>
    /// <param name="loops">How many; at least 1.</param>
    /// <param name="time">The clock of the few time limits below the protocols.</param>
    /// <param name="logger">For what goes wrong there.</param>
    public EpollTransport(int loops, TimeProvider time, ILogger logger)
    {
        _time = time;
        _logger = logger;
        _loops = new EventLoop[loops];
        for (var i = 0; i < loops; i++)
            _loops[i] = new EventLoop(i, logger);
        Upstream = new EpollUpstreamTransport(_loops);
    }

    /// <summary>Opens connections to upstreams on the same loops.</summary>
    public UpstreamTransport Upstream { get; }

    /// <summary>Whether this machine has what the transport needs.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux() && Environment.Is64BitProcess;

    /// <summary>Binds a TCP port and listens on it.</summary>
    /// <exception cref="SocketException">The address can't be bound.</exception>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var socket = ListeningSocket.Bind(endpoint);
        try
        {
            return ValueTask.FromResult<IConnectionListener>(
                new EpollListener(socket, _loops, Interlocked.Increment(ref _listeners), _time, _logger));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Ends the loops; all connections must have ended.</summary>
    public void Dispose()
    {
        foreach (var loop in _loops)
            loop.Dispose();
    }
}
