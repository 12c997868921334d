using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;

namespace Sluice.Transport.Sockets;

/// <summary>One listening socket.</summary>
internal sealed class SocketListener : IConnectionListener
{
    private readonly Socket _socket;
    private readonly SocketConnectionContextFactory _connections;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _unbound = new();

    public SocketListener(Socket socket, SocketConnectionContextFactory connections, TimeProvider time, ILogger logger)
    {
        _socket = socket;
        _connections = connections;
        _time = time;
        _logger = logger;
        EndPoint = socket.LocalEndPoint!;
    }

    public EndPoint EndPoint { get; }

    /// <summary>The next connection. Once unbound, those that the operating system has already completed, then null.</summary>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            try
            {
                var accepted = _unbound.IsCancellationRequested ? AcceptQueued() : await _socket.AcceptAsync(_unbound.Token);
                if (accepted is null)
                    return null;
                accepted.NoDelay = true;
                return _connections.Create(accepted);
            }
            catch (OperationCanceledException) when (_unbound.IsCancellationRequested)
            {
                // Once more around, for what is left in the backlog.
            }
            catch (SocketException exception) when (IsOutOfDescriptors(exception.SocketErrorCode))
            {
                _logger.OutOfDescriptors(EndPoint, exception.Message);
                if (_unbound.IsCancellationRequested)
                    return null;
                await Task.Delay(ListeningSocket.PauseWithoutDescriptors, _time, _unbound.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (SocketException exception)
            {
                // The client reset its connection between connecting and being accepted.
                _logger.LostInBacklog(EndPoint, exception.NativeErrorCode);
            }
        }
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => new(_unbound.CancelAsync());

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        _unbound.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Closing a listening socket resets the connections in its backlog, whose clients believe to be connected: they are
    /// taken out first.</summary>
    private Socket? AcceptQueued()
    {
        _socket.Blocking = false;
        return _socket.Poll(TimeSpan.Zero, SelectMode.SelectRead) ? _socket.Accept() : null;
    }

    private static bool IsOutOfDescriptors(SocketError error) =>
        error is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable;
}
