using Microsoft.Extensions.Primitives;
using Sluice.DataPlane.Routing;
using Sluice.DataPlane.Telemetry;
using Yarp.ReverseProxy.Transforms;

namespace Sluice.DataPlane.Forwarding;

/// <summary>Turns the client's request into the upstream's: header changes, then the rewrites of host and path, as Envoy's router does
/// right before it sends.</summary>
internal static class UpstreamRequest
{
    private static readonly UriCreationOptions AsItStands = new() { DangerousDisablePathAndQueryCanonicalization = true };

    /// <summary>Changes the head of the exchange's request. Matching has seen the original.</summary>
    public static void Prepare(Exchange exchange, ForwardAction action)
    {
        var info = exchange.Info;
        var headers = exchange.Request.Headers;
        HopByHop.Remove(headers, exchange.IsUpgrade);
        // The route's changes come last, so its `set` wins over a destination's.
        exchange.Destination!.RequestHeaders.Apply(headers, info);
        exchange.Route!.RequestHeaders.Apply(headers, info);

        if ((action.Authority ?? exchange.Destination.Authority) is { } authority)
            headers.Host = authority;
        info.Authority = headers.Host.ToString();

        if (action.Rewrite is not { } rewrite)
            return;
        var rewritten = rewrite.Apply(info.Target);
        if (rewritten == info.Target)
            return;
        headers["x-envoy-original-path"] = info.Target;
        info.RewrittenTarget = rewritten;
    }

    /// <summary>The address of the request, its target byte for byte as it stands.</summary>
    /// <param name="prefix">Scheme, host and port of the endpoint.</param>
    /// <param name="info">Tells the target.</param>
    public static Uri Uri(string prefix, RequestInfo info) => new(prefix + (info.RewrittenTarget ?? info.Target), AsItStands);

    /// <summary>Copies a field to a request of HttpClient, which frames the body itself.</summary>
    public static void CopyHeader(RequestTransformContext target, string name, StringValues values)
    {
        if (name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase) && target.ProxyRequest.Content is null)
            return;
        // An upgrade's fields are put back by the forwarder.
        if (HopByHop.IsOfRequest(name))
            return;
        // HttpClient makes one line of several, with ", " between them; Envoy's comma stands alone where lines become one. Cookies have
        // a separator of their own (RFC 9113 §8.2.3).
        if (values.Count > 1)
            values = string.Join(name.Equals("Cookie", StringComparison.OrdinalIgnoreCase) ? "; " : ",", values.AsEnumerable());
        RequestTransform.AddHeader(target, name, values);
    }
}
