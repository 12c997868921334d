using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Sluice.DataPlane.Pipeline;
using Sluice.DataPlane.Routing;
using Sluice.DataPlane.Tests.Pipeline.Harness;
using static Sluice.DataPlane.Tests.Pipeline.Harness.SnapshotBuilder;

namespace Sluice.DataPlane.Tests.Telemetry;

/// <summary>The line of a request, and its metrics.</summary>
public sealed partial class AccessLogTests
{
    private static readonly EdgeSettings Logging = new() { AccessLogFile = "/dev/stdout" };

    private static Route Named(string name, RouteAction action, RetryPolicy? retry = null) => new()
    {
        Name = name,
        Matcher = RouteMatcher.Any,
        Action = action is ForwardAction forward && retry is not null ? new ForwardAction { Clusters = forward.Clusters, Retry = retry } : action,
        At = "vs.yaml:1",
    };

    private static async Task<string> LineAsync(Front front) =>
        await Task.Run(() => front.Lines.Take(TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")]
    private static partial Regex Ids();

    // Ports that the system chose.
    [GeneratedRegex("127\\.0\\.0\\.1:\\d+")]
    private static partial Regex Addresses();

    private static string Stable(string line) => Addresses().Replace(Ids().Replace(line, "ID"), "ADDR");

    [Fact]
    public async Task Tells_a_forwarded_request_in_Istios_words()
    {
        await using var origin = new RawOrigin(async r =>
        {
            await r.ReadBodyAsync();
            await r.WriteAsync(RawOrigin.Ok("answer"));
        });
        var snapshot = new SnapshotBuilder { Settings = Logging }.Host("*", Named("main", To(ClusterOf("a", origin.Port))));
        await using var front = await Front.StartAsync(snapshot, time: new ManualTime());
        using var client = await front.ConnectAsync();
        await client.SendAsync(
            "POST /p%2Fq?x=1 HTTP/1.1\r\nHost: example.com\r\nUser-Agent: \"me\"\r\nX-Forwarded-For: 1.2.3.4\r\nContent-Length: 5\r\n\r\nhello");
        await client.ReadAsync();

        var line = await LineAsync(front);

        Assert.Equal(
            "[2026-01-02T03:04:05.678Z] \"POST /p%2Fq?x=1 HTTP/1.1\" 200 - via_upstream - \"-\" 5 6 0 0 \"1.2.3.4, 127.0.0.1\" \"\\x22me\\x22\" \"ID\" "
            + "\"example.com\" \"ADDR\" outbound|80||a.default.svc.cluster.local ADDR ADDR ADDR - main",
            Stable(line));
        Assert.Contains($"\"127.0.0.1:{origin.Port}\" outbound", line, StringComparison.Ordinal);
        Assert.Equal(Assert.Single(origin.Requests).Value("x-request-id"), Ids().Match(line).Value);
    }

    public static TheoryData<string, string> Failures => new()
    {
        { "/none", "\"GET /none HTTP/1.1\" 404 NR route_not_found - \"-\" 0 0 0 - \"127.0.0.1\" \"-\" \"ID\" \"example.com\" \"-\" - - ADDR ADDR - -" },
        {
            "/missing", "\"GET /missing HTTP/1.1\" 503 NC cluster_not_found - \"-\" 0 0 0 - \"127.0.0.1\" \"-\" \"ID\" \"example.com\" \"-\" "
                + "outbound|80||missing.default.svc.cluster.local - ADDR ADDR - missing"
        },
        {
            "/empty", "\"GET /empty HTTP/1.1\" 503 UH no_healthy_upstream - \"-\" 0 19 0 - \"127.0.0.1\" \"-\" \"ID\" \"example.com\" \"-\" "
                + "outbound|80||empty.default.svc.cluster.local - ADDR ADDR - empty"
        },
        {
            "/refused", "\"GET /refused HTTP/1.1\" 503 UF,URX "
                + "upstream_reset_before_response_started{remote_connection_failure|delayed_connect_error:_Connection_refused} - "
                + "\"delayed_connect_error:_Connection_refused\" 0 167 0 - \"127.0.0.1\" \"-\" \"ID\" \"example.com\" \"ADDR\" "
                + "outbound|80||refused.default.svc.cluster.local - ADDR ADDR - refused"
        },
        {
            "/fault", "\"GET /fault HTTP/1.1\" 418 FI fault_filter_abort - \"-\" 0 18 0 - \"127.0.0.1\" \"-\" \"ID\" \"example.com\" \"-\" "
                + "- - ADDR ADDR - fault"
        },
        {
            "/direct", "\"GET /direct HTTP/1.1\" 200 - direct_response - \"-\" 0 2 0 - \"127.0.0.1\" \"-\" \"ID\" \"example.com\" \"-\" "
                + "- - ADDR ADDR - direct"
        },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Tells_how_the_gateways_own_answers_came_about(string target, string expected)
    {
        var refusing = new RawOrigin("");
        await refusing.DisposeAsync();
        var once = RetryPolicy.Default with { Attempts = 1 };
        Route[] routes =
        [
            On(Named("missing", To(null))),
            On(Named("empty", To(ClusterOf("empty")))),
            On(Named("refused", To(ClusterOf("refused", refusing.Port)), once)),
            On(Named("fault", To(null)), new FaultInjector { AbortStatus = 418, AbortMillionths = 1_000_000 }),
            On(Named("direct", Direct("ok"))),
        ];
        await using var front = await Front.StartAsync(new SnapshotBuilder { Settings = Logging }.Host("*", routes), time: new ManualTime());

        // No time passes: a draw of nothing makes no wait between attempts.
        await front.GetAsync(target);

        Assert.Equal("[2026-01-02T03:04:05.678Z] " + expected, Stable(await LineAsync(front)));

        static Route On(Route route, FaultInjector? fault = null) => new()
        {
            Name = route.Name,
            Matcher = new RouteMatcher([new PathPredicate(StringMatcher.Exact("/" + route.Name))]),
            Action = route.Action,
            Fault = fault,
            At = route.At,
        };
    }

    [Fact]
    public async Task Shows_the_path_that_the_client_asked_for_and_the_host_that_was_sent()
    {
        await using var origin = new RawOrigin(RawOrigin.Ok(""));
        var action = new ForwardAction
        {
            Clusters = new WeightedClusters([Weighted(ClusterOf("a", origin.Port))]),
            Rewrite = PathRewriter.ReplacePath("/new"),
            Authority = "inner.example",
        };
        var settings = Logging with { AccessLogFormat = "%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %REQ(:PATH)% %REQ(:AUTHORITY)% %UPSTREAM_REQUEST_ATTEMPT_COUNT%\n" };
        await using var front = await Front.StartAsync(new SnapshotBuilder { Settings = settings }.Host("*", Route(action)));

        await front.GetAsync("/old?q");

        Assert.Equal("/old?q /new?q inner.example 1", await LineAsync(front));
    }

    [Fact]
    public async Task A_client_that_leaves_has_status_0_and_DC()
    {
        var arrived = new TaskCompletionSource();
        await using var origin = new RawOrigin(async r =>
        {
            arrived.SetResult();
            await r.WhenGoneAsync();
        });
        await using var front = await Front.StartAsync(new SnapshotBuilder { Settings = Logging }.Host("*", Route(To(ClusterOf("a", origin.Port)))));
        using (var client = await front.ConnectAsync())
        {
            await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            await arrived.Task;
        }

        Assert.Contains("\" 0 DC downstream_remote_disconnect ", await LineAsync(front), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_cut_short_keeps_its_status_and_says_why()
    {
        await using var origin = new RawOrigin(async r =>
        {
            await r.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
            r.Close();
        });
        await using var front = await Front.StartAsync(new SnapshotBuilder { Settings = Logging }.Host("*", Route(To(ClusterOf("a", origin.Port)))));

        await Assert.ThrowsAnyAsync<IOException>(() => front.GetAsync("/"));

        Assert.Contains("\" 200 UC upstream_reset_after_response_started{connection_termination} ", await LineAsync(front), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Counts_requests_with_Istios_labels()
    {
        await using var origin = new RawOrigin(RawOrigin.Ok("12345"));
        var snapshot = new SnapshotBuilder { Settings = Logging }.Host("example.com", Route(To(ClusterOf("a", origin.Port))));
        await using var front = await Front.StartAsync(snapshot);

        await front.GetAsync("/");
        await front.GetAsync("/", "none.example");
        await LineAsync(front);
        await LineAsync(front);

        var metrics = await front.ScrapeAsync();
        var counts = metrics.Split('\n').Where(l => l.StartsWith("istio_requests_total{", StringComparison.Ordinal)).ToArray();
        Assert.Equal(2, counts.Length);
        var forwarded = Assert.Single(counts, l => l.Contains("response_code=\"200\"", StringComparison.Ordinal));
        Assert.All(
            ["reporter=\"source\"", "destination_service=\"a.default.svc.cluster.local\"", "destination_service_name=\"a\"", "destination_service_namespace=\"default\"",
                "request_protocol=\"http\"", "grpc_response_status=\"\"", "response_flags=\"-\"", "connection_security_policy=\"unknown\""],
            label => Assert.Contains(label, forwarded, StringComparison.Ordinal));
        var unrouted = Assert.Single(counts, l => l.Contains("response_code=\"404\"", StringComparison.Ordinal));
        Assert.All(
            ["destination_service=\"unknown\"", "response_flags=\"NR\""], label => Assert.Contains(label, unrouted, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Counts_gRPC_by_its_status()
    {
        await using var front = await Front.StartAsync(new SnapshotBuilder { Settings = Logging }.Host("*", Route(To(ClusterOf("a")))));
        using var client = front.Http2Client();
        using var request = Front.Http2Request(HttpMethod.Post, "/svc/Method", new ByteArrayContent([0]));
        request.Content!.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        await LineAsync(front);

        var metrics = await front.ScrapeAsync();
        Assert.Contains(
            "request_protocol=\"grpc\",response_code=\"200\",grpc_response_status=\"14\",response_flags=\"UH\"", metrics, StringComparison.Ordinal);
        Assert.Contains("destination_service=\"a.default.svc.cluster.local\"", metrics, StringComparison.Ordinal);
    }
}
