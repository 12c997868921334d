using System.Globalization;
using System.Text;
using Sluice.DataPlane.Clusters.Balancers;

namespace Sluice.DataPlane.Routing;

/// <summary>Where the key of a client is found.</summary>
public enum HashSource
{
    /// <summary>A request header (<c>httpHeaderName</c>).</summary>
    Header,

    /// <summary>A cookie (<c>httpCookie</c>).</summary>
    Cookie,

    /// <summary>A query parameter (<c>httpQueryParameterName</c>).</summary>
    Query,

    /// <summary>The client's address, after the trust in x-forwarded-for was settled (<c>useSourceIp</c>).</summary>
    Address,
}

/// <summary>Tells clients apart by a key in their requests, and hashes it (DestinationRule <c>loadBalancer.consistentHash</c>, and sticky
/// weights). The same key has the same hash on every gateway.</summary>
public sealed class HashPolicy
{
    private readonly string _name;
    private readonly RouteKey _key;
    private readonly string? _attributes;

    private HashPolicy(HashSource source, string name, RouteKey key = default, string? attributes = null)
    {
        Source = source;
        _name = name;
        _key = key;
        _attributes = attributes;
    }

    /// <summary>Where the key is found.</summary>
    public HashSource Source { get; }

    /// <summary>Whether a client without the cookie gets one.</summary>
    public bool MakesCookie => _attributes is not null;

    /// <summary>The client's address.</summary>
    public static HashPolicy ByAddress { get; } = new(HashSource.Address, "");

    /// <summary>The value of a header; several lines of it count together.</summary>
    public static HashPolicy ByHeader(string name) => new(HashSource.Header, name, RouteKey.OfHeader(name));

    /// <summary>The first value of a query parameter, as sent.</summary>
    public static HashPolicy ByQuery(string name) => new(HashSource.Query, name, RouteKey.OfQuery(name));

    /// <summary>The value of a cookie.</summary>
    /// <param name="name">Name of the cookie.</param>
    /// <param name="ttl">Lifetime of the cookie that a client without one gets, zero for its session; null makes none.</param>
    /// <param name="path">Path of that cookie; null or empty for none.</param>
    /// <param name="attributes">Further attributes of it; an empty value stands for an attribute without one.</param>
    public static HashPolicy ByCookie(
        string name, TimeSpan? ttl, string? path = null, IEnumerable<KeyValuePair<string, string>>? attributes = null)
    {
        if (ttl is not { } lifetime)
            return new HashPolicy(HashSource.Cookie, name);
        var text = new StringBuilder();
        if ((long)lifetime.TotalSeconds is > 0 and var seconds)
            text.Append(CultureInfo.InvariantCulture, $"; Max-Age={seconds}");
        if (!string.IsNullOrEmpty(path))
            text.Append("; Path=").Append(path);
        foreach (var (key, value) in attributes ?? [])
            text.Append("; ").Append(key).Append(value.Length == 0 ? "" : "=").Append(value);
        return new HashPolicy(HashSource.Cookie, name, attributes: text.Append("; HttpOnly").ToString());
    }

    /// <summary>Hashes the key of a request.</summary>
    /// <param name="head">The request as routing sees it.</param>
    /// <param name="address">The client's address.</param>
    /// <param name="hash">The hash.</param>
    /// <returns>False when the request has no key.</returns>
    public bool TryHash(in RequestHead head, string address, out ulong hash)
    {
        switch (Source)
        {
            case HashSource.Address:
                hash = Hashing.Of(address);
                return address.Length > 0;
            case HashSource.Cookie:
                var found = Cookies.TryFind(head.Headers.Cookie, _name, out var value);
                hash = Hashing.Of(value);
                return found;
            default:
                return _key.TryHash(head, out hash);
        }
    }

    /// <summary>Whether both look at the same cookie.</summary>
    public bool IsSameCookie(HashPolicy other) => Source == HashSource.Cookie && other.Source == HashSource.Cookie && _name == other._name;

    /// <summary>The <c>set-cookie</c> line for a client that has no key, when <see cref="MakesCookie"/>.</summary>
    public string CookieLine(string value) => $"{_name}=\"{value}\"{_attributes}";

    /// <inheritdoc/>
    public override string ToString() => Source switch
    {
        HashSource.Address => "the client's address",
        HashSource.Header => $"header {_name}",
        HashSource.Query => $"query parameter {_name}",
        _ => $"cookie {_name}",
    };
}
