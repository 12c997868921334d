using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Sluice.Transport.Epoll;

/// <summary><c>sockaddr_in</c>, <c>sockaddr_in6</c> and <c>sockaddr_un</c>.</summary>
internal static class SocketAddress
{
    /// <summary>Room for any of them.</summary>
    public const int MaxLength = 110;

    private const int InternetLength = 16;
    private const int Internet6Length = 28;

    /// <summary>The kernel's number for the family of an address.</summary>
    public static int FamilyOf(EndPoint endPoint) => endPoint.AddressFamily switch
    {
        AddressFamily.InterNetwork => Native.InternetFamily,
        AddressFamily.InterNetworkV6 => Native.Internet6Family,
        _ => Native.UnixFamily,
    };

    /// <summary>Writes an address for the kernel; returns its length.</summary>
    public static int Write(EndPoint endPoint, Span<byte> address)
    {
        if (endPoint is IPEndPoint ip)
            return Write(ip, address);
        // Serialized as the kernel wants it, but for the family, whose number is .NET's.
        var serialized = endPoint.Serialize();
        serialized.Buffer.Span[..serialized.Size].CopyTo(address);
        BitConverter.TryWriteBytes(address, (ushort)Native.UnixFamily);
        return serialized.Size;
    }

    /// <summary>Reads what the kernel wrote.</summary>
    public static IPEndPoint? Read(ReadOnlySpan<byte> address)
    {
        var family = BitConverter.ToUInt16(address);
        var port = BinaryPrimitives.ReadUInt16BigEndian(address[2..]);
        return family switch
        {
            Native.InternetFamily => new IPEndPoint(new IPAddress(address.Slice(4, 4)), port),
            Native.Internet6Family => new IPEndPoint(new IPAddress(address.Slice(8, 16), BitConverter.ToUInt32(address[24..])), port),
            _ => null,
        };
    }

    /// <summary>Writes an address for the kernel; returns its length.</summary>
    public static int Write(IPEndPoint endPoint, Span<byte> address)
    {
        address.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(address[2..], (ushort)endPoint.Port);
        if (endPoint.AddressFamily == AddressFamily.InterNetwork)
        {
            BitConverter.TryWriteBytes(address, (ushort)Native.InternetFamily);
            endPoint.Address.TryWriteBytes(address[4..], out _);
            return InternetLength;
        }
        BitConverter.TryWriteBytes(address, (ushort)Native.Internet6Family);
        endPoint.Address.TryWriteBytes(address[8..], out _);
        BitConverter.TryWriteBytes(address[24..], (uint)endPoint.Address.ScopeId);
        return Internet6Length;
    }
}
