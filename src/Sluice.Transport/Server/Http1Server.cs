using Microsoft.AspNetCore.Connections;

namespace Sluice.Transport.Server;

/// <summary>The server's side of HTTP/1.1, from the connection up: reads requests as strictly as RFC 9112 allows, has them answered one
/// after the other, and frames the answers. What it stands on is any connection with pipes and a heartbeat, plaintext or TLS.</summary>
/// <param name="handler">Answers the requests.</param>
/// <param name="limits">What clients may take.</param>
public sealed class Http1Server(IRequestHandler handler, Http1ServerLimits limits)
{
    /// <summary>Serves a connection to its end; the last middleware of an endpoint. The connection stays the caller's.</summary>
    public Task ServeAsync(ConnectionContext connection) => new ServerConnection(connection, handler, limits).RunAsync();
}
