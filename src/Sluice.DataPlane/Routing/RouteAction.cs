using Sluice.DataPlane.Clusters;

namespace Sluice.DataPlane.Routing;

/// <summary>What a matched route does with the request: <see cref="ForwardAction"/>, <see cref="RedirectAction"/> or
/// <see cref="DirectResponseAction"/>.</summary>
public abstract class RouteAction
{
    private protected RouteAction()
    {
    }
}

/// <summary>Sends the request to one of several clusters.</summary>
public sealed class ForwardAction : RouteAction
{
    /// <summary>Where to, by weight.</summary>
    public required WeightedClusters Clusters { get; init; }

    /// <summary>Change of the path (HTTPRoute <c>rewrite.uri</c>, <c>rewrite.uriRegexRewrite</c>); null without.</summary>
    public PathRewriter? Rewrite { get; init; }

    /// <summary>Host to send upstream (HTTPRoute <c>rewrite.authority</c>); null keeps the client's.</summary>
    public string? Authority { get; init; }

    /// <summary>Bound on the whole exchange, retries and back-off included (HTTPRoute <c>timeout</c>); null for none.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>When an attempt may be followed by another.</summary>
    public RetryPolicy Retry { get; init; } = RetryPolicy.Default;

    /// <summary>Clusters that get a copy of the request, answers discarded (HTTPRoute <c>mirror</c>, <c>mirrors</c>).</summary>
    public MirrorPolicy[] Mirrors { get; init; } = [];
}

/// <summary>Answers by itself (HTTPRoute <c>directResponse</c>).</summary>
public sealed class DirectResponseAction : RouteAction
{
    /// <summary>Status, 200 to 599.</summary>
    public required int Status { get; init; }

    /// <summary>Body; empty for none.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }
}

/// <summary>One destination of a route.</summary>
/// <param name="Name">Cluster name, also when no such cluster exists.</param>
/// <param name="Cluster">The cluster; null when host, port or subset are unknown (503, flag NC).</param>
/// <param name="Weight">Weight, at least 1.</param>
/// <param name="RequestHeaders">Header changes of this destination on requests.</param>
/// <param name="ResponseHeaders">Header changes of this destination on answers.</param>
public sealed record WeightedCluster(
    string Name, Cluster? Cluster, int Weight, HeaderMutator RequestHeaders, HeaderMutator ResponseHeaders)
{
    /// <summary>Host to send upstream when this destination is chosen among several, unless <see cref="ForwardAction.Authority"/> says
    /// otherwise (HTTPRouteDestination <c>headers.request</c> with <c>Host</c> or <c>:authority</c>); null keeps the client's.</summary>
    public string? Authority { get; init; }

    /// <summary>The key by which clients keep to an endpoint of the cluster (DestinationRule <c>consistentHash</c>); null for none.</summary>
    public HashPolicy? Hash { get; init; }
}

/// <summary>A copy of the request for another cluster (HTTPMirrorPolicy).</summary>
/// <param name="Name">Cluster name.</param>
/// <param name="Cluster">The cluster; null when unknown, which mirrors nothing.</param>
/// <param name="Millionths">Share of the requests, 0 to 1,000,000.</param>
public sealed record MirrorPolicy(string Name, Cluster? Cluster, int Millionths)
{
    /// <summary>Whether a request is copied. Each policy of a route draws for itself.</summary>
    /// <param name="dice">Draws uniformly from 0 to below its argument.</param>
    public bool Takes(Func<int, int> dice) => Share.Takes(Millionths, dice);
}
