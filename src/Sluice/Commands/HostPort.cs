using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Sluice.Commands;

/// <summary>An address to listen on, as it was written: <c>127.0.0.1:15000</c>, <c>[::]:15021</c>, <c>localhost:15000</c>.</summary>
/// <param name="Host">IP address without brackets, or a name.</param>
/// <param name="Port">0 to 65535; 0 lets the system choose.</param>
internal sealed record HostPort(string Host, int Port)
{
    /// <summary>Reads <c>HOST:PORT</c>.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static HostPort Parse(string text)
    {
        var colon = text.LastIndexOf(':');
        var host = colon < 0 ? "" : text[..colon];
        if (host.Length > 1 && host[0] == '[' && host[^1] == ']')
            host = host[1..^1];
        else if (host.Contains(':', StringComparison.Ordinal))
            host = "";
        if (host.Length == 0
            || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            || port > IPEndPoint.MaxPort)
            throw new FormatException($"'{text}' is not of the form HOST:PORT");
        return new HostPort(host, port);
    }

    /// <summary>Reads <c>HOST:PORT</c>, or <c>off</c> as null.</summary>
    /// <exception cref="FormatException">It is neither.</exception>
    public static HostPort? ParseOrOff(string text) => text == "off" ? null : Parse(text);

    /// <summary>The address behind the name.</summary>
    /// <exception cref="UsageException">The name is not known here.</exception>
    public IPEndPoint Resolve()
    {
        if (IPAddress.TryParse(Host, out var address))
            return new IPEndPoint(address, Port);
        if (Host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
            return new IPEndPoint(IPAddress.Loopback, Port);
        try
        {
            return new IPEndPoint(Dns.GetHostAddresses(Host)[0], Port);
        }
        catch (SocketException e)
        {
            throw new UsageException($"{this}: the name {Host} can't be resolved ({e.Message})");
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
