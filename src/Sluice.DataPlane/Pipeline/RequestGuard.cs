using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Sluice.DataPlane.Forwarding;
using Sluice.Transport.Server;

namespace Sluice.DataPlane.Pipeline;

/// <summary>Refuses what may not reach routing: requests whose framing, target, host or fields two readers could understand differently.
/// The servers refuse most of it before; this is the rest (RFC 9112 §3, §6 and §11, RFC 9113 §8).</summary>
/// <remarks>On success the exchange's facts hold method, authority and the target in origin form, not yet normalised.</remarks>
internal static class RequestGuard
{
    private const string Token = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private static readonly SearchValues<char> TokenChars = SearchValues.Create(Token);

    // Visible ASCII, but no fragment: it is not part of a request, and where one reader strips it another may match it.
    private static readonly SearchValues<char> TargetChars =
        SearchValues.Create([.. Enumerable.Range(0x21, 0x7f - 0x21).Select(c => (char)c).Where(c => c != '#')]);

    // RFC 3986 reg-name and the brackets and colons of addresses and ports.
    private static readonly SearchValues<char> HostChars =
        SearchValues.Create("!$%&'()*+,-.:;=[]_~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private static readonly SearchValues<char> NeverInValues = SearchValues.Create("\0\r\n");

    /// <summary>The refusal; null when the request may pass.</summary>
    public static LocalReply? Check(Exchange exchange, EdgeSettings settings)
    {
        var request = exchange.Request;
        var info = exchange.Info;
        info.Method = request.Method;
        info.Protocol = request.Protocol;
        var isHttp2 = HttpProtocol.IsHttp2(info.Protocol);

        var areFieldsSound = ReadFields(exchange, isHttp2);
        if (HttpProtocol.IsHttp10(info.Protocol) && !settings.Http10)
            return LocalReplies.LowVersion;
        if (CheckFraming(request, isHttp2) is { } ambiguous)
            return ambiguous;
        if (!areFieldsSound)
            return LocalReplies.BadHeader;
        if (!IsMethodSound(info.Method))
            return LocalReplies.BadMethod;
        if (CheckTarget(exchange, isHttp2) is { } badTarget)
            return badTarget;
        return CheckUpgrade(exchange, isHttp2);
    }

    /// <summary>The one coding that may frame a body is <c>chunked</c>, once, in HTTP/1.1, without a length beside it.</summary>
    private static LocalReply? CheckFraming(IHttpRequestFeature request, bool isHttp2)
    {
        var coding = request.Headers.TransferEncoding;
        if (coding.Count == 0)
            return null;
        if (isHttp2 || HttpProtocol.IsHttp10(request.Protocol) || request.Headers.ContentLength is not null)
            return LocalReplies.BadFraming;
        if (coding.Count == 1 && string.Equals(coding[0], "chunked", StringComparison.OrdinalIgnoreCase))
            return null;
        // Chunks that others enclose, or chunks twice, end where two readers could disagree; what encloses the chunks is merely unknown.
        var (chunked, unknown) = (false, false);
        foreach (var line in coding)
        {
            foreach (var range in line.AsSpan().Split(','))
            {
                var item = line.AsSpan(range).Trim(" \t");
                if (item.IsEmpty)
                    continue;
                if (chunked)
                    return LocalReplies.BadFraming;
                chunked = item.Equals("chunked", StringComparison.OrdinalIgnoreCase);
                unknown |= !chunked;
            }
        }
        if (unknown)
            return LocalReplies.UnknownCoding;
        return LocalReplies.BadFraming;
    }

    /// <summary>The one walk over all fields: whether they are sound, how large the head is, and whether there are claims in it.</summary>
    private static bool ReadFields(Exchange exchange, bool isHttp2)
    {
        var sound = true;
        long size = HeadSize.OfRequest(exchange.Request);
        foreach (var (name, values) in exchange.Request.Headers)
        {
            if (isHttp2 && !name.StartsWith(':'))
                sound &= !name.AsSpan().ContainsAnyExcept(TokenChars) && !IsOfHttp1(name, values.ToString());
            foreach (var value in values)
                sound &= !value.AsSpan().ContainsAny(NeverInValues);
            exchange.HasClaims |= ForwardedHeaders.IsClaim(name);
            size += HeadSize.OfField(name, values);
        }
        exchange.Info.RequestHeadBytes = size;
        return sound;
    }

    private static bool IsOfHttp1(string name, string value) =>
        HopByHop.Is(name) && !(name.Equals("TE", StringComparison.OrdinalIgnoreCase) && value.Equals("trailers", StringComparison.OrdinalIgnoreCase));

    /// <summary>Methods are case-sensitive, and what a client means by <c>get</c> is not known: the carriers would send <c>GET</c>.</summary>
    private static bool IsMethodSound(string method) =>
        method.Length > 0 && !method.AsSpan().ContainsAnyExcept(TokenChars)
        && (HttpMethods.GetCanonicalizedValue(method) is var canonical && string.Equals(canonical, method, StringComparison.Ordinal));

    private static LocalReply? CheckTarget(Exchange exchange, bool isHttp2)
    {
        var (http, info) = (exchange.Http, exchange.Info);
        var target = exchange.Request.RawTarget;
        var isTunnel = HttpMethods.IsConnect(info.Method);
        if (isTunnel && !IsWebSocketTunnel(http.Features))
            return LocalReplies.NoConnect;
        if (target.AsSpan().ContainsAnyExcept(TargetChars))
            return LocalReplies.BadTarget;
        if (!isHttp2 && !target.StartsWith('/') && target != "*" && !TakeAbsoluteForm(http.Request, ref target))
            return LocalReplies.BadTarget;
        info.Target = target;

        var host = http.Request.Headers.Host;
        if (host.Count != 1 || !IsHostSound(host[0]))
            return LocalReplies.BadHost;
        info.Authority = host[0]!;
        return null;
    }

    /// <summary>An absolute target decides the authority, whatever Host says (RFC 9112 §3.2.2).</summary>
    private static bool TakeAbsoluteForm(HttpRequest request, ref string target)
    {
        var scheme = target.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? 7
            : target.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? 8 : 0;
        if (scheme == 0)
            return false;
        var rest = target.AsSpan(scheme);
        var end = rest.IndexOfAny('/', '?');
        var authority = end < 0 ? rest : rest[..end];
        request.Headers.Host = authority.ToString();
        target = end < 0 ? "/" : rest[end] == '/' ? rest[end..].ToString() : "/" + rest[end..].ToString();
        return true;
    }

    private static bool IsHostSound(string? host)
    {
        if (string.IsNullOrEmpty(host) || host.AsSpan().ContainsAnyExcept(HostChars))
            return false;
        var name = host.AsSpan();
        if (name[0] == '[')
        {
            var close = name.IndexOf(']');
            if (close < 0 || !System.Net.IPAddress.TryParse(name[1..close], out _))
                return false;
            return close == name.Length - 1 || (name[close + 1] == ':' && IsPort(name[(close + 2)..]));
        }
        var colon = name.IndexOf(':');
        if (name.ContainsAny('[', ']') || colon == 0)
            return false;
        return colon < 0 || IsPort(name[(colon + 1)..]);
    }

    private static bool IsPort(ReadOnlySpan<char> text) => text.Length <= 5 && !text.ContainsAnyExceptInRange('0', '9');

    private static LocalReply? CheckUpgrade(Exchange exchange, bool isHttp2)
    {
        var headers = exchange.Request.Headers;
        if (isHttp2)
        {
            exchange.IsUpgrade = IsWebSocketTunnel(exchange.Http.Features);
            return null;
        }
        if (headers.Upgrade.Count == 0 || !HttpTokens.Has(headers.Connection, "upgrade"))
            return null;
        // A client that would go on in HTTP/2 goes on in HTTP/1.1, as if it had not asked.
        if (HttpTokens.Has(headers.Upgrade, "h2c"))
            return null;
        exchange.IsUpgrade = headers.Upgrade.Count == 1
            && string.Equals(headers.Upgrade[0], "websocket", StringComparison.OrdinalIgnoreCase)
            && HttpMethods.IsGet(exchange.Info.Method);
        return exchange.IsUpgrade ? null : LocalReplies.UpgradeRefused;
    }

    private static bool IsWebSocketTunnel(IFeatureCollection features) =>
        features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true, Protocol: "websocket" };
}
