using System.Collections.Frozen;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Prometheus;
using Sluice.ControlPlane.Compilation;
using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Pipeline;

namespace Sluice.ControlPlane.Tests.Compilation;

public class SnapshotCompilerTests
{
    private const string Gateway = """
        apiVersion: networking.istio.io/v1
        kind: Gateway
        metadata: {name: gw}
        spec:
          servers:
          - port: {number: 80, name: http, protocol: HTTP}
            hosts: ["*"]
        ---

        """;

    [Fact]
    public void Endpoints_that_stay_keep_their_figures()
    {
        var first = Compiled.From(Entry("10.0.0.1", "10.0.0.2")).Snapshot;
        first.Clusters["outbound|80||x.example.org"].Endpoints[1].Stats.Begin();

        var second = Compiled.From(Entry("10.0.0.2", "10.0.0.3"), previous: first).Snapshot;

        var endpoints = second.Clusters["outbound|80||x.example.org"].Endpoints;
        Assert.Equal([1, 0], endpoints.Select(e => e.Stats.ActiveRequests));
        Assert.Same(first.Clusters["outbound|80||x.example.org"].Endpoints[1].Stats, endpoints[0].Stats);
    }

    [Fact]
    public void Many_endpoints_keep_their_figures_as_well()
    {
        string[] addresses = [.. Enumerable.Range(1, 20).Select(i => $"10.0.0.{i}")];
        var first = Compiled.From(Entry(addresses)).Snapshot;
        Array.Reverse(addresses);

        var second = Compiled.From(Entry(addresses), previous: first).Snapshot;

        var old = first.Clusters["outbound|80||x.example.org"].Endpoints.ToDictionary(e => e.Address, e => e.Stats);
        Assert.All(second.Clusters["outbound|80||x.example.org"].Endpoints, e => Assert.Same(old[e.Address], e.Stats));
    }

    [Fact]
    public void Ejections_and_what_counts_against_limits_survive_a_reload()
    {
        const string rule = """
            ---
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: x}
            spec:
              host: x.example.org
              trafficPolicy:
                outlierDetection: {consecutive5xxErrors: 2, maxEjectionPercent: 100}
                connectionPool: {tcp: {maxConnections: 1}}
            """;
        var first = Compiled.From(Entry("10.0.0.1", "10.0.0.2") + rule).Snapshot.Clusters["outbound|80||x.example.org"];
        using var ejections = new Ejections(() => [first], Metrics.NewCustomRegistry(), TimeProvider.System, NullLogger.Instance);
        ejections.Eject(first, first.Endpoints[1], EjectionCause.ServerErrors);
        first.OutlierDetector!.Observe(first.Endpoints[0].Stats.Health, new UpstreamEvent(true, 500, false));
        first.CircuitBreaker.TryEnter(needsConnection: true);

        var previous = new Snapshot(1, [], new[] { first }.ToFrozenDictionary(c => c.Text), new EdgeSettings());
        var second = Compiled.From(Entry("10.0.0.2", "10.0.0.3", "10.0.0.1") + rule, previous: previous).Snapshot.Clusters[first.Text];

        Assert.Equal([true, false, false], second.Endpoints.Select(e => e.Stats.Health.IsEjected));
        Assert.All(Enumerable.Range(0, 50), _ => Assert.NotEqual("10.0.0.2:80", second.Balancer.Pick(default)!.Address));
        Assert.Equal(EjectionCause.ServerErrors, second.OutlierDetector!.Observe(second.Endpoints[2].Stats.Health, new UpstreamEvent(true, 500, false)));
        Assert.Equal(Admission.Wait, second.CircuitBreaker.TryEnter(needsConnection: true));
        // The balancer of the new snapshot learns of what changes through either.
        ejections.Uneject(first, first.Endpoints[1]);
        Assert.Contains(Enumerable.Range(0, 200), _ => second.Balancer.Pick(default)!.Address == "10.0.0.2:80");
    }

    [Fact]
    public void Subsets_have_figures_of_their_own()
    {
        var rule = """
            ---
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: x}
            spec: {host: x.example.org, subsets: [{name: all}]}
            """;
        var clusters = Compiled.From(Entry("10.0.0.1") + rule).Snapshot.Clusters;
        Assert.NotSame(
            clusters["outbound|80||x.example.org"].Endpoints[0].Stats, clusters["outbound|80|all|x.example.org"].Endpoints[0].Stats);
    }

    [Fact]
    public void Objects_are_reported_in_the_order_of_the_file()
    {
        var config = Compiled.From(Gateway + VirtualService("z") + "---\n" + VirtualService("a"));
        Assert.Equal(
            ["Gateway default/gw", "VirtualService default/z", "VirtualService default/a"], config.Objects.Select(o => o.Resource.Id));
    }

    [Fact]
    public void No_finding_of_compilation_stops_a_load()
    {
        foreach (var folder in Directory.GetDirectories(Path.Combine(Repository.Root, "tests", "Golden")))
            Assert.DoesNotContain(Compiled.From(File.ReadAllText(Path.Combine(folder, "in.yaml"))).Findings, f => f.StopsLoad);
    }

    [Fact]
    public void An_empty_configuration_listens_nowhere()
    {
        var config = Compiled.From("{}");
        Assert.Empty(config.Snapshot.Listeners);
        Assert.Empty(config.Objects);
        Assert.Equal(1, config.Snapshot.Generation);
    }

    [Theory]
    [InlineData("reviews", "9080")]
    [InlineData("reviews:9080", "9080")]
    [InlineData("REVIEWS.shop", "9080")]
    [InlineData("reviews.shop.svc:9090", "9090")]
    [InlineData("reviews.shop.svc.cluster.local:9090", "9090")]
    [InlineData("reviews.shop:1234", "9080")]
    [InlineData("reviews.other", null)]
    [InlineData("other", null)]
    [InlineData("other.far", "80")]
    public void The_mesh_listener_knows_services_by_their_names(string host, string? port)
    {
        const string services = """
            apiVersion: v1
            kind: Service
            metadata: {name: reviews, namespace: shop}
            spec: {ports: [{name: tcp, port: 1}, {name: http, port: 9080}, {name: http-admin, port: 9090}]}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: other, namespace: far}
            spec: {ports: [{port: 80}]}
            """;
        var identity = new GatewayIdentity { Namespace = "shop", Mesh = IPEndPoint.Parse("127.0.0.1:15001") };
        var outcome = Simulator.Get(Compiled.From(services, identity).Snapshot, host, port: 15001);
        Assert.Equal(port, outcome.Clusters.SingleOrDefault()?.Split('|')[1]);
        Assert.Equal(port is null ? "no_virtual_host" : null, outcome.Error);
    }

    [Fact]
    public void The_mesh_listener_gives_way_to_a_Gateway_with_its_address()
    {
        const string bound = """
            apiVersion: networking.istio.io/v1
            kind: Gateway
            metadata: {name: gw}
            spec:
              servers:
              - port: {number: 15001, name: http, protocol: HTTP}
                bind: 127.0.0.1
                hosts: ["*"]
            """;
        var config = Compiled.From(bound, new GatewayIdentity { Mesh = IPEndPoint.Parse("127.0.0.1:15001") });
        var listener = Assert.Single(config.Snapshot.Listeners);
        Assert.False(listener.TrustsCallers);
        Assert.Contains(config.Findings, f => f.Code == "SLU0112");
    }

    [Fact]
    public void Rules_that_differ_nowhere_are_compiled_once_for_all_servers()
    {
        const string second = "\n  - port: {number: 81, name: b, protocol: HTTP}\n    hosts: ['*']";
        var gateway = Gateway.Replace("hosts: [\"*\"]", "hosts: ['*']" + second, StringComparison.Ordinal);
        var config = Compiled.From(gateway + VirtualService("v"));
        var routes = config.Snapshot.Listeners.Select(l => l.FilterChains[0].Routes!.VirtualHosts[0].Routes).ToArray();
        Assert.Same(routes[0], routes[1]);
    }

    private static string Entry(params string[] addresses) => $$"""
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: x}
        spec:
          hosts: [x.example.org]
          ports: [{number: 80, name: http, protocol: HTTP}]
          resolution: STATIC
          endpoints: [{{string.Join(", ", addresses.Select(a => $"{{address: {a}}}"))}}]

        """;

    private static string VirtualService(string name) => $$"""
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: {{name}}}
        spec:
          hosts: ["*"]
          gateways: [gw]
          http:
          - match:
            - uri:
                prefix: /{{name}}
            directResponse: {status: 200}

        """;
}
