using System.Globalization;
using Microsoft.Extensions.Primitives;
using Sluice.DataPlane.Clusters.Balancers;
using Sluice.DataPlane.Routing;

namespace Sluice.DataPlane.Forwarding;

/// <summary>Binds a client to a destination and to an endpoint by a key of its requests. A client that has no cookie yet is given one, and
/// the request that brought none is already treated as if it had.</summary>
internal static class ClientKeys
{
    /// <summary>Chooses the destination of a request. The head must still be the client's.</summary>
    public static WeightedCluster Destination(Exchange exchange, WeightedClusters clusters, Func<int, int> dice)
    {
        if (clusters.Entries.Length == 1)
            return clusters.Entries[0];
        if (clusters.Sticky is not { } sticky)
            return clusters.Pick(dice(clusters.TotalWeight));
        if (sticky.Key.TryHash(exchange.Head, exchange.Info.ClientAddress ?? "", out var hash))
            return sticky.Pick(hash);
        if (!sticky.Key.MakesCookie)
            return clusters.Pick(dice(clusters.TotalWeight));
        // Not made of addresses: those that come through one proxy would share their destination.
        var value = string.Create(CultureInfo.InvariantCulture, $"{dice(int.MaxValue):x8}{dice(int.MaxValue):x8}");
        return sticky.Pick(Give(exchange, sticky.Key, value));
    }

    /// <summary>Hashes the key by which the client keeps to an endpoint; null when there is none. The head must still be the
    /// client's.</summary>
    public static ulong? Hash(Exchange exchange, HashPolicy policy)
    {
        if (policy.TryHash(exchange.Head, exchange.Info.ClientAddress ?? "", out var hash))
            return hash;
        if (!policy.MakesCookie)
            return null;
        // As in Envoy, of the two ends of the connection.
        var value = Hashing.Of(exchange.Client.Peer.Text + exchange.Client.Local.Text).ToString("x", CultureInfo.InvariantCulture);
        return Give(exchange, policy, value);
    }

    // One cookie may serve both: then the value that was made first is the client's.
    private static ulong Give(Exchange exchange, HashPolicy policy, string value)
    {
        if (exchange.GivenCookie is { } given && given.Policy.IsSameCookie(policy))
            return Hashing.Of(given.Value);
        exchange.GivenCookie = (policy, value);
        exchange.SetCookies = StringValues.Concat(exchange.SetCookies, policy.CookieLine(value));
        return Hashing.Of(value);
    }
}
