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
