using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Sluice.ControlPlane.Discovery.Names;

/// <summary>Asks for the addresses of a name, in the order in which they are to be used.</summary>
/// <exception cref="SocketException">There is no answer, or none with an address.</exception>
public delegate Task<IPAddress[]> NameLookup(string name, CancellationToken cancel);

/// <summary>Asks the operating system's resolver, which knows <c>/etc/hosts</c>, search domains and whatever else the machine is set up
/// for. It tells no time to live (docs/decisions/resolving-names.md).</summary>
public static class SystemLookup
{
    /// <summary>The addresses of a name that this machine can reach.</summary>
    /// <inheritdoc cref="NameLookup"/>
    public static async Task<IPAddress[]> AddressesAsync(string name, CancellationToken cancel) =>
        Reachable(await Dns.GetHostAddressesAsync(name, cancel), HasIPv6);

    /// <summary>Leaves out IPv6 addresses beside IPv4 ones where the machine is in no IPv6 network: every second request would otherwise be
    /// sent to where nobody can answer. <c>::1</c> beside <c>127.0.0.1</c> is the same machine twice.</summary>
    internal static IPAddress[] Reachable(IPAddress[] addresses, Func<bool> hasIPv6)
    {
        if (!Array.Exists(addresses, IsIPv4) || Array.TrueForAll(addresses, IsIPv4))
            return addresses;
        var inIPv6 = hasIPv6();
        return Array.FindAll(addresses, a => IsIPv4(a) || (inIPv6 && !IPAddress.IsLoopback(a)));
    }

    private static bool IsIPv4(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork;

    private static bool HasIPv6()
    {
        try
        {
            return NetworkInterface.GetAllNetworkInterfaces()
                .Where(i => i.OperationalStatus == OperationalStatus.Up)
                .SelectMany(i => i.GetIPProperties().UnicastAddresses)
                .Any(u => u.Address is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv6LinkLocal: false } a && !IPAddress.IsLoopback(a));
        }
        catch (NetworkInformationException)
        {
            // Where interfaces can't be listed, the answer's IPv4 addresses have to do.
            return false;
        }
    }
}
