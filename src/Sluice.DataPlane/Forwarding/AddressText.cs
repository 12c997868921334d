using System.Net;

namespace Sluice.DataPlane.Forwarding;

/// <summary>An address and port as logs and header fields show them. Kept from request to request: a connection's do not change.</summary>
internal sealed class AddressText
{
    private IPAddress? _source;
    private int _port;

    /// <summary>The address alone.</summary>
    public string Address { get; private set; } = "";

    /// <summary><c>address:port</c>.</summary>
    public string Text { get; private set; } = "";

    /// <summary>The address itself, an IPv4 one where it was mapped to IPv6; null when there is none.</summary>
    public IPEndPoint? EndPoint => _source is null ? null : new IPEndPoint(_source.IsIPv4MappedToIPv6 ? _source.MapToIPv4() : _source, _port);

    /// <summary>Sets the texts, anew only when they change.</summary>
    public void Set(IPAddress? address, int port)
    {
        if (ReferenceEquals(address, _source) && port == _port)
            return;
        (_source, _port) = (address, port);
        Address = address is null ? "" : (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
        Text = address is null ? "" : WithPort(Address, port);
    }

    /// <summary><c>address:port</c>, with brackets around an IPv6 address.</summary>
    public static string WithPort(string address, int port) =>
        address.Contains(':', StringComparison.Ordinal) ? $"[{address}]:{port}" : $"{address}:{port}";
}
