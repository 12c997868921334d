using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Sluice.Transport.Epoll;
using Sluice.Transport.Sockets;
using Sluice.Transport.Upstream;

namespace Sluice.Hosting;

/// <summary>What moves the bytes.</summary>
internal enum TransportKind
{
    /// <summary>.NET's own sockets.</summary>
    Sockets,

    /// <summary>Event loops of our own (64-bit Linux).</summary>
    Epoll,
}

/// <summary>Connections from clients and to upstreams, of one kind.</summary>
internal sealed class GatewayTransport : IDisposable
{
    private readonly IDisposable _owned;

    private GatewayTransport(IConnectionListenerFactory downstream, UpstreamTransport upstream, IDisposable owned) =>
        (Downstream, Upstream, _owned) = (downstream, upstream, owned);

    /// <summary>The kind that is best on this machine.</summary>
    public static TransportKind Default => EpollTransport.IsSupported ? TransportKind.Epoll : TransportKind.Sockets;

    /// <summary>Accepts connections.</summary>
    public IConnectionListenerFactory Downstream { get; }

    /// <summary>Opens connections.</summary>
    public UpstreamTransport Upstream { get; }

    /// <summary>Makes one; with epoll, a loop for each processor.</summary>
    public static GatewayTransport Create(TransportKind kind, TimeProvider time, ILogger logger)
    {
        if (kind == TransportKind.Sockets)
        {
            var sockets = new SocketTransport(time, logger);
            return new GatewayTransport(sockets, new ManagedUpstreamTransport(), sockets);
        }
        var epoll = new EpollTransport(Environment.ProcessorCount, time, logger);
        return new GatewayTransport(epoll, epoll.Upstream, epoll);
    }

    /// <inheritdoc/>
    public void Dispose() => _owned.Dispose();
}
