using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;

namespace Sluice.Transport.Sockets;

/// <summary>Connections from .NET's own sockets. All ports share one set of buffers and queues.</summary>
public sealed class SocketTransport : IConnectionListenerFactory, IDisposable
{
    // The most that a connection holds for a reader or a writer that is too slow, in each direction.
    private const int BufferSize = 64 * 1024;

    private readonly SocketConnectionContextFactory _connections;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    /// <summary>Makes a transport without ports.</summary>
    public SocketTransport(TimeProvider time, ILogger logger)
    {
        _time = time;
        _logger = logger;
        var options = new SocketConnectionFactoryOptions { MaxReadBufferSize = BufferSize, MaxWriteBufferSize = BufferSize };
        _connections = new SocketConnectionContextFactory(options, logger);
    }

    /// <summary>Binds a TCP port and listens on it.</summary>
    /// <exception cref="SocketException">The address can't be bound.</exception>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        return ValueTask.FromResult<IConnectionListener>(new SocketListener(ListeningSocket.Bind(endpoint), _connections, _time, _logger));
    }

    /// <summary>Frees the buffers; all connections must have ended.</summary>
    public void Dispose() => _connections.Dispose();
}
