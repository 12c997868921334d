using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Pipeline;
using Sluice.DataPlane.Routing;
using Sluice.DataPlane.Tests.Pipeline.Harness;
using static Sluice.DataPlane.Tests.Pipeline.Harness.SnapshotBuilder;

namespace Sluice.DataPlane.Tests.Pipeline;

/// <summary>What is explained is what happens: the same requests are put to the explainer and, over a socket, to the pipeline.</summary>
public sealed class ExplainerAgreementTests
{
    private const int All = 1_000_000;
    private const string Preflight = "Origin: http://shop\nAccess-Control-Request-Method: PUT";

    private static readonly CorsResponder Cors = new() { Origins = [StringMatcher.Exact("http://shop")] };

    private static SnapshotBuilder Table(int origin, bool trustsCallers = false)
    {
        var table = new SnapshotBuilder { TrustsCallers = trustsCallers }
            .Host("example.com",
                Named("canary", Cluster("canary", origin), Path("/api"), Header("x-user", "tester")),
                Named("api", Cluster("api", origin), Path("/api")),
                Named("delete", Cluster("delete", origin), new HeadPredicate(HeadPart.Method, StringMatcher.Exact("DELETE"))),
                Named("query", Cluster("query", origin), Path("/q"), new QueryPredicate("v", StringMatcher.Exact("2"))),
                Named("secure", Cluster("secure", origin), Path("/scheme"), new HeadPredicate(HeadPart.Scheme, StringMatcher.Exact("https"))),
                Named("proto", Cluster("proto", origin), Path("/proto"), Header("x-forwarded-proto", "http")),
                Named("claim", Cluster("claim", origin), Path("/claim"), Header("x-envoy-internal", "true")),
                Named("id", Cluster("id", origin), Path("/id"), new HeaderPredicate("x-request-id", null, negated: false)),
                With("aborted", Direct("never"), new() { AbortStatus = 418, AbortMillionths = All }, null, Path("/abort")),
                With("aborted-first", Cluster("a", origin), new() { AbortStatus = 418, AbortMillionths = All }, Cors, Path("/aborted-cors")),
                With("grpc-abort", Cluster("a", origin), new() { AbortGrpcStatus = 14, AbortMillionths = All }, null, Path("/grpc-abort")),
                With("cors", Cluster("cors", origin), null, Cors, Path("/cors")),
                Named("moved", new RedirectAction { Status = 308, Path = "/new" }, Path("/old")),
                Named("direct", Direct("gone", 410), Path("/direct")),
                Named("unknown", To(null), Path("/unknown")),
                Named("empty", To(ClusterOf("empty")), Path("/empty")),
                Named("refused", To(Refusing(origin)), Path("/refused")))
            .Host("secure.example.com", requireTls: true, Named("never", Direct("never")))
            .Host("*.example.com", Named("wildcard", Cluster("wildcard", origin)))
            .Host("bare");
        table.Settings = new EdgeSettings { AccessLogFile = "/dev/stdout", AccessLogFormat = "%ROUTE_NAME% %UPSTREAM_CLUSTER%\n" };
        return table;
    }

    [Theory]
    // Which host, which route.
    [InlineData("GET", "example.com", "/api/x", "")]
    [InlineData("GET", "example.com", "/api/x", "X-User: tester")]
    [InlineData("GET", "EXAMPLE.com:8080", "/x/../api?y", "")]
    [InlineData("GET", "example.com", "/%61pi", "")]
    [InlineData("DELETE", "example.com", "/", "")]
    [InlineData("GET", "example.com", "/q?a=1&v=2", "")]
    [InlineData("GET", "example.com", "/none", "")]
    [InlineData("GET", "deep.a.example.com", "/any", "")]
    [InlineData("GET", "elsewhere", "/", "")]
    [InlineData("GET", "bare", "/", "")]
    [InlineData("GET", "secure.example.com", "/x?y", "")]
    [InlineData("GET", "elsewhere", "http://example.com/api", "")]
    [InlineData("OPTIONS", "example.com", "*", "")]
    // What is believed of the client.
    [InlineData("GET", "example.com", "/scheme", "X-Forwarded-Proto: https")]
    [InlineData("GET", "example.com", "/proto", "X-Forwarded-Proto: https")]
    [InlineData("GET", "example.com", "/proto", "")]
    [InlineData("GET", "example.com", "/claim", "X-Envoy-Internal: true")]
    [InlineData("GET", "example.com", "/id", "")]
    // What the gateway answers by itself.
    [InlineData("GET", "example.com", "/abort", "")]
    [InlineData("GET", "example.com", "/abort", "Content-Type: application/grpc")]
    [InlineData("OPTIONS", "example.com", "/aborted-cors", Preflight)]
    [InlineData("GET", "example.com", "/grpc-abort", "")]
    [InlineData("GET", "example.com", "/grpc-abort", "Content-Type: application/grpc")]
    [InlineData("OPTIONS", "example.com", "/cors", Preflight)]
    [InlineData("OPTIONS", "example.com", "/cors", "Origin: http://other\nAccess-Control-Request-Method: PUT")]
    [InlineData("GET", "example.com", "/cors", "Origin: http://shop")]
    [InlineData("GET", "example.com", "/old?q", "")]
    [InlineData("GET", "example.com", "/direct", "")]
    [InlineData("GET", "example.com", "/unknown", "")]
    [InlineData("GET", "example.com", "/empty", "")]
    [InlineData("GET", "example.com", "/refused", "")]
    [InlineData("GET", "example.com", "/unknown", "Content-Type: application/grpc+proto")]
    [InlineData("GET", "elsewhere", "/", "Content-Type: application/grpc")]
    // What is refused before it is routed.
    [InlineData("get", "example.com", "/api", "")]
    [InlineData("CONNECT", "example.com:443", "example.com:443", "")]
    [InlineData("GET", "a@b", "/api", "")]
    [InlineData("GET", "a:b", "/api", "")]
    [InlineData("GET", "", "/api", "")]
    [InlineData("GET", "example.com", "/a#b", "")]
    [InlineData("GET", "example.com", "/%00", "")]
    [InlineData("GET", "example.com", "ftp://example.com/", "")]
    [InlineData("GET", "example.com", "/api", "Connection: Upgrade\nUpgrade: irc")]
    [InlineData("GET", "example.com", "/api", "Connection: Upgrade\nUpgrade: h2c")]
    [InlineData("POST", "example.com", "/api", "Transfer-Encoding: gzip, chunked")]
    public async Task Route_cluster_and_status_are_those_of_the_pipeline(string method, string host, string target, string headers)
    {
        await using var origin = new RawOrigin(RawOrigin.Ok("reached"));
        await AgreeAsync(Table(origin.Port), method, host, target, headers);
    }

    [Theory]
    [InlineData("/scheme", "X-Forwarded-Proto: https")]
    [InlineData("/scheme", "X-Forwarded-Proto: gopher")]
    [InlineData("/proto", "X-Forwarded-Proto: https")]
    public async Task What_trusted_callers_claim_counts_in_both(string target, string headers)
    {
        await using var origin = new RawOrigin(RawOrigin.Ok("reached"));
        await AgreeAsync(Table(origin.Port, trustsCallers: true), "GET", "example.com", target, headers);
    }

    private static async Task AgreeAsync(SnapshotBuilder table, string method, string host, string target, string headers)
    {
        var lines = headers.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var snapshot = table.Build();
        await using var front = await Front.StartAsync(snapshot);
        using var client = await front.ConnectAsync();
        await client.SendAsync($"{method} {target} HTTP/1.1\r\nHost: {host}\r\n{string.Concat(lines.Select(l => l + "\r\n"))}\r\n");
        var happened = await client.ReadAsync();
        // What Kestrel refuses never comes to the pipeline, so nothing is logged; the pipeline's answers name the server.
        var logged = happened.Value("server") is null ? ["-", "-"] : front.Lines.Take(TestContext.Current.CancellationToken).Split(' ');

        var answer = Explainer.Explain(snapshot, new ExplainCall
        {
            Port = 80,
            Method = method,
            Host = host,
            Path = target,
            Headers = lines.Select(l => l.Split(": ")).ToDictionary(l => l[0], l => l[1]),
            Gateway = table.TrustsCallers ? "mesh" : null,
        });

        // The origin answers 200; what has no status goes to it, to the cluster that the log has.
        Assert.Equal(happened.Status, answer.Status ?? 200);
        Assert.Equal(logged[0], answer.Route ?? "-");
        Assert.Equal(happened.Body == "reached", answer.Status is null);
        if (answer.Status is null)
            Assert.Equal(logged[1], answer.Cluster);
        if (happened.Value("location") is { } location)
            Assert.Contains(answer.Why, s => s.Detail.Contains(location, StringComparison.Ordinal));
    }

    private static Cluster Refusing(int port)
    {
        var cluster = ClusterOf("refused", port);
        return new Cluster
        {
            Name = cluster.Name,
            Text = cluster.Text,
            Protocol = cluster.Protocol,
            Endpoints = cluster.Endpoints,
            Balancer = cluster.Balancer,
            ConnectTimeout = cluster.ConnectTimeout,
            Refusal = "TLS is demanded and not in force",
        };
    }

    private static ForwardAction Cluster(string name, int port) => To(ClusterOf(name, port));

    private static PathPredicate Path(string prefix) => new(StringMatcher.Prefix(prefix));

    private static HeaderPredicate Header(string name, string value) => new(name, StringMatcher.Exact(value), negated: false);

    private static Route Named(string name, RouteAction action, params RoutePredicate[] predicates) =>
        With(name, action, null, null, predicates);

    private static Route With(string name, RouteAction action, FaultInjector? fault, CorsResponder? cors, params RoutePredicate[] predicates) => new()
    {
        Name = name,
        Matcher = new RouteMatcher(predicates),
        Action = action,
        At = "vs.yaml:1",
        Fault = fault,
        Cors = cors,
    };
}
