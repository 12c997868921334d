using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Pipeline;
using Sluice.DataPlane.Routing;
using Sluice.DataPlane.Tests.Pipeline.Harness;
using static Sluice.DataPlane.Tests.Pipeline.Harness.SnapshotBuilder;

namespace Sluice.DataPlane.Tests.Pipeline;

/// <summary>Answers of the gateway's own, to the letter.</summary>
public sealed class LocalReplyTests
{
    private const string Refused = "upstream connect error or disconnect/reset before headers. reset reason: remote connection failure, "
        + "transport failure reason: delayed connect error: Connection refused";

    private static SnapshotBuilder Any(RouteAction action) => new SnapshotBuilder().Host("example.com", Route(action));

    private static Cluster Refusing()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ClusterOf("down", ((IPEndPoint)socket.LocalEndPoint!).Port);
    }

    public static TheoryData<string, int, string, int> Failures => new()
    {
        { "no route", 404, "", 12 },
        { "no cluster", 503, "", 14 },
        { "no endpoint", 503, "no healthy upstream", 14 },
        { "refused", 503, Refused, 14 },
        { "fault", 418, "fault filter abort", 2 },
    };

    private static SnapshotBuilder Failing(string how) => how switch
    {
        "no route" => new SnapshotBuilder(),
        "no cluster" => Any(To(null)),
        "no endpoint" => Any(To(ClusterOf("a"))),
        "refused" => Any(To(Refusing())),
        "fault" => new SnapshotBuilder().Host("example.com", WithFault(new FaultInjector { AbortStatus = 418, AbortMillionths = 1_000_000 })),
        _ => throw new ArgumentException(how, nameof(how)),
    };

    private static Route WithFault(FaultInjector fault) =>
        new() { Name = "", Matcher = RouteMatcher.Any, Action = To(null), Fault = fault, At = "vs.yaml:1" };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Answers_over_HTTP11(string how, int status, string body, int grpcStatus)
    {
        await using var front = await Front.StartAsync(Failing(how));

        var response = await front.GetAsync("/");

        Assert.Equal(status, response.Status);
        Assert.Equal(body, response.Body);
        Assert.Equal($"{body.Length}", response.Value("content-length"));
        Assert.Equal(body.Length == 0 ? null : "text/plain", response.Value("content-type"));
        Assert.Equal("istio-envoy", response.Value("server"));
        Assert.NotNull(response.Value("date"));
        Assert.Null(response.Value("connection"));
        Assert.Equal(grpcStatus, LocalReply.ToGrpc(status));
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Answers_gRPC_with_trailers_only(string how, int status, string body, int grpcStatus)
    {
        await using var front = await Front.StartAsync(Failing(how));
        using var client = front.Http2Client();
        using var request = Front.Http2Request(HttpMethod.Post, "/svc/Method", new ByteArrayContent([0, 0, 0, 0, 0]));
        request.Content!.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Headers.Host = "example.com";

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.NotEqual(200, status);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/grpc", response.Content.Headers.ContentType!.ToString());
        Assert.Equal($"{grpcStatus}", Assert.Single(response.Headers.GetValues("grpc-status")));
        Assert.Equal(body.Length == 0 ? [] : [body], response.Headers.TryGetValues("grpc-message", out var message) ? message : []);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Answers_HEAD_with_the_length_and_without_the_body()
    {
        await using var front = await Front.StartAsync(Any(To(ClusterOf("a"))));
        using var client = await front.ConnectAsync();

        await client.SendAsync("HEAD / HTTP/1.1\r\nHost: example.com\r\n\r\nGET /next HTTP/1.1\r\nHost: example.com\r\n\r\n");

        Assert.Equal("19", (await client.ReadAsync(hasBody: false)).Value("content-length"));
        Assert.Equal("no healthy upstream", (await client.ReadAsync()).Body);
    }

    [Fact]
    public async Task A_cluster_that_may_not_be_used_answers_503_and_says_why()
    {
        var cluster = new Cluster
        {
            Name = new ClusterName(80, "", "a"),
            Text = "outbound|80||a",
            Protocol = UpstreamProtocol.Http1,
            Endpoints = [],
            Balancer = ClusterOf("a").Balancer,
            ConnectTimeout = TimeSpan.FromSeconds(1),
            Refusal = "TLS to the upstream is not in force",
        };
        await using var front = await Front.StartAsync(Any(To(cluster)));

        var response = await front.GetAsync("/");

        Assert.Equal(503, response.Status);
        Assert.Equal("TLS to the upstream is not in force", response.Body);
    }

    [Fact]
    public async Task Redirects()
    {
        await using var front = await Front.StartAsync(Any(new RedirectAction { Status = 308, Scheme = "https", Authority = "new.example", Path = "/to" }));

        var response = await front.GetAsync("/from?x=%2F");

        Assert.Equal(308, response.Status);
        Assert.Equal("https://new.example/to?x=%2F", response.Value("location"));
        Assert.Equal("", response.Body);
    }

    [Fact]
    public async Task Redirects_to_HTTPS_where_the_server_asks_for_it()
    {
        await using var front = await Front.StartAsync(new SnapshotBuilder().Host("example.com", requireTls: true, Route(Direct("plain"))));

        var response = await front.GetAsync("/a%2Fb?x");

        Assert.Equal(301, response.Status);
        Assert.Equal("https://example.com/a%2Fb?x", response.Value("location"));
    }

    [Fact]
    public async Task Answers_directly()
    {
        await using var front = await Front.StartAsync(Any(Direct("teapot \u00e9", 418)));

        var response = await front.GetAsync("/");

        Assert.Equal(418, response.Status);
        Assert.Equal("teapot \u00e9", response.Body);
        Assert.Equal("text/plain", response.Value("content-type"));
    }

    [Fact]
    public async Task The_routes_header_changes_act_on_its_own_answers()
    {
        var route = new Route
        {
            Name = "",
            Matcher = RouteMatcher.Any,
            Action = Direct("x"),
            ResponseHeaders = new HeaderMutator([new HeaderOperation(HeaderChange.Set, "x-route", "r")]),
            At = "vs.yaml:1",
        };
        await using var front = await Front.StartAsync(new SnapshotBuilder().Host("*", route));

        Assert.Equal("r", (await front.GetAsync("/")).Value("x-route"));
    }

    [Fact]
    public async Task A_delay_holds_the_request_and_then_lets_it_go_on()
    {
        await using var origin = new RawOrigin(RawOrigin.Ok("late"));
        var time = new ManualTime();
        var route = new Route
        {
            Name = "",
            Matcher = RouteMatcher.Any,
            Action = To(ClusterOf("a", origin.Port)),
            Fault = new FaultInjector { Delay = TimeSpan.FromSeconds(7), DelayMillionths = 1_000_000 },
            At = "vs.yaml:1",
        };
        await using var front = await Front.StartAsync(new SnapshotBuilder().Host("*", route), time: time);

        var answer = front.GetAsync("/");
        await time.WaitedForAsync(TimeSpan.FromSeconds(7));
        Assert.Empty(origin.Requests);
        time.Advance(TimeSpan.FromSeconds(7));

        Assert.Equal("late", (await answer).Body);
    }

    [Theory]
    [InlineData(999, 418)]
    [InlineData(500_000, 200)]
    public async Task A_fault_hits_its_share(int draw, int status)
    {
        await using var origin = new RawOrigin(RawOrigin.Ok(""));
        var route = new Route
        {
            Name = "",
            Matcher = RouteMatcher.Any,
            Action = To(ClusterOf("a", origin.Port)),
            Fault = new FaultInjector { AbortStatus = 418, AbortMillionths = 1000 },
            At = "vs.yaml:1",
        };
        await using var front = await Front.StartAsync(new SnapshotBuilder().Host("*", route), dice: _ => draw);

        Assert.Equal(status, (await front.GetAsync("/")).Status);
    }

    [Fact]
    public async Task Answers_close_their_connections_during_a_drain_also_of_requests_that_came_before_it()
    {
        var arrived = new TaskCompletionSource();
        var go = new TaskCompletionSource();
        await using var origin = new RawOrigin(async request =>
        {
            arrived.SetResult();
            await go.Task;
            await request.WriteAsync(RawOrigin.Ok("done"));
        });
        await using var front = await Front.StartAsync(
            Any(To(ClusterOf("a", origin.Port))).Host("direct.example", Route(Direct("direct"))));
        using var busy = await front.ConnectAsync();
        await busy.SendAsync("GET / HTTP/1.1\r\nHost: example.com\r\n\r\n");
        await arrived.Task;

        front.IsDraining = true;
        go.SetResult();

        var response = await busy.ReadAsync();
        Assert.Equal("done", response.Body);
        Assert.Equal("close", response.Value("connection"));
        await Assert.ThrowsAnyAsync<IOException>(() => busy.ReadAsync());
        Assert.Equal("close", (await front.GetAsync("/", "direct.example")).Value("connection"));
        Assert.Equal("close", (await front.GetAsync("/", "none.example")).Value("connection"));
    }
}
