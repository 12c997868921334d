using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Sluice.DataPlane.Forwarding;
using Sluice.DataPlane.Routing;
using Sluice.DataPlane.Telemetry;

namespace Sluice.DataPlane.Pipeline;

/// <summary>A call as a request that the pipeline's own steps can look at.</summary>
internal static class ExplainedRequest
{
    // Where the client would come from is not part of a call.
    private static readonly IPAddress Client = IPAddress.Loopback;

    /// <summary>The request of a call, as it is when its head was read.</summary>
    public static Exchange Of(ExplainCall call)
    {
        IHeaderDictionary headers = new HeaderDictionary();
        foreach (var (name, value) in call.Headers ?? new Dictionary<string, string>())
            headers.Append(name, WireText.From(value));
        if (HostOf(call) is { } host)
            headers.Host = WireText.From(host);

        var features = new FeatureCollection();
        features.Set<IHttpRequestFeature>(new HttpRequestFeature
        {
            Method = call.Method,
            RawTarget = WireText.From(call.Path),
            Protocol = call.Protocol == "http2" ? HttpProtocol.Http2 : HttpProtocol.Http11,
            Headers = headers,
        });
        features.Set<IHttpResponseFeature>(new HttpResponseFeature());
        features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
        if (IsEncrypted(call))
            features.Set<ITlsConnectionFeature>(new TlsConnectionFeature());

        var exchange = new Exchange(isDraining: () => false);
        exchange.Take(features);
        exchange.Client.Peer.Set(Client, 0);
        exchange.Info.RequestHeaders = headers;
        exchange.Info.RequestedServerName = ServerNameOf(call);
        return exchange;
    }

    /// <summary>Whether the client speaks TLS.</summary>
    public static bool IsEncrypted(ExplainCall call) => call.Tls != "plaintext";

    /// <summary>The name in the client's ClientHello: the one of the call, else that of the host, as clients take it from there; addresses are
    /// not sent (RFC 6066 §3).</summary>
    public static string? ServerNameOf(ExplainCall call)
    {
        if (call.Sni is not null || !IsEncrypted(call) || HostOf(call) is not { } host)
            return call.Sni;
        var name = HostTable.WithoutPort(host);
        return IPAddress.TryParse(name.Trim("[]"), out _) ? null : name.ToString();
    }

    private static string? HostOf(ExplainCall call) =>
        call.Host ?? call.Headers?.FirstOrDefault(h => h.Key.Equals("host", StringComparison.OrdinalIgnoreCase)).Value ?? call.Sni;
}
