using Sluice.Api.Findings;
using Sluice.Api.Networking;
using Sluice.ControlPlane.Discovery;
using Sluice.DataPlane.Routing;
using System.Text;

namespace Sluice.ControlPlane.Compilation;

/// <summary>Compiles what an HTTP rule does with a request: forward, redirect or answer.</summary>
internal sealed class ActionCompiler(ClusterTable clusters, RetryPolicy defaultRetry, ObjectLedger ledger)
{
    private const int MovedPermanently = 301;
    private const int InternalServerError = 500;
    private const int HttpPort = 80;
    private const int HttpsPort = 443;

    // Most routes have one destination without anything special about it, and many share it.
    private readonly Dictionary<(string Name, HashPolicy? Hash), WeightedClusters> _plain = [];

    /// <summary>Compiles the action of a rule.</summary>
    /// <param name="virtualService">The VirtualService that is served; for a delegated rule the one that delegates.</param>
    /// <param name="rule">The rule.</param>
    /// <param name="uri">How the match entry looks at the path; null when it does not.</param>
    /// <param name="scope">Where the rule is reached.</param>
    public RouteAction Compile(BoundVirtualService virtualService, HttpRule rule, StringMatch? uri, in RouteScope scope)
    {
        if (rule.Route.Redirect is { } redirect)
            return Redirect(rule, redirect, uri, scope);
        if (rule.Route.DirectResponse is { } direct)
        {
            var body = direct.Body?.String is { } text ? Encoding.UTF8.GetBytes(text) : direct.Body?.Bytes ?? default;
            return new DirectResponseAction { Status = (int)(direct.Status ?? 0), Body = body };
        }
        return Forward(virtualService, rule, uri, scope);
    }

    private ForwardAction Forward(BoundVirtualService virtualService, HttpRule rule, StringMatch? uri, in RouteScope scope)
    {
        var route = rule.Route;
        // The route's word on the host goes before a destination's, also among several.
        var authority = NullIfEmpty(route.Rewrite?.Authority) ?? HeaderCompiler.Authority(route.Headers?.Request);
        if (route.Route is [var only])
            authority ??= HeaderCompiler.Authority(only.Headers?.Request);
        var clusters = Clusters(virtualService, rule, scope);
        return new ForwardAction
        {
            Clusters = clusters,
            Rewrite = Rewrite(route.Rewrite, uri),
            Authority = authority,
            Timeout = route.Timeout is { Ticks: > 0 } timeout ? timeout : null,
            Retry = RetryCompiler.Compile(route.Retries, defaultRetry, Array.Exists(clusters.Entries, e => e.Hash is not null)),
            Mirrors = [.. Mirrors(virtualService, rule, scope)],
        };
    }

    private WeightedClusters Clusters(BoundVirtualService virtualService, HttpRule rule, in RouteScope scope)
    {
        var entries = rule.Route.Route ?? [];
        if (entries.Count == 1)
        {
            var target = Find(virtualService, rule, "route[0].destination", entries[0].Destination, scope);
            if (!_plain.TryGetValue((target.Name, target.Hash), out var plain))
            {
                plain = new WeightedClusters(
                    [new WeightedCluster(target.Name, target.Cluster, 1, HeaderMutator.None, HeaderMutator.None) { Hash = target.Hash }]);
                _plain[(target.Name, target.Hash)] = plain;
            }
            return plain;
        }
        // As written: a destination of weight 0 has its place, and gets nothing.
        var places = new WeightedCluster?[entries.Count];
        for (var i = 0; i < entries.Count; i++)
        {
            if (entries[i].Weight is not { } weight || weight <= 0)
                continue;
            var target = Find(virtualService, rule, $"route[{i}].destination", entries[i].Destination, scope);
            places[i] = new WeightedCluster(
                target.Name,
                target.Cluster,
                weight,
                HeaderCompiler.Compile(entries[i].Headers?.Request),
                HeaderCompiler.Compile(entries[i].Headers?.Response))
            {
                Authority = HeaderCompiler.Authority(entries[i].Headers?.Request),
                Hash = target.Hash,
            };
        }
        WeightedCluster[] weighted = [.. places.OfType<WeightedCluster>()];
        if (weighted.Length == 0)
        {
            ledger.Miss(rule.Source, $"{rule.Path} has no destination");
            weighted = [new WeightedCluster("", null, 1, HeaderMutator.None, HeaderMutator.None)];
        }
        return new WeightedClusters(weighted) { Sticky = Sticky(virtualService, rule, places) };
    }

    // The annotation of the VirtualService that the rule stands in; a delegate without one has that of the VirtualService it serves.
    private StickyWeights? Sticky(BoundVirtualService virtualService, HttpRule rule, WeightedCluster?[] places)
    {
        var owner = rule.Source.Metadata.Annotations.ContainsKey(StickyAnnotation.Name) ? rule.Source : virtualService.Source;
        if (!StickyAnnotation.TryRead(owner, out var key, out var reason))
            ledger.Miss(owner, $"{StickyAnnotation.Name}: {reason.Value.Message}");
        return key is null || places.All(p => p is null) ? null : new StickyWeights(key, $"{owner.Namespace}/{owner.Name}", places);
    }

    private IEnumerable<MirrorPolicy> Mirrors(BoundVirtualService virtualService, HttpRule rule, RouteScope scope)
    {
        var route = rule.Route;
        if (route.Mirror is { } mirror && PolicyCompiler.MirrorShare(route.MirrorPercentage, route.MirrorPercent) is > 0 and var share)
        {
            var target = Find(virtualService, rule, "mirror", mirror, scope);
            yield return new MirrorPolicy(target.Name, target.Cluster, share);
        }
        for (var i = 0; i < (route.Mirrors?.Count ?? 0); i++)
        {
            var policy = route.Mirrors![i];
            var part = PolicyCompiler.MirrorShare(policy.Percentage);
            if (part == 0)
                continue;
            var target = Find(virtualService, rule, $"mirrors[{i}].destination", policy.Destination, scope);
            yield return new MirrorPolicy(target.Name, target.Cluster, part);
        }
    }

    private Target Find(BoundVirtualService virtualService, HttpRule rule, string path, Destination? destination, in RouteScope scope)
    {
        var port = destination?.Port?.Number is > 0 and var number ? (int?)number : null;
        var target = clusters.Find(
            destination?.Host ?? "", port, destination?.Subset, virtualService.Source.Namespace, scope.ServerPort);
        if (target.Missing is { } missing)
            ledger.Miss(rule.Source, $"{rule.Path}.{path}: {missing}");
        return target;
    }

    // Istio replaces what the match covered: the prefix, or else the whole path; without a look at the path, the leading slash.
    private static PathRewriter? Rewrite(HttpRewrite? rewrite, StringMatch? uri)
    {
        if (rewrite?.UriRegexRewrite is { Match: { Length: > 0 } pattern } regex)
        {
            return Re2Pattern.TryCompileSearch(pattern, out var compiled, out var reason)
                ? PathRewriter.ReplaceMatches(compiled, regex.Rewrite ?? "")
                : throw new ArgumentException(reason, nameof(rewrite));
        }
        if (NullIfEmpty(rewrite?.Uri) is not { } replacement)
            return null;
        return uri switch
        {
            null => PathRewriter.ReplacePrefix("/", replacement),
            { Prefix: { } prefix } => PathRewriter.ReplacePrefix(prefix, replacement),
            _ => PathRewriter.ReplacePath(replacement),
        };
    }

    private RouteAction Redirect(HttpRule rule, HttpRedirect redirect, StringMatch? uri, in RouteScope scope)
    {
        var status = (int)(redirect.RedirectCode is > 0 and var code ? code : MovedPermanently);
        if (status is not (301 or 302 or 303 or 307 or 308))
        {
            ledger.Report(rule.Source, $"{rule.Path}.redirect.redirectCode", Severity.Warning, FindingCodes.NoEffectHere,
                $"the code {status} is not one of 301, 302, 303, 307, 308; the route answers 500");
            ledger.Miss(rule.Source, $"{rule.Path}.redirect.redirectCode: {status} is not a redirect");
            return new DirectResponseAction { Status = InternalServerError, Body = default };
        }
        var port = redirect.Port is > 0 and var written ? (int)written
            : redirect.DerivePort == RedirectPort.FromRequestPort ? scope.ServerPort
            : (int?)null;
        var scheme = NullIfEmpty(redirect.Scheme) ?? (scope.Tls ? "https" : "http");
        if ((port, scheme) is (HttpPort, "http") or (HttpsPort, "https"))
            port = null;
        return new RedirectAction
        {
            Status = status,
            Scheme = NullIfEmpty(redirect.Scheme),
            Authority = NullIfEmpty(redirect.Authority),
            Port = port,
            Path = NullIfEmpty(redirect.Uri),
            PrefixRewrite = redirect.PrefixRewrite is { Length: > 0 } prefixRewrite
                ? (uri?.Prefix ?? uri?.Exact ?? "/", prefixRewrite)
                : null,
        };
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
