using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Sluice.ControlPlane.Reload;
using Sluice.DataPlane.Clusters;

namespace Sluice.ControlPlane.Tests.Reload;

/// <summary>Endpoints that are written as names, from the file to the members of the running snapshot.</summary>
public sealed class NamedEndpointsTests : IAsyncDisposable
{
    private const string Name = "api.example.org";
    private const string Text = "outbound|80||api.example.org";

    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(4.5);

    private readonly ManualTime _time = new();
    private readonly ReloadFixture _gateway;
    private readonly Channel<string> _applied = Channel.CreateUnbounded<string>();

    public NamedEndpointsTests()
    {
        _gateway = new ReloadFixture(time: _time);
        // Called after the new members are in force.
        _gateway.NameTable.Changed += name => _applied.Writer.TryWrite(name);
    }

    [Fact]
    public async Task Each_address_of_each_name_is_an_endpoint()
    {
        _gateway.Resolver.Answer("one.example.org", "10.0.0.2", "10.0.0.1");
        _gateway.Resolver.Answer("two.example.org", "fd00::1", "10.0.0.1");
        await Start(Entry("DNS", "{address: one.example.org, weight: 3}", "{address: two.example.org}", "{address: 10.0.0.9}"));

        Assert.Equal(["10.0.0.1:80", "10.0.0.2:80", "[fd00::1]:80", "10.0.0.9:80"], Addresses);
        Assert.Equal([3, 3, 1, 1], Cluster.Endpoints.Select(e => e.Weight));
        Assert.All(Cluster.Endpoints, e => Assert.NotNull(e.ConnectTo));
    }

    [Fact]
    public async Task A_changed_answer_goes_into_the_running_snapshot_and_touches_nothing_else()
    {
        _gateway.Resolver.Answer(Name, "10.0.0.1", "10.0.0.2");
        _gateway.Resolver.Answer("other.example.org", "10.1.0.1");
        await Start(Entry("DNS") + EntryOf("other.example.org", "DNS"));
        var (snapshot, cluster, kept) = (_gateway.Live.Current, Cluster, Cluster.Endpoints[1]);
        var other = snapshot.Clusters["outbound|80||other.example.org"].Members;
        kept.Stats.Begin();

        await Change(Name, "10.0.0.3", "10.0.0.2");

        Assert.Same(snapshot, _gateway.Live.Current);
        Assert.Same(cluster, Cluster);
        Assert.Equal(["10.0.0.2:80", "10.0.0.3:80"], Addresses);
        Assert.Same(kept, Cluster.Endpoints[0]);
        Assert.Same(other, snapshot.Clusters["outbound|80||other.example.org"].Members);
        Assert.Equal(Cluster.Endpoints, Assert.Single(Assert.Single(Cluster.Balancer.Levels)).Endpoints);
    }

    [Fact]
    public async Task A_rotated_answer_changes_nothing()
    {
        _gateway.Resolver.Answer(Name, "10.0.0.1", "10.0.0.2");
        await Start(Entry("DNS"));
        var members = Cluster.Members;

        await Change(Name, "10.0.0.2", "10.0.0.1");

        Assert.Same(members, Cluster.Members);
    }

    [Fact]
    public async Task With_round_robin_the_name_is_one_endpoint_that_moves()
    {
        _gateway.Resolver.Answer(Name, "10.0.0.2", "10.0.0.1");
        await Start(Entry("DNS_ROUND_ROBIN"));
        var before = Assert.Single(Cluster.Endpoints);
        Assert.Equal(("10.0.0.2:80", "api.example.org:80"), (before.Address, before.Key));

        await Change(Name, "10.0.0.1", "10.0.0.2");

        var after = Assert.Single(Cluster.Endpoints);
        Assert.Equal(("10.0.0.1:80", "api.example.org:80"), (after.Address, after.Key));
        Assert.Same(before.Stats, after.Stats);
    }

    [Fact]
    public async Task A_failing_resolver_leaves_the_endpoints_also_across_a_reload()
    {
        _gateway.Resolver.Answer(Name, "10.0.0.1", "10.0.0.2");
        await Start(Entry("DNS"));
        var old = Cluster;
        _gateway.Resolver.Fail(Name, SocketError.TryAgain);
        await Pass(Refresh);
        await _time.SomeoneWaitsFor(TimeSpan.FromSeconds(0.9));

        var reload = await Reload(Entry("DNS", "{address: api.example.org}", "{address: 10.0.0.9}"));

        Assert.NotSame(old, Cluster);
        Assert.Equal(["10.0.0.1:80", "10.0.0.2:80", "10.0.0.9:80"], Addresses);
        Assert.Equal(old.Endpoints.Select(e => e.Stats), Cluster.Endpoints.Take(2).Select(e => e.Stats));
        var finding = Assert.Single(reload.Findings, f => f.Code == "SLU0221");
        Assert.StartsWith(
            "api.example.org does not resolve (no answer from the name server); its addresses of 1970-01-01 00:00:00Z are used meanwhile",
            finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_without_an_answer_does_not_hold_up_a_reload()
    {
        _gateway.Resolver.Answer(Name, "10.0.0.1");
        await Start(Entry("DNS"));
        var answer = _gateway.Resolver.Hold("new.example.org");

        var reloading = Reload(Entry("DNS", "{address: new.example.org}"));
        await Pass(TimeSpan.FromMilliseconds(500));
        var reload = await reloading;

        Assert.Contains(reload.Findings, f => f.Code == "SLU0221" && f.Message.Contains("no answer yet", StringComparison.Ordinal));
        Assert.Empty(Cluster.Endpoints);
        Assert.Null(Cluster.Balancer.Pick(default));
        Assert.Null(Assert.Single(Cluster.Members.Resting).ConnectTo);

        answer.SetResult([IPAddress.Parse("10.0.0.7")]);
        await Applied("new.example.org");
        Assert.Equal(["10.0.0.7:80"], Addresses);
        Assert.Empty(Cluster.Members.Resting);
    }

    [Fact]
    public async Task An_endpoint_that_goes_is_known_until_its_requests_have_ended()
    {
        _gateway.Resolver.Answer(Name, "10.0.0.1", "10.0.0.2");
        await Start(Entry("DNS"));
        var gone = Cluster.Endpoints[0];
        gone.Stats.Begin();

        await Change(Name, "10.0.0.2");
        Assert.Equal(["10.0.0.2:80"], Addresses);
        Assert.Same(gone, Assert.Single(Cluster.Members.Leaving));

        await Change(Name, "10.0.0.1", "10.0.0.2");
        Assert.Same(gone.Stats, Cluster.Endpoints[0].Stats);
        Assert.Empty(Cluster.Members.Leaving);

        gone.Stats.End(success: true);
        await Change(Name, "10.0.0.2");
        Assert.Empty(Cluster.Members.Leaving);
    }

    [Fact]
    public async Task Nobody_asks_for_names_that_no_route_leads_to()
    {
        _gateway.Resolver.Answer(Name, "10.0.0.1");
        await Start(Entry("DNS") + """
            ---
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {name: unused}
            spec: {hosts: [unused.example.org], resolution: DNS, ports: [{number: 80, name: http, protocol: HTTP}]}

            """);
        Assert.Equal([Name], _gateway.NameTable.All.Select(n => n.Name));
    }

    [Fact]
    public async Task Names_of_a_refused_configuration_are_forgotten()
    {
        _gateway.Resolver.Answer(Name, "10.0.0.1");
        _gateway.Resolver.Answer("new.example.org", "10.0.0.2");
        await Start(Entry("DNS"));
        _gateway.Listeners.Refuse = _ => "taken";

        var reload = await Reload(Entry("DNS", "{address: new.example.org}"));

        Assert.Equal(ReloadOutcome.Refused, reload.Outcome);
        Assert.Equal([Name], _gateway.NameTable.All.Select(n => n.Name));
        Assert.Equal(["10.0.0.1:80"], Addresses);
    }

    [Fact]
    public async Task Behind_an_external_name_is_what_it_resolves_to()
    {
        _gateway.Resolver.Answer("far.example.org", "10.0.0.1", "10.0.0.2");
        await Start(Route("alias.default.svc.cluster.local") + """
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: alias}
            spec: {type: ExternalName, externalName: far.example.org, ports: [{name: http, port: 80}]}

            """);
        Assert.Equal(
            ["10.0.0.1:80", "10.0.0.2:80"], _gateway.Live.Current.Clusters["outbound|80||far.example.org"].Endpoints.Select(e => e.Address));
    }

    [Fact]
    public async Task Without_resolution_a_gateway_has_no_endpoints()
    {
        await Start(Entry("NONE"));
        Assert.Empty(Cluster.Endpoints);
        Assert.Empty(_gateway.NameTable.All);
    }

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    private Cluster Cluster => _gateway.Live.Current.Clusters[Text];

    private IEnumerable<string> Addresses => Cluster.Endpoints.Select(e => e.Address);

    private async Task Start(string services)
    {
        _gateway.Folder.Write("conf/gateway.yaml", Documents.Gateway());
        _gateway.Folder.Write("conf/services.yaml", services);
        var first = await _gateway.StartAsync();
        Assert.Equal(ReloadOutcome.Published, first.Outcome);
        while (_applied.Reader.TryRead(out _))
        {
            // The first answers of all names.
        }
    }

    private Task<ReloadAttempt> Reload(string services)
    {
        _gateway.Folder.Write("conf/services.yaml", services);
        return _gateway.Loop.ReloadNow();
    }

    private async Task Change(string name, params string[] addresses)
    {
        _gateway.Resolver.Answer(name, addresses);
        await _time.SomeoneWaitsFor(Refresh, _gateway.NameTable.All.Count);
        _time.Advance(Refresh);
        await Applied(name);
    }

    private async Task Pass(TimeSpan time)
    {
        await _time.SomeoneWaitsFor(time);
        _time.Advance(time);
    }

    private async Task Applied(string name)
    {
        while (await _applied.Reader.ReadAsync(TestContext.Current.CancellationToken) != name)
        {
            // That of another name.
        }
    }

    private static string Entry(string resolution, params string[] endpoints) => EntryOf(Name, resolution, endpoints);

    private static string EntryOf(string host, string resolution, params string[] endpoints) => Route(host) + $$"""
        ---
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: {{host}}}
        spec:
          hosts: [{{host}}]
          resolution: {{resolution}}
          ports: [{number: 80, name: http, protocol: HTTP}]
          endpoints: [{{string.Join(", ", endpoints)}}]

        """;

    private static string Route(string host) => $$"""
        ---
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: {{host}}}
        spec:
          hosts: [{{host}}]
          gateways: [edge]
          http:
          - route:
            - destination:
                host: {{host}}

        """;
}
