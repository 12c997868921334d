using System.Collections.Frozen;
using System.Text;
using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Clusters.Balancers;
using Sluice.DataPlane.Listeners;
using Sluice.DataPlane.Pipeline;
using Sluice.DataPlane.Routing;

namespace Sluice.DataPlane.Tests.Pipeline.Harness;

/// <summary>Builds snapshots by hand: one plain listener, hosts with routes.</summary>
internal sealed class SnapshotBuilder
{
    private readonly List<VirtualHost> _hosts = [];

    public const int Port = 8080;

    public EdgeSettings Settings { get; set; } = new();

    public bool TrustsCallers { get; set; }

    public static Cluster ClusterOf(string name, params int[] ports) => ClusterOf(name, UpstreamProtocol.Http1, ports);

    public static Cluster ClusterOf(string name, UpstreamProtocol protocol, params int[] ports) => Guarded(ports, protocol: protocol, name: name);

    /// <summary>A cluster whose endpoints are taken in turn as long as they are in use, with policies.</summary>
    public static Cluster Guarded(
        int[] ports,
        OutlierDetector? detector = null,
        CircuitLimits? limits = null,
        ConnectionSettings? connections = null,
        UpstreamProtocol protocol = UpstreamProtocol.Http1,
        int panicPercent = 0,
        bool followsClient = false,
        string name = "a",
        string host = "127.0.0.1",
        UpstreamTls? tls = null,
        ProxyHeaderVersion? proxyHeader = null,
        TimeSpan? connectTimeout = null)
    {
        Endpoint[] endpoints = [.. ports.Select(p => new Endpoint(host, p, 1, new EndpointStats()))];
        var stats = new ClusterStats();
        return new Cluster
        {
            Name = new ClusterName(80, "", name + ".default.svc.cluster.local"),
            Text = $"outbound|80||{name}.default.svc.cluster.local",
            Protocol = protocol,
            FollowsClientProtocol = followsClient,
            Endpoints = endpoints,
            Balancer = InTurn(endpoints, stats, panicPercent),
            ConnectTimeout = connectTimeout ?? TimeSpan.FromSeconds(5),
            Connections = connections ?? ConnectionSettings.Default,
            CircuitBreaker = new CircuitBreaker(limits ?? CircuitLimits.None, stats),
            OutlierDetector = detector,
            Tls = tls,
            ProxyHeader = proxyHeader,
            ServiceName = name,
            ServiceNamespace = "default",
        };
    }

    /// <summary>Picks in the order of the endpoints, beginning with the first.</summary>
    public static LoadBalancer InTurn(Endpoint[] endpoints) => InTurn(endpoints, new ClusterStats(), panicPercent: 0);

    private static LoadBalancer InTurn(Endpoint[] endpoints, ClusterStats stats, int panicPercent) => new(
        new BalancingPolicy { Algorithm = BalancingAlgorithm.RoundRobin, PanicPercent = panicPercent },
        [[new EndpointGroup(endpoints, 1)]],
        stats,
        TimeProvider.System,
        () => uint.MaxValue);

    public static WeightedCluster Weighted(Cluster? cluster, int weight = 1) =>
        new(cluster?.Text ?? "outbound|80||missing.default.svc.cluster.local", cluster, weight, HeaderMutator.None, HeaderMutator.None);

    public static ForwardAction To(Cluster? cluster) => new() { Clusters = new WeightedClusters([Weighted(cluster)]) };

    public static Route Route(RouteAction action, params RoutePredicate[] predicates) => new()
    {
        Name = "",
        Matcher = predicates.Length == 0 ? RouteMatcher.Any : new RouteMatcher(predicates),
        Action = action,
        At = "vs.yaml:1",
    };

    public static DirectResponseAction Direct(string body, int status = 200) =>
        new() { Status = status, Body = Encoding.UTF8.GetBytes(body) };

    public SnapshotBuilder Host(string domain, params Route[] routes) => Host(domain, requireTls: false, routes);

    public SnapshotBuilder Host(string domain, bool requireTls, params Route[] routes)
    {
        _hosts.Add(new VirtualHost { Name = $"{domain}:80", Domains = [domain], Routes = routes, RequireTls = requireTls });
        return this;
    }

    public Snapshot Build() => new(
        1,
        [
            new Listener
            {
                Name = "0.0.0.0_8080",
                Bind = null,
                Port = Port,
                ServerPort = 80,
                Kind = ListenerKind.Http,
                TrustsCallers = TrustsCallers,
                FilterChains =
                [
                    new FilterChain
                    {
                        Sni = [],
                        Tls = TlsMode.None,
                        Routes = new RouteConfig("http.8080", [.. _hosts]),
                        At = "gw.yaml:1",
                        Source = "Gateway default/gw",
                    },
                ],
            },
        ],
        Clusters().DistinctBy(c => c.Text).ToFrozenDictionary(c => c.Text),
        Settings);

    private IEnumerable<Cluster> Clusters() =>
        from host in _hosts
        from route in host.Routes
        where route.Action is ForwardAction
        from entry in ((ForwardAction)route.Action).Clusters.Entries
        where entry.Cluster is not null
        select entry.Cluster;
}
