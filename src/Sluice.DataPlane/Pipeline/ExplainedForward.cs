using System.Globalization;
using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Forwarding;
using Sluice.DataPlane.Routing;

namespace Sluice.DataPlane.Pipeline;

/// <summary>Says where a request goes and how it is changed on the way.</summary>
internal static class ExplainedForward
{
    // A destination that has no neighbours gets everything, whatever its weight.
    private const int Everything = 100;
    private const int ShownEndpoints = 8;

    /// <summary>Describes the destinations of a connection that is passed on as it is.</summary>
    public static void DescribeConnection(WeightedClusters clusters, string at, Explanation explanation) =>
        Destinations(clusters, at, isHttp: false, explanation);

    /// <summary>Describes a forwarded request.</summary>
    public static void Describe(ForwardAction action, Route route, Exchange exchange, Explanation explanation)
    {
        Destinations(action.Clusters, route.At, isHttp: true, explanation);
        Keys(action.Clusters, route.At, exchange, explanation);
        RequestHeaders(action, route, explanation);
        Rewrites(action, route, exchange, explanation);
        if (RouteTimeout.Of(action, exchange.Info) is { } timeout)
            explanation.Say("timeout", "applies", $"{timeout.TotalMilliseconds:0} ms for the whole exchange", route.At);
        explanation.Say("retries", "applies", Words(action.Retry), route.At);
        foreach (var mirror in action.Mirrors)
            Describe(mirror, route, exchange, explanation);
        foreach (var entry in action.Clusters.Entries)
            ExplainedRoute.Changes("response headers", entry.ResponseHeaders, Where(action, entry), route.At, explanation);

        // Which of several is asked may be drawn; an answer is certain only when none of them can give one.
        var asked = Chosen(action.Clusters, exchange) is { } chosen ? [chosen] : action.Clusters.Entries;
        if (Array.TrueForAll(asked, entry => Obstacle(entry) is not null))
        {
            var reply = LocalReplies.For(Obstacle(asked[0])!.Value);
            explanation.Reply(reply, "answer", $"{reply.Status}, no upstream can be asked", route.At);
        }
    }

    private static void Destinations(WeightedClusters clusters, string at, bool isHttp, Explanation explanation)
    {
        var entries = clusters.Entries;
        var answer = explanation.Answer;
        answer.Clusters = entries is [var only]
            ? [new ExplainCluster(only.Name, Everything)]
            : [.. entries.Select(entry => new ExplainCluster(entry.Name, entry.Weight))];
        answer.Cluster = entries.Length == 1 ? entries[0].Name : null;
        answer.Endpoints = [.. entries.SelectMany(entry => entry.Cluster?.Endpoints ?? []).Select(endpoint => endpoint.Address).Distinct()];
        foreach (var entry in entries)
        {
            var share = entries.Length == 1
                ? ""
                : string.Create(CultureInfo.InvariantCulture, $"{100.0 * entry.Weight / clusters.TotalWeight:0.##} % to ");
            var obstacle = Obstacle(entry);
            explanation.Say("destination", obstacle is null ? "applies" : "fails",
                $"{share}{entry.Name}: {(obstacle is { } error ? Words(error, isHttp) : Endpoints(entry.Cluster!.Endpoints) + Security(entry.Cluster))}", at);
        }
    }

    private static string Security(Cluster cluster) => cluster.Tls is { Settings: var tls }
        ? $" over TLS ({tls.Mode}, asking for {tls.ServerName ?? "the host"}{(tls.SkipsVerification ? ", unverified" : "")})"
        : "";

    // A client's address is not part of a call, so what depends on it stays open.
    private static WeightedCluster? Chosen(WeightedClusters clusters, Exchange exchange) =>
        clusters is { Entries.Length: > 1, Sticky: { Key.Source: not HashSource.Address } sticky }
            && sticky.Key.TryHash(exchange.Head, "", out var hash) ? sticky.Pick(hash) : null;

    private static void Keys(WeightedClusters clusters, string at, Exchange exchange, Explanation explanation)
    {
        if (clusters is { Entries.Length: > 1, Sticky: { } sticky })
        {
            var chosen = Chosen(clusters, exchange);
            explanation.Say("sticky weights", "applies", $"clients are told apart by {sticky.Key}: "
                + (chosen is not null ? $"this one keeps to {chosen.Name}"
                    : sticky.Key.Source == HashSource.Address ? "each keeps to its destination"
                    : sticky.Key.MakesCookie ? "this one has none and is given one" : "this one has none, so its destination is drawn"), at);
            if (chosen is not null)
                explanation.Answer.Cluster = chosen.Name;
        }
        foreach (var entry in clusters.Entries)
        {
            if (entry is { Hash: { } key, Cluster.Endpoints.Length: > 1 })
                explanation.Say("endpoint", "applies", $"clients keep to an endpoint of {entry.Name} by {key}", at);
        }
    }

    /// <summary>Why a destination can't be asked, as <see cref="RetryLoop"/> finds it; null when it can.</summary>
    private static ProxyError? Obstacle(WeightedCluster entry) => entry.Cluster switch
    {
        null => new ProxyError(ProxyErrorKind.NoCluster),
        { Refusal: { } refusal } => new ProxyError(ProxyErrorKind.ClusterRefused, refusal),
        { Endpoints.Length: 0 } => new ProxyError(ProxyErrorKind.NoHealthyUpstream),
        _ => null,
    };

    private static string Words(in ProxyError error, bool isHttp) => error.Kind switch
    {
        ProxyErrorKind.NoCluster => "there is no such host, port or subset" + (isHttp ? " (503, flag NC)" : ""),
        ProxyErrorKind.ClusterRefused => error.TransportFailure + (isHttp ? " (503, flag UF)" : ""),
        _ => "no endpoint" + (isHttp ? " (503, flag UH)" : ""),
    };

    private static string Endpoints(Endpoint[] endpoints)
    {
        var shown = string.Join(", ", endpoints.Take(ShownEndpoints).Select(
            endpoint => endpoint.Stats.Health.IsEjected ? endpoint.Address + " (ejected)" : endpoint.Address));
        return endpoints.Length > ShownEndpoints ? $"{shown} and {endpoints.Length - ShownEndpoints} more" : shown;
    }

    // The route's changes come after those of the destination, so its `set` wins.
    private static void RequestHeaders(ForwardAction action, Route route, Explanation explanation)
    {
        foreach (var entry in action.Clusters.Entries)
            ExplainedRoute.Changes("request headers", entry.RequestHeaders, Where(action, entry), route.At, explanation);
        ExplainedRoute.Changes("request headers", route.RequestHeaders, "", route.At, explanation);
    }

    private static void Rewrites(ForwardAction action, Route route, Exchange exchange, Explanation explanation)
    {
        var info = exchange.Info;
        if (action.Authority is { } authority)
        {
            explanation.Say("rewrite", "applies", $"the host {info.Authority} becomes {authority}", route.At);
        }
        else
        {
            foreach (var entry in action.Clusters.Entries)
            {
                if (entry.Authority is { } own)
                    explanation.Say("rewrite", "applies", $"the host {info.Authority} becomes {own}{Where(action, entry)}", route.At);
            }
        }
        if (action.Rewrite is not { } rewrite)
            return;
        var target = rewrite.Apply(info.Target);
        if (target == info.Target)
            explanation.Say("rewrite", "not matched", $"{info.Target} stays as it is", route.At);
        else
            explanation.Say("rewrite", "applies", $"{info.Target} becomes {target}", route.At);
    }

    private static void Describe(MirrorPolicy mirror, Route route, Exchange exchange, Explanation explanation)
    {
        var (verdict, detail) = mirror.Cluster is null ? ("fails", $"there is no {mirror.Name} to copy requests to")
            : mirror.Cluster.Refusal is { } refusal ? ("fails", $"{mirror.Name}: {refusal}")
            : exchange.IsUpgrade ? ("not matched", "a WebSocket is not copied")
            : ("applies", $"{ExplainedRoute.Percent(mirror.Millionths)} are copied to {mirror.Name}");
        explanation.Say("mirror", verdict, detail, route.At);
    }

    private static string Where(ForwardAction action, WeightedCluster entry) =>
        action.Clusters.Entries.Length == 1 ? "" : $" for {entry.Name}";

    private static string Words(RetryPolicy policy)
    {
        if (policy.Attempts == 0)
            return "off";
        var perTry = policy.PerTryTimeout is { } limit ? $", {limit.TotalMilliseconds:0} ms for each attempt" : "";
        return $"up to {policy.Attempts} more on {new RetryConditions(policy.On, policy.StatusCodes)}{perTry}";
    }
}
