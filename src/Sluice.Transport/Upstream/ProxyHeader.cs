using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sluice.Transport.Upstream;

/// <summary>What opens a connection to an upstream that wants to know whose bytes follow: both ends of the client's connection, before
/// everything else, also before TLS (https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt). A connection belongs to the header it
/// was opened with: it carries requests that want an equal one, and no others.</summary>
public sealed class ProxyHeader : IEquatable<ProxyHeader>
{
    private const int FixedLength = 16;
    private const byte Version2 = 0x20;
    private const byte LocalCommand = 0;
    private const byte ProxyCommand = 1;
    private const byte StreamOverIPv4 = 0x11;
    private const byte StreamOverIPv6 = 0x21;

    private readonly byte[] _bytes;

    private ProxyHeader(byte[] bytes, string name) => (_bytes, Name) = (bytes, name);

    private static ReadOnlySpan<byte> Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    /// <summary>What is sent.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>Names it in at most two labels of a DNS name, the same for equal headers and another for different ones.</summary>
    public string Name { get; }

    /// <summary>The header of version 1, a line of text. Without two addresses of one family it says that nothing is known.</summary>
    /// <param name="client">The client's end; null when it is no address of the Internet.</param>
    /// <param name="server">The end that the client connected to; null likewise.</param>
    public static ProxyHeader V1(IPEndPoint? client, IPEndPoint? server) => AreAlike(client, server)
        ? new(Text(client!, server!), $"v1-{NameOf(client!)}.{NameOf(server!)}")
        : new("PROXY UNKNOWN\r\n"u8.ToArray(), "v1-unknown");

    /// <summary>The header of version 2, which is binary. Without two addresses of one family it speaks for this side alone.</summary>
    /// <param name="client">The client's end; null when it is no address of the Internet.</param>
    /// <param name="server">The end that the client connected to; null likewise.</param>
    public static ProxyHeader V2(IPEndPoint? client, IPEndPoint? server) => AreAlike(client, server)
        ? new(Binary(client!, server!), $"v2-{NameOf(client!)}.{NameOf(server!)}")
        : new([.. Signature, Version2 | LocalCommand, 0, 0, 0], "v2-unknown");

    /// <inheritdoc/>
    public bool Equals(ProxyHeader? other) => other is not null && (ReferenceEquals(this, other) || _bytes.AsSpan().SequenceEqual(other._bytes));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ProxyHeader);

    /// <inheritdoc/>
    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    private static string NameOf(IPEndPoint end) => $"{Convert.ToHexStringLower(end.Address.GetAddressBytes())}{end.Port:x4}";

    private static bool AreAlike(IPEndPoint? client, IPEndPoint? server) =>
        client is not null && server is not null && client.AddressFamily == server.AddressFamily;

    private static byte[] Text(IPEndPoint client, IPEndPoint server)
    {
        var family = client.AddressFamily == AddressFamily.InterNetwork ? "TCP4" : "TCP6";
        return Encoding.ASCII.GetBytes($"PROXY {family} {WithoutScope(client.Address)} {WithoutScope(server.Address)} {client.Port} {server.Port}\r\n");
    }

    // The scope of a link-local address has its meaning on one machine, and no place in the header.
    private static IPAddress WithoutScope(IPAddress address) =>
        address is { AddressFamily: AddressFamily.InterNetworkV6, ScopeId: not 0 } ? new IPAddress(address.GetAddressBytes()) : address;

    private static byte[] Binary(IPEndPoint client, IPEndPoint server)
    {
        var isIPv4 = client.AddressFamily == AddressFamily.InterNetwork;
        var size = isIPv4 ? 4 : 16;
        var length = 2 * (size + sizeof(ushort));
        var bytes = new byte[FixedLength + length];
        Signature.CopyTo(bytes);
        bytes[12] = Version2 | ProxyCommand;
        bytes[13] = isIPv4 ? StreamOverIPv4 : StreamOverIPv6;
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(14), (ushort)length);
        var at = bytes.AsSpan(FixedLength);
        client.Address.TryWriteBytes(at, out _);
        server.Address.TryWriteBytes(at[size..], out _);
        BinaryPrimitives.WriteUInt16BigEndian(at[(2 * size)..], (ushort)client.Port);
        BinaryPrimitives.WriteUInt16BigEndian(at[(2 * size + sizeof(ushort))..], (ushort)server.Port);
        return bytes;
    }
}
