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

    public static Cluster ClusterOf(string name, UpstreamProtocol protocol, params int[] ports)
    {
        Endpoint[] endpoints = [.. ports.Select(p => new Endpoint("127.0.0.1", p, 1, new EndpointStats()))];
        return new Cluster
        {
            Name = new ClusterName(80, "", name + ".default.svc.cluster.local"),
            Text = $"outbound|80||{name}.default.svc.cluster.local",
            Protocol = protocol,
            Endpoints = endpoints,
            Balancer = InTurn(endpoints),
            ConnectTimeout = TimeSpan.FromSeconds(5),
            ServiceName = name,
            ServiceNamespace = "default",
        };
    }

    /// <summary>Picks in the order of the endpoints, beginning with the first.</summary>
    public static LoadBalancer InTurn(Endpoint[] endpoints) => new(
        new BalancingPolicy { Algorithm = BalancingAlgorithm.RoundRobin },
        [[new EndpointGroup(endpoints, 1)]],
        new ClusterStats(),
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
        FrozenDictionary<string, Cluster>.Empty,
        Settings);
}
