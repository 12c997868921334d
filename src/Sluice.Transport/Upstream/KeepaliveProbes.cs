using System.Net.Sockets;

namespace Sluice.Transport.Upstream;

/// <summary>Probes on an idle connection (<c>SO_KEEPALIVE</c>); what is null is left to the system.</summary>
/// <param name="Time">Seconds of idleness before the first one.</param>
/// <param name="Interval">Seconds between two.</param>
/// <param name="Probes">Unanswered ones after which the connection is dead.</param>
public sealed record KeepaliveProbes(int? Time, int? Interval, int? Probes)
{
    /// <summary>Turns them on; not for Unix sockets, which need none.</summary>
    /// <exception cref="SocketException">The system does not take a value.</exception>
    public void Apply(Socket socket)
    {
        if (socket.AddressFamily == AddressFamily.Unix)
            return;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        if (Time is { } time)
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, time);
        if (Interval is { } interval)
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, interval);
        if (Probes is { } probes)
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, probes);
    }
}
