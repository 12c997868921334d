using System.Collections.Frozen;
using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Listeners;
using Sluice.DataPlane.Pipeline;
using Sluice.DataPlane.Routing;
using Sluice.DataPlane.Tests.Pipeline.Harness;
using static Sluice.DataPlane.Tests.Pipeline.Harness.SnapshotBuilder;

namespace Sluice.DataPlane.Tests.Pipeline;

/// <summary>What an explanation says, step by step.</summary>
public sealed class ExplainerTests
{
    [Fact]
    public void Each_decision_has_its_line_in_the_order_of_the_pipeline()
    {
        var route = new Route
        {
            Name = "split",
            Matcher = new RouteMatcher([Path("/api")]),
            Action = new ForwardAction
            {
                Clusters = new WeightedClusters([
                    Weighted(ClusterOf("v1", 9001, 9002), 90) with { RequestHeaders = Set("x-version", "1"), Authority = "one" },
                    Weighted(ClusterOf("v2"), 10) with { ResponseHeaders = Set("x-canary", "yes") },
                ]),
                Rewrite = PathRewriter.ReplacePrefix("/api", "/v"),
                Timeout = TimeSpan.FromSeconds(3),
                Retry = new RetryPolicy { Attempts = 3, On = RetryOn.ServerError, PerTryTimeout = TimeSpan.FromSeconds(1) },
                Mirrors = [new MirrorPolicy("outbound|80||shadow", ClusterOf("shadow", 9003), 250_000), new MirrorPolicy("outbound|80||gone", null, 1)],
            },
            At = "vs.yaml:20",
            Fault = new() { Delay = TimeSpan.FromSeconds(2), DelayMillionths = 500_000, AbortStatus = 503, AbortMillionths = 10_000 },
            Cors = new() { Origins = [StringMatcher.Exact("http://shop")] },
            RequestHeaders = Set("x-route", "split"),
            ResponseHeaders = new HeaderMutator([new(HeaderChange.Remove, "server", "")]),
        };
        var snapshot = new SnapshotBuilder()
            .Host("*.example.com", Route(Direct("no"), Path("/api"), new HeaderPredicate("my-header", StringMatcher.Exact("canary"), negated: false)), route)
            .Build();

        var answer = Explainer.Explain(snapshot, new ExplainCall
        {
            Host = "a.example.com",
            Path = "/x/../api/7?q",
            Headers = new Dictionary<string, string> { ["origin"] = "http://shop" },
        });

        Assert.Equal(
            """
            listener|matched|port 80 is 0.0.0.0_8080|gw.yaml:1
            path|applies|/x/../api/7?q is normalised to /api/7?q|
            virtual host|matched|a.example.com is covered by *.example.com|
            route|not matched|wanted header my-header exact "canary", the request has none|vs.yaml:1
            route|matched|split: prefix /api|vs.yaml:20
            fault|applies|50 % wait 2000 ms|vs.yaml:20
            fault|applies|1 % are aborted with 503|vs.yaml:20
            cors|applies|the origin http://shop is allowed|vs.yaml:20
            destination|applies|90 % to outbound|80||v1.default.svc.cluster.local: 127.0.0.1:9001, 127.0.0.1:9002|vs.yaml:20
            destination|fails|10 % to outbound|80||v2.default.svc.cluster.local: no endpoint (503, flag UH)|vs.yaml:20
            request headers|applies|set x-version to "1" for outbound|80||v1.default.svc.cluster.local|vs.yaml:20
            request headers|applies|set x-route to "split"|vs.yaml:20
            rewrite|applies|the host a.example.com becomes one for outbound|80||v1.default.svc.cluster.local|vs.yaml:20
            rewrite|applies|/api/7?q becomes /v/7?q|vs.yaml:20
            timeout|applies|3000 ms for the whole exchange|vs.yaml:20
            retries|applies|up to 3 more on 5xx, 1000 ms for each attempt|vs.yaml:20
            mirror|applies|25 % are copied to outbound|80||shadow|vs.yaml:20
            mirror|fails|there is no outbound|80||gone to copy requests to|vs.yaml:20
            response headers|applies|set x-canary to "yes" for outbound|80||v2.default.svc.cluster.local|vs.yaml:20
            response headers|applies|remove server|vs.yaml:20
            """,
            string.Join('\n', answer.Why.Select(s => $"{s.Step}|{s.Verdict}|{s.Detail}|{s.At}")),
            ignoreLineEndingDifferences: true);
        Assert.Equal((null, null, null), (answer.Cluster, answer.Status, answer.Error));
        Assert.Equal(["127.0.0.1:9001", "127.0.0.1:9002"], answer.Endpoints);
    }

    [Fact]
    public void Of_very_many_rules_the_first_are_shown_and_the_others_counted()
    {
        Route[] routes = [.. Enumerable.Range(0, 5000).Select(i => Route(Direct("x"), Path($"/r{i}/")))];
        var snapshot = new SnapshotBuilder().Host("a", routes).Build();

        var why = Explainer.Explain(snapshot, new ExplainCall { Host = "a", Path = "/r4999/" }).Why;

        Assert.Equal(51, why.Count(s => s.Verdict == "not matched"));
        Assert.Contains(why, s => s.Detail == "nor do the next 4949 rules, which are left out here");
        Assert.Contains(why, s => s is { Step: "route", Verdict: "matched", Detail: "prefix /r4999/" });
    }

    [Fact]
    public void A_malformed_stream_of_HTTP2_is_reset_so_there_is_no_status()
    {
        var snapshot = new SnapshotBuilder().Host("a", Route(Direct("x"))).Build();

        var answer = Explainer.Explain(snapshot, new ExplainCall { Host = "a@b", Protocol = "http2" });

        Assert.Equal(("protocol_error", null), (answer.Error, answer.Status));
        Assert.Equal("\"a@b\" is no host (400); the stream is reset", answer.Why[^1].Detail);
    }

    [Fact]
    public void A_gRPC_deadline_counts_when_it_is_the_shorter_one()
    {
        var route = Route(new ForwardAction { Clusters = new WeightedClusters([Weighted(ClusterOf("a", 1))]), Timeout = TimeSpan.FromSeconds(3) });
        var snapshot = new SnapshotBuilder().Host("a", route).Build();

        var answer = Explainer.Explain(snapshot, new ExplainCall
        {
            Host = "a",
            Headers = new Dictionary<string, string> { ["content-type"] = "application/grpc", ["grpc-timeout"] = "500m" },
        });

        Assert.Contains(answer.Why, s => s is { Step: "timeout", Detail: "500 ms for the whole exchange" });
    }

    [Theory]
    // Plain HTTP.
    [InlineData(80, "http", "plaintext", null, "0.0.0.0_8080", "0.0.0.0_8080", null, null)]
    [InlineData(8080, "http2", "plaintext", null, "0.0.0.0_8080", "0.0.0.0_8080", null, null)]
    [InlineData(80, "http", "tls", null, "0.0.0.0_8080", "0.0.0.0_8080", "protocol_error", null)]
    [InlineData(80, "http", "mtls", null, "0.0.0.0_8080", "0.0.0.0_8080", "protocol_error", null)]
    [InlineData(80, "tcp", "plaintext", null, "0.0.0.0_8080", "0.0.0.0_8080", "protocol_error", null)]
    [InlineData(81, "http", "plaintext", null, null, null, "no_listener", null)]
    // TLS, chosen by server name; that of the host when the call has none.
    [InlineData(443, "http", "tls", "simple.example", "0.0.0.0_8443", "simple.example", null, null)]
    [InlineData(443, "http", "tls", null, "0.0.0.0_8443", "simple.example", null, null)]
    [InlineData(443, "http", "tls", "other.example", "0.0.0.0_8443", null, "no_filter_chain", null)]
    [InlineData(443, "http", "tls", "mutual.example", "0.0.0.0_8443", "mutual.example", "mtls_error", null)]
    [InlineData(443, "http", "mtls", "mutual.example", "0.0.0.0_8443", "mutual.example", null, null)]
    [InlineData(443, "tcp", "tls", "simple.example", "0.0.0.0_8443", "simple.example", "protocol_error", null)]
    [InlineData(443, "http", "tls", "a.pass.example", "0.0.0.0_8443", "*.pass.example", null, "tls")]
    [InlineData(443, "tcp", "tls", "a.pass.example", "0.0.0.0_8443", "*.pass.example", null, "tls")]
    [InlineData(443, "http", "plaintext", null, "0.0.0.0_8443", null, "no_filter_chain", null)]
    [InlineData(443, "http", "plaintext", "simple.example", "0.0.0.0_8443", "simple.example", "tls_error", null)]
    // A TCP proxy takes whatever is spoken.
    [InlineData(31400, "tcp", "plaintext", null, "0.0.0.0_31400", "0.0.0.0_31400", null, "tcp")]
    [InlineData(31400, "http", "tls", null, "0.0.0.0_31400", "0.0.0.0_31400", null, "tcp")]
    public void The_connection_decides_by_port_protocol_and_server_name(
        int port, string protocol, string tls, string? sni, string? listener, string? chain, string? error, string? cluster)
    {
        var answer = Explainer.Explain(Servers(), new ExplainCall
        {
            Port = port,
            Protocol = protocol,
            Tls = tls,
            Sni = sni,
            Host = "simple.example:8443",
        });

        Assert.Equal((listener, chain, error), (answer.Listener, answer.FilterChain, answer.Error));
        Assert.Equal(cluster is null ? null : $"outbound|80||{cluster}.default.svc.cluster.local", answer.Cluster);
        // Without an error the HTTP servers answer by themselves, and nobody answers what is no HTTP.
        Assert.Equal(error is null && cluster is null ? 204 : null, answer.Status);
    }

    [Fact]
    public void The_port_of_the_Gateway_goes_before_a_bound_one_of_the_same_number()
    {
        var snapshot = Snapshot(
            Listener(8080, 80, ListenerKind.Http, Http([], TlsMode.None)), Listener(9090, 8080, ListenerKind.Http, Http([], TlsMode.None)));

        Assert.Equal("0.0.0.0_9090", Explainer.Explain(snapshot, new ExplainCall { Port = 8080, Host = "a" }).Listener);
    }

    [Theory]
    [InlineData(null, "0.0.0.0_80")]
    [InlineData("10.0.0.1", "10.0.0.1_80")]
    [InlineData("10.0.0.2", "0.0.0.0_80")]
    public void An_address_has_its_own_listener_or_that_of_all_addresses(string? address, string listener)
    {
        var snapshot = Snapshot(
            Listener(80, 80, ListenerKind.Http, "10.0.0.1", Http([], TlsMode.None)), Listener(80, 80, ListenerKind.Http, Http([], TlsMode.None)));

        Assert.Equal(listener, Explainer.Explain(snapshot, new ExplainCall { Host = "a", Address = address }).Listener);
    }

    private static Snapshot Servers() => Snapshot(
        Listener(8080, 80, ListenerKind.Http, Http([], TlsMode.None)),
        Listener(8443, 443, ListenerKind.Tls,
            Http(["simple.example"], TlsMode.Simple), Http(["mutual.example"], TlsMode.Mutual), Tcp(["*.pass.example"], TlsMode.Passthrough, "tls")),
        Listener(31400, 31400, ListenerKind.Tcp, Tcp([], TlsMode.None, "tcp")));

    private static Snapshot Snapshot(params Listener[] listeners) =>
        new(1, listeners, FrozenDictionary<string, Cluster>.Empty, new EdgeSettings());

    private static Listener Listener(int port, int serverPort, ListenerKind kind, params FilterChain[] chains) =>
        Listener(port, serverPort, kind, null, chains);

    private static Listener Listener(int port, int serverPort, ListenerKind kind, string? bind, params FilterChain[] chains) => new()
    {
        Name = $"{bind ?? "0.0.0.0"}_{port}",
        Bind = bind,
        Port = port,
        ServerPort = serverPort,
        Kind = kind,
        FilterChains = chains,
    };

    private static FilterChain Http(string[] sni, TlsMode tls) => new()
    {
        Sni = sni,
        Tls = tls,
        Routes = new RouteConfig("routes", [new VirtualHost { Name = "*:80", Domains = ["*"], Routes = [Route(Direct("", 204))] }]),
        At = "gw.yaml:1",
        Source = "Gateway default/gw",
    };

    private static FilterChain Tcp(string[] sni, TlsMode tls, string cluster) => new()
    {
        Sni = sni,
        Tls = tls,
        Clusters = new WeightedClusters([Weighted(ClusterOf(cluster, 9000))]),
        At = "gw.yaml:1",
        Source = "VirtualService default/vs",
    };

    private static PathPredicate Path(string prefix) => new(StringMatcher.Prefix(prefix));

    private static HeaderMutator Set(string name, string value) => new([new HeaderOperation(HeaderChange.Set, name, value)]);
}
