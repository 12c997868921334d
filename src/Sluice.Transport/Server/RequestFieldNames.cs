using System.Text;
using Microsoft.Net.Http.Headers;
using Sluice.Transport.Http1;

namespace Sluice.Transport.Server;

/// <summary>Header names that requests usually have, so that reading one makes no string and the fields that matter are told by
/// reference.</summary>
internal static class RequestFieldNames
{
    private static readonly KnownNames Known = new(
        HeaderNames.Accept, HeaderNames.AcceptCharset, HeaderNames.AcceptEncoding, HeaderNames.AcceptLanguage,
        HeaderNames.AccessControlRequestHeaders, HeaderNames.AccessControlRequestMethod, HeaderNames.Authorization, HeaderNames.CacheControl,
        HeaderNames.Connection, HeaderNames.ContentEncoding, HeaderNames.ContentLanguage, HeaderNames.ContentLength, HeaderNames.ContentType,
        HeaderNames.Cookie, HeaderNames.Date, HeaderNames.DNT, HeaderNames.Expect, HeaderNames.From, HeaderNames.Host, HeaderNames.IfMatch,
        HeaderNames.IfModifiedSince, HeaderNames.IfNoneMatch, HeaderNames.IfRange, HeaderNames.IfUnmodifiedSince, HeaderNames.KeepAlive,
        HeaderNames.MaxForwards, HeaderNames.Origin, HeaderNames.Pragma, HeaderNames.ProxyAuthorization, HeaderNames.ProxyConnection,
        HeaderNames.Range, HeaderNames.Referer, HeaderNames.SecWebSocketExtensions, HeaderNames.SecWebSocketKey,
        HeaderNames.SecWebSocketProtocol, HeaderNames.SecWebSocketVersion, HeaderNames.TE, HeaderNames.Trailer,
        HeaderNames.TransferEncoding, HeaderNames.Upgrade, HeaderNames.UpgradeInsecureRequests, HeaderNames.UserAgent, HeaderNames.Via,
        HeaderNames.XRequestedWith, HeaderNames.TraceParent, HeaderNames.TraceState, "X-Forwarded-For", "X-Forwarded-Proto",
        "X-Forwarded-Host", "X-Request-ID", "X-Real-IP", "Sec-Fetch-Dest", "Sec-Fetch-Mode", "Sec-Fetch-Site", "Sec-Fetch-User",
        "sec-ch-ua", "sec-ch-ua-mobile", "sec-ch-ua-platform", "Priority");

    /// <summary>The usual spelling of a known name, any other as it is.</summary>
    public static string Get(ReadOnlySpan<byte> name) => Known.Find(name) ?? Encoding.ASCII.GetString(name);
}
