using Sluice.Api.Networking;
using Sluice.ControlPlane.Validation.Checks;

namespace Sluice.ControlPlane.Validation.Rules;

/// <summary>Value rules of redirects, direct answers and rewrites.</summary>
internal static class HttpActionRules
{
    private const int LargeBody = 100 * 1024;
    private const int MaxBody = 1024 * 1024;

    /// <summary>Checks the action of one route.</summary>
    public static void Check(Field at, HttpRoute route)
    {
        if (route.Redirect is { } redirect) CheckRedirect(at, redirect, route.Match);
        if (route.DirectResponse is { } answer) CheckDirectResponse(at["directResponse"], answer);
        if (route.Rewrite is { } rewrite) CheckRewrite(at["rewrite"], rewrite);
    }

    private static void CheckRedirect(Field route, HttpRedirect redirect, IReadOnlyList<HttpMatch>? matches)
    {
        var at = route["redirect"];
        var replacesPrefix = !string.IsNullOrEmpty(redirect.PrefixRewrite);
        if (string.IsNullOrEmpty(redirect.Uri) && !replacesPrefix && string.IsNullOrEmpty(redirect.Authority)
            && string.IsNullOrEmpty(redirect.Scheme) && redirect.Port is null && redirect.DerivePort is null)
        {
            at.Error(Codes.Empty, $"{at.Path} leads to where the request was",
                "set uri, prefixRewrite, authority, scheme or port");
        }

        if (!string.IsNullOrEmpty(redirect.Uri) && replacesPrefix)
        {
            at.Error(Codes.Exclusive, $"uri and prefixRewrite can't both be set in {at.Path}: keep one");
        }

        if (redirect.Port is not null && redirect.DerivePort is not null)
        {
            at.Error(Codes.Exclusive, $"port and derivePort can't both be set in {at.Path}: keep one");
        }

        if (redirect.RedirectCode is > 0 and (< 300 or > 399))
        {
            at["redirectCode"].Error(Codes.Status,
                $"{at.Path}.redirectCode is {redirect.RedirectCode}: a redirect's status lies between 300 and 399");
        }

        if (redirect.Scheme is { Length: > 0 } scheme && scheme is not ("http" or "https"))
        {
            at["scheme"].Error(Codes.UnknownWord, $"{at.Path}.scheme \"{scheme}\" is neither http nor https");
        }

        Numbers.CheckOptionalPort(at["port"], redirect.Port);
        if (replacesPrefix) CheckPrefixes(route["match"], matches);
    }

    private static void CheckPrefixes(Field at, IReadOnlyList<HttpMatch>? matches)
    {
        foreach (var (match, each) in at.Each(matches))
        {
            if (match.Uri is { } uri && (uri.Exact is not null || uri.Regex is not null))
            {
                each["uri"].Error(Codes.Exclusive, $"{each.Path}.uri has no prefix that redirect.prefixRewrite could replace",
                    "match by prefix, or redirect with uri");
            }
        }
    }

    private static void CheckDirectResponse(Field at, HttpDirectResponse answer)
    {
        if (answer.Status is { } status) Numbers.CheckStatus(at["status"], status);
        else at["status"].Error(Codes.Required, $"{at.Path}.status is missing: an answer needs a status");

        if (answer.Body is not { } body) return;
        if (body.String is not null && body.Bytes is not null)
        {
            at["body"].Error(Codes.Exclusive, $"string and bytes can't both be set in {at.Path}.body: keep one");
        }

        var size = Math.Max(System.Text.Encoding.UTF8.GetByteCount(body.String ?? ""), body.Bytes?.Length ?? 0);
        if (size > MaxBody)
        {
            at["body"].Error(Codes.BodySize, $"{at.Path}.body has {size} bytes: at most 1 MiB can be answered directly",
                "serve it from an upstream");
        }
        else if (size > LargeBody)
        {
            at["body"].Warning(Codes.SchemaWarning, $"{at.Path}.body has {size} bytes, which is much for a direct answer");
        }
    }

    private static void CheckRewrite(Field at, HttpRewrite rewrite)
    {
        var hasUri = !string.IsNullOrEmpty(rewrite.Uri);
        if (hasUri && rewrite.UriRegexRewrite is not null)
        {
            at.Error(Codes.Exclusive, $"uri and uriRegexRewrite can't both be set in {at.Path}: keep one");
        }

        if (!hasUri && rewrite.UriRegexRewrite is null && string.IsNullOrEmpty(rewrite.Authority))
        {
            at.Error(Codes.Empty, $"{at.Path} rewrites nothing", "set uri, uriRegexRewrite or authority");
        }

        if (rewrite.UriRegexRewrite is { } substitution) Patterns.CheckSubstitution(at["uriRegexRewrite"], substitution);
    }
}
