using System.Net;
using System.Net.Sockets;

namespace Sluice.Transport.Sockets;

/// <summary>Binds ports; the same for every transport.</summary>
internal static class ListeningSocket
{
    /// <summary>How long a listener that is out of descriptors waits. The client stays in the backlog; trying again at once would spin until
    /// another connection ends.</summary>
    public static readonly TimeSpan PauseWithoutDescriptors = TimeSpan.FromMilliseconds(100);

    // The kernel caps it at net.core.somaxconn.
    private const int Backlog = 4096;

    /// <summary>Binds a TCP port and listens on it.</summary>
    /// <exception cref="SocketException">The address can't be bound.</exception>
    public static Socket Bind(EndPoint endpoint)
    {
        // On Unix .NET binds with SO_REUSEADDR: a port whose last connections are in TIME_WAIT can be bound again, one that
        // another socket listens on can't (that takes SO_REUSEPORT on both).
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // Each family has a socket of its own, so that peers keep their addresses as they are (never ::ffff:10.0.0.1).
            if (endpoint.AddressFamily == AddressFamily.InterNetworkV6)
                socket.DualMode = false;
            socket.Bind(endpoint);
            socket.Listen(Backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
