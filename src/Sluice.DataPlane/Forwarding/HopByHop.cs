using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Sluice.Transport.Server;

namespace Sluice.DataPlane.Forwarding;

/// <summary>Fields that concern one connection only (RFC 9110 §7.6.1): they end here, whichever way they go. So do the fields that
/// <c>Connection</c> names, but not those by which we frame, route and vouch for a request: a client can't have them taken off.</summary>
internal static class HopByHop
{
    private static readonly FrozenSet<string> Fields = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Connection", "Keep-Alive", "Proxy-Connection", "TE", "Transfer-Encoding", "Upgrade", "HTTP2-Settings");

    private static readonly FrozenSet<string> NotInTrailers = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Content-Length", "Transfer-Encoding", "Host", "Trailer", "TE", "Connection", "Keep-Alive", "Proxy-Connection", "Upgrade",
        "HTTP2-Settings", "Content-Type", "Content-Encoding", "Content-Range", "Authorization", "Proxy-Authorization",
        "Proxy-Authenticate", "WWW-Authenticate", "Set-Cookie", "Cookie", "Cache-Control", "Expect", "Location", "Max-Forwards",
        "Authentication-Info", "Proxy-Authentication-Info", "Age", "Date", "Expires", "Retry-After", "Vary", "Range", "Pragma");

    /// <summary>Whether a field never leaves the connection that it came on.</summary>
    public static bool Is(string name) => Fields.Contains(name);

    /// <summary>Whether a request's field ends here. <c>TE</c> goes on, reduced to <c>trailers</c> by <see cref="Remove"/>.</summary>
    public static bool IsOfRequest(string name) => Is(name) && !name.Equals("TE", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a field may stand behind a body: nothing that frames, routes or authenticates.</summary>
    public static bool MayTrail(string name) => !NotInTrailers.Contains(name) && !IsOurs(name);

    /// <summary>Takes the fields off a request. What an upgrade needs stays: <c>Connection: Upgrade</c> and <c>Upgrade</c>.</summary>
    public static void Remove(IHeaderDictionary headers, bool upgrade)
    {
        var connection = headers.Connection;
        if (connection.Count > 0)
            RemoveNamed(headers, connection);
        headers.Remove("Keep-Alive");
        headers.Remove("Proxy-Connection");
        headers.Remove("HTTP2-Settings");
        headers.Remove("Transfer-Encoding");
        // The client's trailers are not sent on, so they must not be announced.
        headers.Remove("Trailer");
        var te = headers.TE;
        if (te.Count > 0)
            headers.TE = HttpTokens.Has(te, "trailers") ? "trailers" : StringValues.Empty;
        if (upgrade)
        {
            headers.Connection = "Upgrade";
            return;
        }
        headers.Remove("Connection");
        headers.Remove("Upgrade");
    }

    private static void RemoveNamed(IHeaderDictionary headers, StringValues connection)
    {
        foreach (var line in connection)
        {
            foreach (var range in line.AsSpan().Split(','))
            {
                var item = line.AsSpan(range).Trim(" \t");
                // The usual items name no field that could be here.
                if (item.IsEmpty || item.Equals("close", StringComparison.OrdinalIgnoreCase) || item.Equals("keep-alive", StringComparison.OrdinalIgnoreCase)
                    || item.Equals("upgrade", StringComparison.OrdinalIgnoreCase) || item.Equals("te", StringComparison.OrdinalIgnoreCase))
                    continue;
                var name = item.ToString();
                if (!IsOurs(name))
                    headers.Remove(name);
            }
        }
    }

    private static bool IsOurs(string name) =>
        name.StartsWith(':')
        || name.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("X-Envoy-", StringComparison.OrdinalIgnoreCase)
        || name.Equals("X-Request-Id", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Host", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase);
}
