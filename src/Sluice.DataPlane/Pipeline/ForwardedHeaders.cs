using System.Net;
using Microsoft.AspNetCore.Http;
using Sluice.DataPlane.Forwarding;
using Sluice.DataPlane.Telemetry;
using Sluice.Transport.Server;

namespace Sluice.DataPlane.Pipeline;

/// <summary>Decides what is believed of where a request comes from, and tells the upstream: <c>x-forwarded-for</c>,
/// <c>x-forwarded-proto</c>, <c>x-envoy-external-address</c>, <c>x-request-id</c>; whatever else of <c>x-envoy-*</c> or of client
/// certificates a client claims is taken off (MeshConfig <c>gatewayTopology</c>).</summary>
internal static class ForwardedHeaders
{
    private const string For = "X-Forwarded-For";
    private const string Proto = "X-Forwarded-Proto";
    private const string RequestId = "X-Request-ID";

    /// <summary>Settles the facts and the fields.</summary>
    public static void Apply(Exchange exchange, bool trustsCallers, int trustedProxies)
    {
        var info = exchange.Info;
        var headers = exchange.Request.Headers;
        if (exchange.HasClaims)
            RemoveClaims(headers);

        var isTls = exchange.Client.IsTls;
        var peer = exchange.Client.Peer;
        var chain = headers[For];
        var believed = trustsCallers ? FromRight(chain, 1) : trustedProxies > 0 ? FromRight(chain, trustedProxies) : null;
        info.ClientAddress = believed ?? peer.Address;
        info.DownstreamRemoteAddress = believed is null ? peer.Text : AddressText.WithPort(believed, 0);
        if (!trustsCallers || chain.Count == 0)
            headers[For] = chain.Count == 0 ? peer.Address : $"{chain}, {peer.Address}";

        info.Scheme = SchemeOf(headers, mayClaim: trustsCallers || trustedProxies > 0, isTls);
        headers[Proto] = info.Scheme;

        if (!trustsCallers)
            headers["X-Envoy-External-Address"] = info.ClientAddress;
        SettleRequestId(info, headers, trustsCallers);
    }

    private static void SettleRequestId(RequestInfo info, IHeaderDictionary headers, bool trustsCallers)
    {
        if (trustsCallers && headers[RequestId] is { Count: 1 } kept && kept[0] is { Length: > 0 } id)
        {
            info.RequestId = id;
            return;
        }
        var own = RequestIds.Next();
        info.SetRequestId(own);
        if (headers is FieldList fields)
            fields.SetId(RequestId, own);
        else
            headers[RequestId] = info.RequestId;
    }

    /// <summary>The scheme that counts: the connection's, unless it comes from someone who may say otherwise.</summary>
    internal static string SchemeOf(IHeaderDictionary headers, bool mayClaim, bool isTls)
    {
        var own = isTls ? "https" : "http";
        if (!mayClaim)
            return own;
        return headers[Proto].ToString() is "http" or "https" ? headers[Proto].ToString() : own;
    }

    /// <summary>Takes off what only the gateway itself may say.</summary>
    internal static void RemoveClaims(IHeaderDictionary headers)
    {
        var claims = new List<string>();
        foreach (var (name, _) in headers)
        {
            if (IsClaim(name))
                claims.Add(name);
        }
        foreach (var name in claims)
            headers.Remove(name);
    }

    /// <summary>Whether a field is one that only the gateway itself may set.</summary>
    internal static bool IsClaim(string name) =>
        name.StartsWith("x-envoy-", StringComparison.OrdinalIgnoreCase) || name.Equals("x-forwarded-client-cert", StringComparison.OrdinalIgnoreCase);

    /// <summary>The n-th address from the right of the list; null when there are fewer, or when it is no address.</summary>
    internal static string? FromRight(Microsoft.Extensions.Primitives.StringValues chain, int n)
    {
        for (var line = chain.Count - 1; line >= 0; line--)
        {
            var rest = chain[line].AsSpan();
            while (!rest.IsEmpty)
            {
                var comma = rest.LastIndexOf(',');
                var item = rest[(comma + 1)..].Trim(" \t");
                if (!item.IsEmpty && --n == 0)
                    return IPAddress.TryParse(item, out var address) ? address.ToString() : null;
                rest = comma < 0 ? default : rest[..comma];
            }
        }
        return null;
    }
}
