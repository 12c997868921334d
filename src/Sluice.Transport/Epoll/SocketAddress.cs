using System.Buffers.Binary;
using System.Net;

namespace Sluice.Transport.Epoll;

/// <summary><c>sockaddr_in</c> and <c>sockaddr_in6</c>.</summary>
internal static class SocketAddress
{
    /// <summary>Room for either.</summary>
    public const int MaxLength = 28;

    private const int InternetLength = 16;

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
        if (endPoint.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork)
        {
            BitConverter.TryWriteBytes(address, (ushort)Native.InternetFamily);
            endPoint.Address.TryWriteBytes(address[4..], out _);
            return InternetLength;
        }
        BitConverter.TryWriteBytes(address, (ushort)Native.Internet6Family);
        endPoint.Address.TryWriteBytes(address[8..], out _);
        BitConverter.TryWriteBytes(address[24..], (uint)endPoint.Address.ScopeId);
        return MaxLength;
    }
}
