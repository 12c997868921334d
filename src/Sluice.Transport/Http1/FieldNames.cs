using System.Text;

namespace Sluice.Transport.Http1;

/// <summary>Header names that answers usually have, so that reading one makes no string.</summary>
internal static class FieldNames
{
    private static readonly KnownNames Known = new(
        "accept-ranges", "access-control-allow-credentials", "access-control-allow-headers", "access-control-allow-methods",
        "access-control-allow-origin", "access-control-expose-headers", "access-control-max-age", "age", "allow", "alt-svc",
        "cache-control", "connection", "content-disposition", "content-encoding", "content-language", "content-length",
        "content-location", "content-range", "content-security-policy", "content-type", "cross-origin-opener-policy", "date", "etag",
        "expires", "grpc-message", "grpc-status", "keep-alive", "last-modified", "link", "location", "permissions-policy", "pragma",
        "proxy-connection", "referrer-policy", "retry-after", "server", "set-cookie", "strict-transport-security", "trailer",
        "transfer-encoding", "upgrade", "vary", "via", "www-authenticate", "x-content-type-options", "x-envoy-upstream-service-time",
        "x-frame-options", "x-powered-by", "x-request-id", "x-xss-protection");

    /// <summary>The name in lower case.</summary>
    public static string Get(ReadOnlySpan<byte> name) =>
        Known.Find(name) ?? string.Create(name.Length, name, static (text, name) => Ascii.ToLower(name, text, out _));
}
