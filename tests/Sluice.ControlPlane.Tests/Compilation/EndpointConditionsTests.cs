using Sluice.ControlPlane.Compilation;
using Sluice.DataPlane.Clusters;

namespace Sluice.ControlPlane.Tests.Compilation;

/// <summary>What EndpointSlices say of endpoints besides their addresses.</summary>
public class EndpointConditionsTests
{
    private static readonly GatewayIdentity InZoneA = new()
    {
        Labels = new Dictionary<string, string>
        {
            ["topology.kubernetes.io/region"] = "north",
            ["topology.kubernetes.io/zone"] = "north-a",
        },
    };

    [Theory]
    [InlineData("ready: true", true)]
    [InlineData("", true)]
    [InlineData("ready: false", false)]
    [InlineData("ready: false, serving: true, terminating: true", false)]
    public void An_endpoint_that_is_not_ready_is_listed_and_gets_nothing(string conditions, bool takesRequests)
    {
        var cluster = Service($"{{addresses: [10.0.0.1], conditions: {{{conditions}}}}}");
        Assert.Equal(takesRequests ? 1 : 0, cluster.Endpoints.Length);
        Assert.Equal(takesRequests ? 0 : 1, cluster.Members.Resting.Length);
        Assert.Equal(takesRequests, cluster.Balancer.Pick(default) is not null);
    }

    [Fact]
    public void An_endpoint_that_becomes_ready_again_has_its_figures()
    {
        var resting = Snapshot("{addresses: [10.0.0.1], conditions: {ready: false}}");
        var stats = Assert.Single(resting.Snapshot.Clusters[Text].Members.Resting).Stats;

        var ready = Snapshot("{addresses: [10.0.0.1]}", resting.Snapshot);

        Assert.Same(stats, Assert.Single(ready.Snapshot.Clusters[Text].Endpoints).Stats);
    }

    [Fact]
    public void An_endpoint_that_is_listed_twice_is_ready_if_one_says_so()
    {
        var cluster = Service("{addresses: [10.0.0.1], conditions: {ready: false}}, {addresses: [10.0.0.1]}");
        Assert.Single(cluster.Endpoints);
        Assert.Empty(cluster.Members.Resting);
    }

    [Fact]
    public void A_zone_is_one_of_the_gateways_region()
    {
        var cluster = Service("""
            {addresses: [10.0.0.1], zone: north-b}, {addresses: [10.0.0.2], zone: north-a}, {addresses: [10.0.0.3]}
            """);
        Assert.Equal(
            ["10.0.0.2:80", "10.0.0.1:80", "10.0.0.3:80"],
            cluster.Balancer.Levels.Select(level => Assert.Single(Assert.Single(level).Endpoints).Address));
    }

    private const string Text = "outbound|80||s.default.svc.cluster.local";

    private static Cluster Service(string endpoints) => Snapshot(endpoints).Snapshot.Clusters[Text];

    private static CompiledConfig Snapshot(string endpoints, Sluice.DataPlane.Pipeline.Snapshot? previous = null) => Compiled.From($$"""
        apiVersion: v1
        kind: Service
        metadata: {name: s}
        spec: {ports: [{name: http, port: 80}]}
        ---
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata:
          name: s-1
          labels: {kubernetes.io/service-name: s}
        addressType: IPv4
        ports: [{name: http, port: 80}]
        endpoints: [{{endpoints}}]
        ---
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: s}
        spec:
          host: s
          trafficPolicy:
            outlierDetection: {}
        """, InZoneA, previous);
}
