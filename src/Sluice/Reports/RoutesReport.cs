using Sluice.DataPlane.Listeners;
using Sluice.DataPlane.Pipeline;
using Sluice.DataPlane.Routing;

namespace Sluice.Reports;

/// <summary>The compiled routing table: what <c>routes -o json</c> and the admin API's <c>/routes</c> answer.</summary>
internal sealed record RoutesReport(
    IReadOnlyList<ListenerView> Listeners, IReadOnlyList<RouteConfigView> RouteConfigs, IReadOnlyList<ClusterView> Clusters)
{
    /// <summary>Describes a snapshot.</summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="defaultBind">Address of <c>--bind</c>; null for every address.</param>
    public static RoutesReport Of(Snapshot snapshot, string? defaultBind) => new(
        [.. snapshot.Listeners.Select(l => ListenerView.Of(l, defaultBind)).OrderBy(l => l.Port).ThenBy(l => l.Name, StringComparer.Ordinal)],
        [.. snapshot.Listeners
            .SelectMany(l => l.FilterChains)
            .Select(c => c.Routes)
            .OfType<RouteConfig>()
            .DistinctBy(c => c.Name)
            .OrderBy(c => c.Name, StringComparer.Ordinal)
            .Select(RouteConfigView.Of)],
        [.. snapshot.Clusters.Values
            .OrderBy(c => c.Text, StringComparer.Ordinal)
            .Select(c => new ClusterView(c.Text, [.. c.Endpoints.Select(e => e.Address)]))]);
}

/// <summary>One port.</summary>
internal sealed record ListenerView(
    string Name, string Bind, int Port, int ServerPort, string Kind, IReadOnlyList<FilterChainView> FilterChains)
{
    private const string AnyAddress = "0.0.0.0";

    public static ListenerView Of(Listener listener, string? defaultBind) => new(
        listener.Name,
        listener.Bind ?? defaultBind ?? AnyAddress,
        listener.Port,
        listener.ServerPort,
        listener.Kind switch
        {
            ListenerKind.Http => "http",
            ListenerKind.Tls => "tls",
            _ => "tcp",
        },
        [.. listener.FilterChains.Select(FilterChainView.Of)]);
}

/// <summary>What the admin API's <c>/listeners</c> answers.</summary>
internal sealed record ListenersReport(IReadOnlyList<OpenListenerView> Listeners);

/// <summary>A port with its open connections.</summary>
internal sealed record OpenListenerView(
    string Name, string Bind, int Port, int ServerPort, string Kind, IReadOnlyList<FilterChainView> FilterChains, int Connections);

/// <summary>What serves the connections of some server names.</summary>
/// <param name="Sni">Server names; empty for any.</param>
/// <param name="Tls">Istio's TLS mode; null for plain text.</param>
/// <param name="RouteConfig">Name of the HTTP routes; null for a TCP proxy.</param>
/// <param name="Clusters">Clusters of a TCP proxy; null for HTTP.</param>
internal sealed record FilterChainView(
    IReadOnlyList<string> Sni, string? Tls, string? RouteConfig, IReadOnlyList<WeightView>? Clusters)
{
    public static FilterChainView Of(FilterChain chain) => new(
        chain.Sni,
        chain.Tls switch
        {
            TlsMode.None => null,
            TlsMode.Simple => "SIMPLE",
            TlsMode.Mutual => "MUTUAL",
            TlsMode.OptionalMutual => "OPTIONAL_MUTUAL",
            TlsMode.IstioMutual => "ISTIO_MUTUAL",
            TlsMode.Passthrough => "PASSTHROUGH",
            _ => "AUTO_PASSTHROUGH",
        },
        chain.Routes?.Name,
        chain.Clusters is null ? null : WeightView.All(chain.Clusters));
}

/// <summary>The virtual hosts that a listener, or one of its TLS servers, chooses from.</summary>
internal sealed record RouteConfigView(string Name, IReadOnlyList<VirtualHostView> VirtualHosts)
{
    public static RouteConfigView Of(RouteConfig config) =>
        new(config.Name, [.. config.VirtualHosts.Select(VirtualHostView.Of)]);
}

/// <summary>A host and its routes in order.</summary>
internal sealed record VirtualHostView(
    string Name, IReadOnlyList<string> Domains, bool RequireTls, IReadOnlyList<RouteView> Routes)
{
    public static VirtualHostView Of(VirtualHost host) => new(
        host.Name,
        // Ports of a Host header are ignored; Istio writes that as a second domain.
        [.. host.Domains.SelectMany(d => d == "*" ? new[] { d } : [d, d + ":*"])],
        host.RequireTls,
        [.. host.Routes.Select(RouteView.Of)]);
}

/// <summary>One rule.</summary>
internal sealed record RouteView(string Name, string Match, string Action, IReadOnlyList<WeightView> Clusters, string At)
{
    public static RouteView Of(Route route) => new(
        route.Name,
        route.Matcher.ToString(),
        route.Action switch
        {
            RedirectAction => "redirect",
            DirectResponseAction => "direct",
            _ => "forward",
        },
        route.Action is ForwardAction forward ? WeightView.All(forward.Clusters) : [],
        route.At);
}

/// <summary>A cluster with its share of the requests, relative to its neighbours. One that has no neighbours gets all of them, whatever
/// its weight: 100.</summary>
internal sealed record WeightView(string Cluster, int Weight)
{
    private const int Everything = 100;

    public static IReadOnlyList<WeightView> All(WeightedClusters clusters) => clusters.Entries is [var only]
        ? [new WeightView(only.Name, Everything)]
        : [.. clusters.Entries.Select(e => new WeightView(e.Name, e.Weight))];
}

/// <summary>A cluster and where it sends requests.</summary>
internal sealed record ClusterView(string Name, IReadOnlyList<string> Endpoints);
