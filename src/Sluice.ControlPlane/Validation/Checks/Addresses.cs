using System.Globalization;
using System.Net;
using System.Text;

namespace Sluice.ControlPlane.Validation.Checks;

/// <summary>IP addresses, blocks of them, and Unix sockets.</summary>
internal static class Addresses
{
    /// <summary>What an address of a Unix socket begins with.</summary>
    public const string UnixPrefix = "unix://";

    private const int LongestUnixPath = 107;

    /// <summary>Whether the text is an IPv4 or IPv6 address in its usual notation.</summary>
    public static bool IsIp(ReadOnlySpan<char> text) =>
        IPAddress.TryParse(text, out _) && (text.Contains(':') ? text[0] != '[' : text.Count('.') == 3 && !HasLeadingZero(text));

    /// <summary>Whether the text is an address or a block of them (<c>10.0.0.0/8</c>).</summary>
    public static bool IsIpOrBlock(string text)
    {
        var slash = text.IndexOf('/');
        if (slash < 0) return IsIp(text);
        var address = text.AsSpan(0, slash);
        return IsIp(address)
            && int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var bits)
            && bits <= (address.Contains(':') ? 128 : 32);
    }

    /// <summary>Checks an IP address.</summary>
    public static void CheckIp(Field at, string text)
    {
        if (!IsIp(text)) at.Error(Codes.Address, $"{at.Path} \"{text}\" is not an IP address");
    }

    /// <summary>Checks a list of addresses or blocks.</summary>
    public static void CheckBlocks(Field at, IReadOnlyList<string>? blocks)
    {
        foreach (var (block, each) in at.Each(blocks))
        {
            if (!IsIpOrBlock(block))
            {
                each.Error(Codes.Address, $"{each.Path} \"{block}\" is neither an IP address nor a block of them",
                    "e.g. 10.1.2.3 or 10.1.0.0/16");
            }
        }
    }

    /// <summary>Whether the address is a Unix socket's.</summary>
    public static bool IsUnix(string? address) => address is not null && address.StartsWith(UnixPrefix, StringComparison.Ordinal);

    /// <summary>Checks a Unix socket: an absolute path to a file, or an abstract name that begins with @.</summary>
    public static void CheckUnix(Field at, string address)
    {
        var path = address[UnixPrefix.Length..];
        if (Encoding.UTF8.GetByteCount(path) > LongestUnixPath)
        {
            at.Error(Codes.UnixSocket, $"{at.Path} is a Unix socket whose path is longer than {LongestUnixPath} bytes, more than the system takes");
            return;
        }
        if (path.StartsWith('@')) return;
        if (!path.StartsWith('/') || path.EndsWith('/'))
        {
            at.Error(Codes.UnixSocket, $"{at.Path} \"{address}\" is not the absolute path of a socket",
                "e.g. unix:///var/run/app.sock or unix://@name");
        }
    }

    private static bool HasLeadingZero(ReadOnlySpan<char> text)
    {
        foreach (var range in text.Split('.'))
        {
            if (text[range] is ['0', _, ..]) return true;
        }

        return false;
    }
}
