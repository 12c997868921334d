using System.Collections.Concurrent;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Http;
using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Pipeline;
using Sluice.DataPlane.Routing;
using Sluice.DataPlane.Tests.Pipeline.Harness;
using static Sluice.DataPlane.Tests.Pipeline.Harness.SnapshotBuilder;

namespace Sluice.DataPlane.Tests.Forwarding;

/// <summary>Limits of connections and requests, on real sockets.</summary>
public sealed class CircuitBreakingTests
{
    private static readonly CircuitLimits OneAndOneWaiting = new() { MaxConnections = 1, MaxPendingRequests = 1 };

    private static Task<Front> StartAsync(Cluster cluster, RetryPolicy? retries = null, TimeSpan? timeout = null, TimeProvider? time = null) =>
        Front.StartAsync(
            new SnapshotBuilder { Settings = new EdgeSettings { AccessLogFile = "/dev/stdout" } }.Host("example.com", Route(new ForwardAction
            {
                Clusters = new WeightedClusters([Weighted(cluster)]),
                Retry = retries ?? RetryPolicy.Default,
                Timeout = timeout,
            })),
            time: time);

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, TestContext.Current.CancellationToken);
    }

    private static RawOrigin Holding(TaskCompletionSource release) => new(async request =>
    {
        await release.Task;
        await request.WriteAsync(RawOrigin.Ok("fine"));
    });

    private static void AssertOverflow(RawResponse response)
    {
        Assert.Equal(503, response.Status);
        Assert.Equal("upstream connect error or disconnect/reset before headers. reset reason: overflow", response.Body);
        Assert.Equal("true", response.Value("x-envoy-overloaded"));
    }

    [Fact]
    public async Task Of_three_requests_over_one_connection_one_waits_and_one_is_refused()
    {
        var release = new TaskCompletionSource();
        await using var origin = Holding(release);
        var cluster = Guarded([origin.Port], limits: OneAndOneWaiting);
        await using var front = await StartAsync(cluster);

        var first = front.GetAsync("/first");
        await origin.ReceivedAsync(1);
        var second = front.GetAsync("/second");
        await UntilAsync(() => cluster.Stats.PendingRequests == 1);
        AssertOverflow(await front.GetAsync("/third"));
        Assert.Contains(" UO ", front.Lines.Take(TestContext.Current.CancellationToken), StringComparison.Ordinal);

        release.SetResult();
        Assert.Equal("fine", (await first).Body);
        Assert.Equal("fine", (await second).Body);
        Assert.Equal(2, origin.Requests.Count);
        Assert.Equal(1, origin.Connections);
        await UntilAsync(() => cluster.Stats.ActiveRequests == 0);
    }

    [Fact]
    public async Task A_crowd_goes_through_few_connections_in_the_end()
    {
        var (inside, most) = (0, 0);
        await using var origin = new RawOrigin(async request =>
        {
            var now = Interlocked.Increment(ref inside);
            if (now > Volatile.Read(ref most))
                Volatile.Write(ref most, now);
            await Task.Yield();
            Interlocked.Decrement(ref inside);
            await request.WriteAsync(RawOrigin.Ok("fine"));
        });
        var cluster = Guarded([origin.Port], limits: new CircuitLimits { MaxConnections = 3 });
        await using var front = await StartAsync(cluster);

        await Task.WhenAll(Enumerable.Range(0, 40).Select(async _ =>
        {
            using var client = await front.ConnectAsync();
            for (var i = 0; i < 10; i++)
                Assert.Equal("fine", (await client.GetAsync("/")).Body);
        }));
        Assert.InRange(most, 1, 3);
        Assert.InRange(origin.Connections, 1, 3);
        await UntilAsync(() => cluster.Stats is { ActiveRequests: 0, PendingRequests: 0 });
    }

    [Fact]
    public async Task An_idle_connection_gives_way_to_one_that_is_needed()
    {
        await using var one = new RawOrigin(RawOrigin.Ok("one"));
        await using var other = new RawOrigin(RawOrigin.Ok("other"));
        var cluster = Guarded([one.Port, other.Port], limits: OneAndOneWaiting);
        await using var front = await StartAsync(cluster);

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("one", (await front.GetAsync("/")).Body);
            Assert.Equal("other", (await front.GetAsync("/")).Body);
            Assert.True(front.ConnectionsTo(cluster) is null or 1);
        }
    }

    [Fact]
    public async Task Requests_beyond_the_limit_are_refused_at_once()
    {
        var release = new TaskCompletionSource();
        await using var origin = Holding(release);
        var cluster = Guarded([origin.Port], limits: new CircuitLimits { MaxRequests = 1 });
        await using var front = await StartAsync(cluster);

        var first = front.GetAsync("/");
        await origin.ReceivedAsync(1);
        AssertOverflow(await front.GetAsync("/"));
        release.SetResult();
        Assert.Equal("fine", (await first).Body);
        Assert.Equal("fine", (await front.GetAsync("/")).Body);
    }

    [Theory]
    [InlineData("GET", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine")]
    [InlineData("GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nfine\r\n0\r\n\r\n")]
    [InlineData("GET", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("GET", "HTTP/1.1 204 No Content\r\n\r\n")]
    [InlineData("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n")]
    public async Task A_client_that_sends_one_request_after_the_other_never_meets_a_limit_of_one(string method, string answer)
    {
        await using var origin = new RawOrigin(answer);
        var cluster = Guarded([origin.Port], limits: new CircuitLimits { MaxConnections = 1, MaxRequests = 1, MaxPendingRequests = 1 });
        await using var front = await StartAsync(cluster);
        using var client = await front.ConnectAsync();

        for (var i = 0; i < 300; i++)
        {
            await client.SendAsync($"{method} / HTTP/1.1\r\nHost: example.com\r\n\r\n");
            Assert.NotEqual(503, (await client.ReadAsync(hasBody: method != "HEAD" && !answer.Contains(" 204 ", StringComparison.Ordinal))).Status);
        }
        Assert.Equal(0, cluster.Stats.RequestOverflows);
        Assert.Equal(0, cluster.Stats.ConnectionOverflows);
        Assert.Equal(1, origin.Connections);
    }

    [Fact]
    public async Task Streams_of_HTTP2_are_limited_as_well()
    {
        var release = new TaskCompletionSource();
        var received = new TaskCompletionSource();
        await using var origin = await KestrelOrigin.StartAsync(HttpProtocols.Http2, async http =>
        {
            received.TrySetResult();
            await release.Task;
            await http.Response.WriteAsync("fine");
        });
        var cluster = Guarded([origin.Port], limits: new CircuitLimits { MaxConnections = 1, MaxRequests = 1 }, protocol: UpstreamProtocol.Http2);
        await using var front = await StartAsync(cluster);

        var first = front.GetAsync("/");
        await received.Task;
        AssertOverflow(await front.GetAsync("/"));
        release.SetResult();
        Assert.Equal("fine", (await first).Body);
    }

    [Theory]
    [InlineData(1, 4)]
    [InlineData(2, 2)]
    [InlineData(200, 1)]
    public async Task A_connection_of_HTTP2_carries_so_many_streams_at_once_and_another_is_opened(int streams, int connections)
    {
        var release = new TaskCompletionSource();
        var active = new ConcurrentDictionary<string, int>();
        await using var origin = await KestrelOrigin.StartAsync(HttpProtocols.Http2, async http =>
        {
            active.AddOrUpdate(http.Connection.Id, 1, (_, count) => count + 1);
            await release.Task;
            await http.Response.WriteAsync("fine");
        });
        var cluster = Guarded([origin.Port], connections: new ConnectionSettings { MaxStreams = streams }, protocol: UpstreamProtocol.Http2);
        await using var front = await StartAsync(cluster);

        var answers = Enumerable.Range(0, 4).Select(_ => front.GetAsync("/")).ToArray();
        await UntilAsync(() => active.Values.Sum() == 4);
        Assert.Equal(connections, active.Count);
        Assert.All(active.Values, count => Assert.InRange(count, 1, streams));
        release.SetResult();
        Assert.All(await Task.WhenAll(answers), answer => Assert.Equal("fine", answer.Body));
        // The connections are as good as before.
        Assert.Equal("fine", (await front.GetAsync("/")).Body);
        Assert.Equal(connections, active.Count);
    }

    [Fact]
    public async Task A_client_that_waits_may_leave()
    {
        var release = new TaskCompletionSource();
        await using var origin = Holding(release);
        var cluster = Guarded([origin.Port], limits: OneAndOneWaiting);
        await using var front = await StartAsync(cluster);

        var first = front.GetAsync("/");
        await origin.ReceivedAsync(1);
        using (var client = await front.ConnectAsync())
        {
            await client.SendAsync("GET / HTTP/1.1\r\nHost: example.com\r\n\r\n");
            await UntilAsync(() => cluster.Stats.PendingRequests == 1);
        }
        await UntilAsync(() => cluster.Stats.PendingRequests == 0);
        release.SetResult();
        Assert.Equal("fine", (await first).Body);
        Assert.Equal("fine", (await front.GetAsync("/")).Body);
        Assert.Equal(2, origin.Requests.Count);
    }

    [Fact]
    public async Task Waiting_counts_for_the_timeout_of_the_route_and_not_against_the_endpoint()
    {
        var limit = TimeSpan.FromSeconds(7);
        var release = new TaskCompletionSource();
        await using var origin = new RawOrigin(async request =>
        {
            await request.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n");
            await release.Task;
            await request.WriteAsync("fine");
        });
        var time = new ManualTime();
        var cluster = Guarded([origin.Port], new OutlierDetector { Consecutive5xxErrors = 1, MaxEjectionPercent = 100 }, OneAndOneWaiting);
        await using var front = await StartAsync(cluster, timeout: limit, time: time);
        using var client = await front.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: example.com\r\n\r\n");
        Assert.NotNull(await client.Reader.ReadHeadAsync(TestContext.Current.CancellationToken));

        time.Advance(TimeSpan.FromSeconds(1));
        var second = front.GetAsync("/");
        await UntilAsync(() => cluster.Stats.PendingRequests == 1);
        time.Advance(limit);
        Assert.Equal(504, (await second).Status);
        Assert.Single(origin.Requests);
        Assert.False(cluster.Endpoints[0].Stats.Health.IsEjected && origin.Requests.Count > 1);
        release.SetResult();
    }

    [Fact]
    public async Task A_retry_beyond_the_limit_is_not_made()
    {
        var release = new TaskCompletionSource();
        await using var origin = new RawOrigin(async request =>
        {
            if (request.Value("x-envoy-attempt-count") == "1")
            {
                await request.WriteAsync("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\ndown");
                return;
            }
            await release.Task;
            await request.WriteAsync(RawOrigin.Ok("fine"));
        });
        var cluster = Guarded([origin.Port], limits: new CircuitLimits { MaxRetries = 1 });
        var retries = new RetryPolicy { On = RetryOn.ServerError, Backoff = TimeSpan.FromMilliseconds(1) };
        await using var front = await StartAsync(cluster, retries);

        var first = front.GetAsync("/");
        await origin.ReceivedAsync(2);
        Assert.Equal("down", (await front.GetAsync("/")).Body);
        Assert.Contains(" UO ", front.Lines.Take(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        release.SetResult();
        Assert.Equal("fine", (await first).Body);
        Assert.Equal(0, cluster.Stats.ActiveRetries);
        Assert.Equal("fine", (await front.GetAsync("/")).Body);
    }

    [Fact]
    public async Task A_retry_may_follow_another_under_the_same_limit()
    {
        await using var origin = new RawOrigin(request => request.WriteAsync(request.Value("x-envoy-attempt-count") == "3"
            ? RawOrigin.Ok("fine")
            : "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\ndown"));
        var cluster = Guarded([origin.Port], limits: new CircuitLimits { MaxRetries = 1 });
        await using var front = await StartAsync(cluster, new RetryPolicy { On = RetryOn.ServerError, Backoff = TimeSpan.FromMilliseconds(1) });

        Assert.Equal("fine", (await front.GetAsync("/")).Body);
        Assert.Equal(0, cluster.Stats.ActiveRetries);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_connection_carries_so_many_requests_and_no_more(int requests)
    {
        Assert.SkipWhen(Front.IsYarp && requests > 1, "HttpClient can't count the requests of a connection");
        await using var origin = new RawOrigin(RawOrigin.Ok("fine"));
        var cluster = Guarded([origin.Port], connections: new ConnectionSettings { MaxRequests = requests });
        await using var front = await StartAsync(cluster);

        using var client = await front.ConnectAsync();
        for (var i = 0; i < 4; i++)
            Assert.Equal("fine", (await client.GetAsync("/")).Body);
        Assert.Equal(4 / requests, origin.Connections);
    }

    [Fact]
    public async Task The_upstream_can_be_spoken_to_as_the_client_speaks()
    {
        await using var newer = await KestrelOrigin.StartAsync(HttpProtocols.Http2, http => http.Response.WriteAsync(http.Request.Protocol));
        await using (var front = await StartAsync(Guarded([newer.Port], followsClient: true)))
        {
            using var client = front.Http2Client();
            using var request = Front.Http2Request(HttpMethod.Get, "/");
            request.Headers.Host = "example.com";
            using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal("HTTP/2", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }

        await using var older = new RawOrigin(RawOrigin.Ok("HTTP/1.1"));
        await using (var front = await StartAsync(Guarded([older.Port], protocol: UpstreamProtocol.Http2, followsClient: true)))
            Assert.Equal("HTTP/1.1", (await front.GetAsync("/")).Body);
    }
}
