using System.Net.Http.Headers;
using Sluice.DataPlane.Routing;
using Sluice.DataPlane.Tests.Pipeline.Harness;
using static Sluice.DataPlane.Tests.Pipeline.Harness.SnapshotBuilder;

namespace Sluice.DataPlane.Tests.Pipeline;

/// <summary>What routes do: choose, redirect, answer, delay, abort, rewrite, change headers, mirror.</summary>
public sealed class RouteActionTests
{
    private const int All = 1_000_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static Route With(RouteAction action, FaultInjector? fault = null, CorsResponder? cors = null,
        HeaderOperation[]? request = null, HeaderOperation[]? response = null) => new()
        {
            Name = "r",
            Matcher = RouteMatcher.Any,
            Action = action,
            At = "vs.yaml:1",
            Fault = fault,
            Cors = cors,
            RequestHeaders = new HeaderMutator(request ?? []),
            ResponseHeaders = new HeaderMutator(response ?? []),
        };

    private static HeaderOperation Set(string name, string value) => new(HeaderChange.Set, name, value);

    private static SnapshotBuilder Example(params Route[] routes) => new SnapshotBuilder().Host("example.com", routes);

    [Theory]
    [InlineData("example.com", "/api/x", "", "prefix")]
    [InlineData("EXAMPLE.com:8080", "/exact?q", "", "exact")]
    [InlineData("example.com", "/v1/7", "", "regex")]
    [InlineData("example.com", "/", "X-User: jason\r\n", "header")]
    [InlineData("example.com", "/?v=2", "", "query")]
    [InlineData("example.com", "/none", "", "rest")]
    [InlineData("a.wild.example", "/", "", "wildcard")]
    [InlineData("elsewhere", "/", "", "any")]
    public async Task The_first_route_of_the_one_virtual_host_answers(string host, string target, string headers, string answer)
    {
        await using var front = await Front.StartAsync(new SnapshotBuilder()
            .Host("example.com",
                Route(Direct("prefix"), new PathPredicate(StringMatcher.Prefix("/api"))),
                Route(Direct("exact"), new PathPredicate(StringMatcher.Exact("/exact"))),
                Route(Direct("regex"), new PathPredicate(StringMatcher.Regex("/v[0-9]/[0-9]"))),
                Route(Direct("header"), new HeaderPredicate("x-user", StringMatcher.Exact("jason"), negated: false)),
                Route(Direct("query"), new QueryPredicate("v", StringMatcher.Exact("2"))),
                Route(Direct("rest")))
            .Host("*.wild.example", Route(Direct("wildcard")))
            .Host("*", Route(Direct("any"))));

        Assert.Equal(answer, (await front.GetAsync(target, host, headers)).Body);
    }

    [Fact]
    public async Task A_direct_response_and_a_redirect_take_the_header_changes_of_their_route()
    {
        HeaderOperation[] changes = [Set("x-route", "%REQ(x-me)%"), Set("server", "mine")];
        await using var front = await Front.StartAsync(new SnapshotBuilder()
            .Host("direct", With(Direct("teapot", 418), response: changes))
            .Host("redirect", With(new RedirectAction { Status = 302, Scheme = "https", Authority = "b", Path = "/new" }, response: changes)));

        var direct = await front.GetAsync("/", "direct", "X-Me: 1\r\n");
        Assert.Equal((418, "teapot", "text/plain"), (direct.Status, direct.Body, direct.Value("content-type")));
        Assert.Equal("1", direct.Value("x-route"));
        Assert.Equal("istio-envoy", direct.Value("server"));

        var redirect = await front.GetAsync("/old?q", "redirect", "X-Me: 1\r\n");
        Assert.Equal((302, "https://b/new?q", "1"), (redirect.Status, redirect.Value("location"), redirect.Value("x-route")));
    }

    [Theory]
    [InlineData(0, "a")]
    [InlineData(89, "a")]
    [InlineData(90, "b")]
    [InlineData(99, "b")]
    public async Task Chooses_the_cluster_by_weight(int draw, string answer)
    {
        await using var a = new RawOrigin(RawOrigin.Ok("a"));
        await using var b = new RawOrigin(RawOrigin.Ok("b"));
        var clusters = new WeightedClusters([Weighted(ClusterOf("a", a.Port), 90), Weighted(ClusterOf("b", b.Port), 10)]);
        await using var front = await Front.StartAsync(
            Example(Route(new ForwardAction { Clusters = clusters })), dice: n => n == 100 ? draw : 0);

        Assert.Equal(answer, (await front.GetAsync("/")).Body);
    }

    [Fact]
    public async Task Rewrites_path_and_host_and_changes_headers_both_ways()
    {
        await using var origin = new RawOrigin(RawOrigin.Ok("", "X-Gone: 1\r\nX-Set: upstream\r\n"));
        var destination = new WeightedCluster(
            "a", ClusterOf("a", origin.Port), 1, new HeaderMutator([Set("x-set", "destination")]), new HeaderMutator([Set("x-both", "destination")]));
        var action = new ForwardAction
        {
            Clusters = new WeightedClusters([destination]),
            Rewrite = PathRewriter.ReplacePrefix("/api", "/v2"),
            Authority = "inner.example",
        };
        await using var front = await Front.StartAsync(Example(With(
            action,
            request: [new(HeaderChange.Remove, "x-gone", ""), Set("x-set", "route"), new(HeaderChange.Add, "x-add", "2")],
            response: [new(HeaderChange.Remove, "x-gone", ""), Set("x-set", "route"), Set("x-both", "route")])));

        var response = await front.GetAsync("/api/x%2Fy?q=%20", headers: "X-Gone: 1\r\nX-Add: 1\r\n");

        var seen = Assert.Single(origin.Requests);
        Assert.Equal("GET /v2/x%2Fy?q=%20 HTTP/1.1", seen.Line);
        Assert.Equal("inner.example", seen.Value("host"));
        Assert.Equal("/api/x%2Fy?q=%20", seen.Value("x-envoy-original-path"));
        Assert.Equal((null, "route"), (seen.Value("x-gone"), seen.Value("x-set")));
        Assert.Equal("1,2", string.Join(',', seen.Values("x-add")).Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal((null, "route", "route"), (response.Value("x-gone"), response.Value("x-set"), response.Value("x-both")));
    }

    [Fact]
    public async Task Delays_a_request_and_aborts_another()
    {
        await using var origin = new RawOrigin(RawOrigin.Ok("fine"));
        var time = new ManualTime();
        var delay = new FaultInjector { Delay = TimeSpan.FromSeconds(7), DelayMillionths = All };
        var abort = new FaultInjector { AbortStatus = 418, AbortMillionths = All };
        await using var front = await Front.StartAsync(
            new SnapshotBuilder()
                .Host("delay", With(To(ClusterOf("a", origin.Port)), delay))
                .Host("abort", With(To(ClusterOf("a", origin.Port)), abort, response: [Set("x-route", "1")])), time: time);

        var delayed = front.GetAsync("/", "delay");
        await time.WaitedForAsync(TimeSpan.FromSeconds(7));
        Assert.Empty(origin.Requests);
        time.Advance(TimeSpan.FromSeconds(7));
        Assert.Equal("fine", (await delayed).Body);

        var aborted = await front.GetAsync("/", "abort");
        Assert.Equal((418, "fault filter abort", "1"), (aborted.Status, aborted.Body, aborted.Value("x-route")));
        Assert.Single(origin.Requests);
    }

    [Fact]
    public async Task A_client_that_leaves_ends_its_delay()
    {
        var time = new ManualTime();
        var delay = new FaultInjector { Delay = TimeSpan.FromHours(1), DelayMillionths = All };
        var snapshot = Example(With(To(ClusterOf("a")), delay));
        snapshot.Settings = new DataPlane.Pipeline.EdgeSettings { AccessLogFile = "log", AccessLogFormat = "%RESPONSE_CODE% %RESPONSE_FLAGS%\n" };
        await using var front = await Front.StartAsync(snapshot, time: time);
        using (var client = await front.ConnectAsync())
        {
            await client.SendAsync("GET / HTTP/1.1\r\nHost: example.com\r\n\r\n");
            await time.WaitedForAsync(TimeSpan.FromHours(1));
        }

        Assert.Equal("0 DI,DC", front.Lines.Take(Cancellation));
    }

    [Fact]
    public async Task An_abort_by_gRPC_status_is_understood_by_either_client()
    {
        var abort = new FaultInjector { AbortGrpcStatus = 14, AbortMillionths = All };
        await using var front = await Front.StartAsync(new SnapshotBuilder().Host("*", With(To(ClusterOf("a")), abort)));
        using var client = front.Http2Client();
        using var request = Front.Http2Request(HttpMethod.Post, "/svc/Method", new ByteArrayContent([0]));
        request.Content!.Headers.ContentType = new MediaTypeHeaderValue("application/grpc+proto");

        using var response = await client.SendAsync(request, Cancellation);

        Assert.Equal("14", Assert.Single(response.Headers.GetValues("grpc-status")));
        Assert.Equal("fault filter abort", Assert.Single(response.Headers.GetValues("grpc-message")));
        Assert.Equal(503, (await front.GetAsync("/")).Status);
    }

    [Fact]
    public async Task Answers_preflights_and_marks_answers_for_allowed_origins()
    {
        await using var origin = new RawOrigin(RawOrigin.Ok("fine", "Access-Control-Allow-Origin: *\r\n"));
        var cors = new CorsResponder { Origins = [StringMatcher.Exact("https://a.example")], Methods = "GET,POST", MaxAge = "86400" };
        await using var front = await Front.StartAsync(Example(With(To(ClusterOf("a", origin.Port)), cors: cors)));
        using var client = await front.ConnectAsync();

        await client.SendAsync(
            "OPTIONS / HTTP/1.1\r\nHost: example.com\r\nOrigin: https://a.example\r\nAccess-Control-Request-Method: PUT\r\n\r\n");
        var preflight = await client.ReadAsync();
        Assert.Equal((200, "https://a.example", "GET,POST", "86400"), (preflight.Status, preflight.Value("access-control-allow-origin"),
            preflight.Value("access-control-allow-methods"), preflight.Value("access-control-max-age")));
        Assert.Empty(origin.Requests);

        var actual = await client.GetAsync("/", headers: "Origin: https://a.example\r\n");
        Assert.Equal(("fine", "https://a.example"), (actual.Body, actual.Value("access-control-allow-origin")));
        Assert.Equal("*", (await client.GetAsync("/", headers: "Origin: https://b.example\r\n")).Value("access-control-allow-origin"));
    }

    [Fact]
    public async Task An_abort_comes_before_CORS()
    {
        var cors = new CorsResponder { Origins = [StringMatcher.Exact("*")] };
        var abort = new FaultInjector { AbortStatus = 500, AbortMillionths = All };
        await using var front = await Front.StartAsync(Example(With(To(ClusterOf("a")), abort, cors)));

        Assert.Null((await front.GetAsync("/", headers: "Origin: https://a.example\r\n")).Value("access-control-allow-origin"));
    }

    [Theory]
    [InlineData("GET", "")]
    [InlineData("POST", "hello")]
    public async Task Mirrors_a_request_with_its_body_and_ignores_the_answer(string method, string body)
    {
        var mirrored = new TaskCompletionSource<string>();
        await using var origin = new RawOrigin(async r => await r.WriteAsync(RawOrigin.Ok(await r.ReadTextAsync() + "!")));
        await using var shadow = new RawOrigin(async r =>
        {
            mirrored.SetResult(await r.ReadTextAsync());
            await r.WriteAsync("HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n");
        });
        var action = new ForwardAction
        {
            Clusters = new WeightedClusters([Weighted(ClusterOf("a", origin.Port))]),
            Mirrors = [new("m", ClusterOf("m", shadow.Port), All), new("n", ClusterOf("n", shadow.Port), 0), new("x", null, All)],
            Rewrite = PathRewriter.ReplacePath("/new"),
        };
        await using var front = await Front.StartAsync(Example(With(action, request: [Set("x-set", "1")])));
        using var client = await front.ConnectAsync();

        await client.SendAsync($"{method} /old HTTP/1.1\r\nHost: example.com\r\nContent-Length: {body.Length}\r\n\r\n{body}");

        Assert.Equal(body + "!", (await client.ReadAsync()).Body);
        Assert.Equal(body, await mirrored.Task.WaitAsync(Cancellation));
        var seen = Assert.Single(shadow.Requests);
        Assert.Equal($"{method} /new HTTP/1.1", seen.Line);
        Assert.Equal(("example.com", "1"), (seen.Value("host"), seen.Value("x-set")));
    }

    [Fact]
    public async Task A_mirror_that_is_gone_and_a_body_too_large_to_copy_do_not_matter()
    {
        await using var origin = new RawOrigin(async r => await r.WriteAsync(RawOrigin.Ok($"{(await r.ReadBodyAsync()).Length}")));
        await using var shadow = new RawOrigin(RawOrigin.Ok(""));
        var action = new ForwardAction
        {
            Clusters = new WeightedClusters([Weighted(ClusterOf("a", origin.Port))]),
            Mirrors = [new("m", ClusterOf("m", shadow.Port), All), new("gone", ClusterOf("gone", 1), All), new("empty", ClusterOf("e"), All)],
        };
        await using var front = await Front.StartAsync(Example(Route(action)));
        using var client = await front.ConnectAsync();

        await client.SendAsync($"POST / HTTP/1.1\r\nHost: example.com\r\nContent-Length: {3 << 20}\r\n\r\n{new string('x', 3 << 20)}");

        Assert.Equal($"{3 << 20}", (await client.ReadAsync()).Body);
        Assert.Empty(shadow.Requests);
        Assert.Contains("sluice_mirrored_requests_total{result=\"body_too_large\"} 3", await front.ScrapeAsync(), StringComparison.Ordinal);
    }
}
