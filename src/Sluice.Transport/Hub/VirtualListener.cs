using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;

namespace Sluice.Transport.Hub;

/// <summary>The side of a <see cref="VirtualEndPoint"/> that Kestrel accepts from.</summary>
internal sealed class VirtualListener(VirtualEndPoint endPoint) : IConnectionListener
{
    // Unbounded, but never long: Kestrel's accept loop does nothing but hand over to the thread pool, and each connection in it
    // was counted against the connection limit.
    private readonly Channel<ConnectionContext> _connections =
        Channel.CreateUnbounded<ConnectionContext>(new UnboundedChannelOptions { SingleReader = true });

    public EndPoint EndPoint => endPoint;

    /// <summary>Hands a connection to Kestrel.</summary>
    /// <returns>False when Kestrel no longer accepts.</returns>
    public bool TryEnqueue(ConnectionContext connection) => _connections.Writer.TryWrite(connection);

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await _connections.Reader.WaitToReadAsync(cancellationToken))
        {
            if (_connections.Reader.TryRead(out var connection))
                return connection;
        }
        return null;
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _connections.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => UnbindAsync(CancellationToken.None);
}
