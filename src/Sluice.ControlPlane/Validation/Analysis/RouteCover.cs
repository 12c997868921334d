using Sluice.Api.Networking;

namespace Sluice.ControlPlane.Validation.Analysis;

/// <summary>Whether every request that meets one condition of a route also meets another. Where that can't be told (two different
/// expressions), the answer is no.</summary>
internal static class RouteCover
{
    /// <summary>Whether the condition holds for every request at every gateway.</summary>
    public static bool IsCatchAll(HttpMatch match) =>
        IsEverything(match.Uri)
            && match is { Scheme: null, Method: null, Authority: null, SourceNamespace: null or "", Port: null or 0 }
        && match.Headers is null or { Count: 0 } && match.WithoutHeaders is null or { Count: 0 }
            && match.QueryParams is null or { Count: 0 }
        && match.Gateways is null or { Count: 0 } && match.SourceLabels is null or { Count: 0 };

    /// <summary>Whether a route takes every request: it has no conditions, or one that always holds. Delegates bring conditions
    /// of their own.</summary>
    public static bool IsCatchAll(HttpRoute route) =>
        route.Delegate is null && (route.Match is null or { Count: 0 } || route.Match.Any(IsCatchAll));

    /// <summary>Whether the first condition holds whenever the second does.</summary>
    public static bool Covers(HttpMatch wide, HttpMatch narrow) =>
        wide is { Gateways: null or { Count: 0 }, SourceLabels: null or { Count: 0 }, SourceNamespace: null or "" }
        && (wide.Port is null or 0 || wide.Port == narrow.Port)
        && CoversPath(wide, narrow)
        && Covers(wide.Scheme, narrow.Scheme)
        && Covers(wide.Method, narrow.Method)
        && Covers(wide.Authority, narrow.Authority)
        && Covers(wide.Headers, narrow.Headers, StringComparer.OrdinalIgnoreCase)
        && Covers(wide.QueryParams, narrow.QueryParams, StringComparer.Ordinal)
        && CoversAbsence(wide.WithoutHeaders, narrow.WithoutHeaders);

    /// <summary>What a covering condition's path begins with; null for one that is compared otherwise.</summary>
    public static string? PrefixOf(HttpMatch match) =>
        IsEverything(match.Uri) ? "" : match.IgnoreUriCase == true ? null : match.Uri!.Prefix ?? match.Uri.Exact;

    private static bool IsEverything(StringMatch? uri) =>
        uri is null or { Prefix: "" or "/" } or { Regex: ".*" or "/.*" } or { Exact: null, Prefix: null, Regex: null };

    private static bool CoversPath(HttpMatch wide, HttpMatch narrow)
    {
        if (IsEverything(wide.Uri)) return true;
        if (narrow.Uri is null) return false;
        if (narrow.IgnoreUriCase == true && wide.IgnoreUriCase != true) return false;
        var comparison = wide.IgnoreUriCase == true ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        if (wide.Uri!.Prefix is { } prefix)
            return (narrow.Uri.Prefix ?? narrow.Uri.Exact)?.StartsWith(prefix, comparison) == true;
        if (wide.Uri.Exact is { } exact) return narrow.Uri.Exact?.Equals(exact, comparison) == true;
        return wide.Uri.Regex == narrow.Uri.Regex;
    }

    private static bool Covers(StringMatch? wide, StringMatch? narrow)
    {
        if (wide is null) return true;
        if (narrow is null) return false;
        if (wide is { Exact: null, Prefix: null, Regex: null } or { Regex: "*" }) return true;
        if (wide.Prefix is { } prefix)
            return (narrow.Prefix ?? narrow.Exact)?.StartsWith(prefix, StringComparison.Ordinal) == true;
        return wide.Exact is not null ? wide.Exact == narrow.Exact : wide.Regex == narrow.Regex;
    }

    private static bool Covers(
        IReadOnlyDictionary<string, StringMatch>? wide, IReadOnlyDictionary<string, StringMatch>? narrow, StringComparer names)
    {
        foreach (var (name, match) in wide ?? Empty)
        {
            if (!(narrow ?? Empty).Any(other => names.Equals(other.Key, name) && Covers(match, other.Value))) return false;
        }

        return true;
    }

    /// <summary>Absence is only compared for equality: what does not match the wider value is less, not more.</summary>
    private static bool CoversAbsence(IReadOnlyDictionary<string, StringMatch>? wide,
        IReadOnlyDictionary<string, StringMatch>? narrow)
    {
        foreach (var (name, match) in wide ?? Empty)
        {
            if (narrow is null || !narrow.TryGetValue(name, out var other) || other != match) return false;
        }

        return true;
    }

    private static readonly IReadOnlyDictionary<string, StringMatch> Empty = new Dictionary<string, StringMatch>();
}
