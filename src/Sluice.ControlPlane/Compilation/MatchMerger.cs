using Sluice.Api.Networking;

namespace Sluice.ControlPlane.Compilation;

/// <summary>Merges the match of a rule that delegates with that of a rule of its delegate: every pair that can hold together becomes one
/// entry, in which both hold.</summary>
internal static class MatchMerger
{
    /// <summary>The merged list (empty: matches everything); null when an entry of the delegate fits no entry of the root.</summary>
    public static IReadOnlyList<HttpMatch>? Merge(IReadOnlyList<HttpMatch>? root, IReadOnlyList<HttpMatch>? leaf)
    {
        if (root is not { Count: > 0 })
            return leaf ?? [];
        if (leaf is not { Count: > 0 })
            return root;
        var merged = new List<HttpMatch>();
        foreach (var inner in leaf)
        {
            var before = merged.Count;
            foreach (var outer in root)
            {
                if (!Conflict(outer, inner))
                    merged.Add(Merge(outer, inner));
            }
            if (merged.Count == before)
                return null;
        }
        return merged;
    }

    /// <summary>Both names with a dash between them.</summary>
    public static string? JoinNames(string? root, string? leaf) =>
        string.IsNullOrEmpty(leaf) ? root : string.IsNullOrEmpty(root) ? leaf : $"{root}-{leaf}";

    /// <summary>Whether no request, or not only requests of the root, would fulfil the delegate's entry.</summary>
    public static bool Conflict(HttpMatch root, HttpMatch leaf)
    {
        if (Conflict(root.Uri, leaf.Uri) || Conflict(root.Scheme, leaf.Scheme) || Conflict(root.Method, leaf.Method)
            || Conflict(root.Authority, leaf.Authority))
            return true;
        if (Conflict(root.Headers, leaf.Headers) || Conflict(root.WithoutHeaders, leaf.WithoutHeaders)
            || Conflict(root.QueryParams, leaf.QueryParams))
            return true;
        if ((root.IgnoreUriCase ?? false) != (leaf.IgnoreUriCase ?? false))
            return true;
        if (root.Port is > 0 && leaf.Port is > 0 && root.Port != leaf.Port)
            return true;
        if (!string.IsNullOrEmpty(root.SourceNamespace) && root.SourceNamespace != leaf.SourceNamespace)
            return true;
        foreach (var (key, value) in leaf.SourceLabels ?? Empty<string>())
        {
            if (root.SourceLabels is not null && root.SourceLabels.TryGetValue(key, out var own) && own != value)
                return true;
        }
        return root.Gateways is { Count: > 0 } gateways && leaf.Gateways is { Count: > 0 } inner && inner.Any(g => !gateways.Contains(g));
    }

    private static bool Conflict(IReadOnlyDictionary<string, StringMatch>? root, IReadOnlyDictionary<string, StringMatch>? leaf)
    {
        if (root is null || leaf is null)
            return false;
        foreach (var (key, value) in leaf)
        {
            if (root.TryGetValue(key, out var own) && Conflict(own, value))
                return true;
        }
        return false;
    }

    private static bool Conflict(StringMatch? root, StringMatch? leaf)
    {
        if (root is null || leaf is null || IsPresence(root))
            return false;
        if (IsPresence(leaf))
            return true;
        // Whether one pattern covers another can't be told.
        if (Has(root.Regex) || Has(leaf.Regex))
            return true;
        if (Has(root.Exact))
            return leaf.Exact != root.Exact;
        if (Has(root.Prefix))
            return !(Has(leaf.Exact) ? leaf.Exact! : leaf.Prefix ?? "").StartsWith(root.Prefix!, StringComparison.Ordinal);
        return false;
    }

    private static HttpMatch Merge(HttpMatch root, HttpMatch leaf) => leaf with
    {
        Name = JoinNames(root.Name, leaf.Name),
        Uri = leaf.Uri ?? root.Uri,
        Scheme = leaf.Scheme ?? root.Scheme,
        Method = leaf.Method ?? root.Method,
        Authority = leaf.Authority ?? root.Authority,
        Headers = Union(root.Headers, leaf.Headers),
        WithoutHeaders = Union(root.WithoutHeaders, leaf.WithoutHeaders),
        QueryParams = Union(root.QueryParams, leaf.QueryParams),
        Port = leaf.Port is > 0 ? leaf.Port : root.Port,
        SourceLabels = Union(root.SourceLabels, leaf.SourceLabels),
        SourceNamespace = string.IsNullOrEmpty(leaf.SourceNamespace) ? root.SourceNamespace : leaf.SourceNamespace,
        Gateways = leaf.Gateways is { Count: > 0 } ? leaf.Gateways : root.Gateways,
        StatPrefix = string.IsNullOrEmpty(leaf.StatPrefix) ? root.StatPrefix : leaf.StatPrefix,
    };

    private static IReadOnlyDictionary<string, T>? Union<T>(IReadOnlyDictionary<string, T>? root, IReadOnlyDictionary<string, T>? leaf)
    {
        if (root is not { Count: > 0 } || leaf is not { Count: > 0 })
            return leaf is { Count: > 0 } ? leaf : root;
        var union = new Dictionary<string, T>(root);
        foreach (var (key, value) in leaf)
            union[key] = value;
        return union;
    }

    private static bool IsPresence(StringMatch match) => !Has(match.Exact) && !Has(match.Prefix) && !Has(match.Regex);

    private static bool Has(string? text) => !string.IsNullOrEmpty(text);

    private static Dictionary<string, T> Empty<T>() => [];
}
