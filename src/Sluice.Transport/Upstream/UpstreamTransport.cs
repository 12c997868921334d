using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http.Features;

namespace Sluice.Transport.Upstream;

/// <summary>Opens connections to upstreams, on the loop of the client's connection where there are loops.</summary>
public abstract class UpstreamTransport
{
    /// <summary>How many places connections can live in; a pool keeps those of each apart.</summary>
    public abstract int Places { get; }

    /// <summary>The place of a client's connection, from 0 to <see cref="Places"/> - 1.</summary>
    /// <param name="connection">The features of the client's connection.</param>
    public abstract int PlaceOf(IFeatureCollection connection);

    /// <summary>Connects.</summary>
    /// <param name="address">Where to: an address of the Internet, or a Unix socket.</param>
    /// <param name="place">Where the connection is to live.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SocketException">The connection can't be made.</exception>
    /// <exception cref="OperationCanceledException">Given up.</exception>
    public abstract ValueTask<UpstreamSocket> ConnectAsync(EndPoint address, int place, CancellationToken cancellationToken);
}
