using System.Diagnostics.CodeAnalysis;
using Sluice.Api.Resources;
using Sluice.ControlPlane.Validation.Checks;
using Sluice.DataPlane.Routing;

namespace Sluice.ControlPlane.Compilation;

/// <summary>Reads the annotation of a VirtualService that binds clients to the destinations of its weighted routes:
/// <c>cookie:NAME[:TTL]</c>, <c>header:NAME</c> or <c>ip</c>.</summary>
/// <remarks>Ours alone: Istio draws each request anew (docs/decisions/sticky-weights.md).</remarks>
internal static class StickyAnnotation
{
    /// <summary>Its name.</summary>
    public const string Name = "sluice.dev/sticky-weights";

    private const string Forms = "write cookie:NAME, cookie:NAME:TTL (as 24h), header:NAME or ip";

    /// <summary>Reads the annotation of an object.</summary>
    /// <param name="resource">The object.</param>
    /// <param name="key">What tells clients apart; null without the annotation.</param>
    /// <param name="reason">Why it can't be read, and what to write instead.</param>
    /// <returns>False when it is there and can't be read.</returns>
    public static bool TryRead(
        Resource resource, out HashPolicy? key, [NotNullWhen(false)] out (string Message, string Hint)? reason)
    {
        (key, reason) = (null, null);
        if (!resource.Metadata.Annotations.TryGetValue(Name, out var value))
            return true;
        var parts = value.Split(':', 3);
        switch (parts)
        {
            case ["ip"]:
                key = HashPolicy.ByAddress;
                return true;
            case ["header", var header]:
                if (header.Length > 0 && HttpText.IsToken(header))
                    key = HashPolicy.ByHeader(header);
                else
                    reason = ($"\"{header}\" is no name of a header", Forms);
                break;
            case ["cookie", var cookie, ..]:
                if (cookie.Length == 0 || !HttpText.IsToken(cookie))
                    reason = ($"\"{cookie}\" is no name of a cookie", Forms);
                else if (parts.Length < 3)
                    key = HashPolicy.ByCookie(cookie, TimeSpan.Zero, "/");
                else if (Duration.TryParse(parts[2], out var ttl) && ttl >= TimeSpan.FromSeconds(1))
                    key = HashPolicy.ByCookie(cookie, ttl, "/");
                else
                    reason = ($"\"{parts[2]}\" is no lifetime of a cookie", "write a duration of at least a second, as 24h, or none for the session");
                break;
            default:
                reason = ($"\"{value}\" says nothing about which clients to keep together", Forms);
                break;
        }
        return reason is null;
    }
}
