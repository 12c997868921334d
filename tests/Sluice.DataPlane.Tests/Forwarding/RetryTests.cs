using System.Net;
using System.Net.Sockets;
using Sluice.DataPlane.Routing;
using Sluice.DataPlane.Tests.Pipeline.Harness;
using static Sluice.DataPlane.Tests.Pipeline.Harness.SnapshotBuilder;

namespace Sluice.DataPlane.Tests.Forwarding;

public sealed class RetryTests
{
    private static readonly TimeSpan PerTry = TimeSpan.FromSeconds(1);

    private static readonly RetryPolicy On5xx = new() { Attempts = 2, On = RetryOn.ServerError };

    private static SnapshotBuilder Over(RetryPolicy policy, TimeSpan? timeout, params int[] ports) => new SnapshotBuilder().Host(
        "example.com",
        Route(new ForwardAction { Clusters = new WeightedClusters([Weighted(ClusterOf("a", ports))]), Retry = policy, Timeout = timeout }));

    private static int ClosedPort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private static async Task<RawResponse> PostAsync(Front front, string body)
    {
        using var client = await front.ConnectAsync();
        await client.SendAsync($"POST / HTTP/1.1\r\nHost: example.com\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        return await client.ReadAsync();
    }

    [Fact]
    public async Task Goes_to_another_endpoint_when_one_refuses_connections()
    {
        await using var origin = new RawOrigin(async r => await r.WriteAsync(RawOrigin.Ok(await r.ReadTextAsync())));
        await using var front = await Front.StartAsync(Over(RetryPolicy.Default, null, ClosedPort(), origin.Port));

        // A body of any size: none of it was read before.
        var body = new string('x', 3 << 20);
        var response = await PostAsync(front, body);

        Assert.Equal(body, response.Body);
        Assert.Equal("2", Assert.Single(origin.Requests).Value("x-envoy-attempt-count"));
    }

    [Fact]
    public async Task Gives_up_when_all_attempts_are_refused()
    {
        await using var front = await Front.StartAsync(Over(RetryPolicy.Default, null, ClosedPort(), ClosedPort()));

        var response = await front.GetAsync("/");

        Assert.Equal(503, response.Status);
        Assert.EndsWith("Connection refused", response.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sends_the_body_again_after_an_answer_that_the_policy_retries()
    {
        var bodies = new List<string>();
        await using var origin = new RawOrigin(async request =>
        {
            bodies.Add(await request.ReadTextAsync());
            await request.WriteAsync(bodies.Count < 3
                ? "HTTP/1.1 503 Service Unavailable\r\nX-From: failed\r\nContent-Length: 4\r\n\r\ndown"
                : RawOrigin.Ok("fine"));
        });
        await using var front = await Front.StartAsync(Over(On5xx, null, origin.Port));

        var response = await PostAsync(front, "hello");

        Assert.Equal("fine", response.Body);
        Assert.Null(response.Value("x-from"));
        Assert.Equal(["hello", "hello", "hello"], bodies);
        Assert.Equal(["1", "2", "3"], origin.Requests.Select(r => r.Value("x-envoy-attempt-count")));
    }

    [Fact]
    public async Task Passes_on_the_last_answer()
    {
        await using var origin = new RawOrigin("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\ndown");
        await using var front = await Front.StartAsync(Over(On5xx, null, origin.Port));

        var response = await front.GetAsync("/");

        Assert.Equal(503, response.Status);
        Assert.Equal("down", response.Body);
        Assert.Equal(3, origin.Requests.Count);
    }

    [Fact]
    public async Task Does_not_retry_a_body_that_is_too_large_to_keep()
    {
        await using var origin = new RawOrigin(async request =>
        {
            await request.ReadBodyAsync();
            await request.WriteAsync("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\ndown");
        });
        await using var front = await Front.StartAsync(Over(On5xx, null, origin.Port));

        Assert.Equal("down", (await PostAsync(front, new string('x', 2 << 20))).Body);
        Assert.Single(origin.Requests);
    }

    [Fact]
    public async Task The_default_policy_leaves_answers_alone()
    {
        await using var origin = new RawOrigin("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\ndown");
        await using var front = await Front.StartAsync(Over(RetryPolicy.Default, null, origin.Port));

        Assert.Equal("down", (await front.GetAsync("/")).Body);
        Assert.Single(origin.Requests);
    }

    [Fact]
    public async Task An_attempt_that_takes_too_long_is_followed_by_another()
    {
        var count = 0;
        await using var origin = new RawOrigin(async request =>
        {
            if (Interlocked.Increment(ref count) == 1)
                await request.WhenGoneAsync();
            else
                await request.WriteAsync(RawOrigin.Ok(await request.ReadTextAsync()));
        });
        var time = new ManualTime();
        await using var front = await Front.StartAsync(Over(On5xx with { PerTryTimeout = PerTry }, null, origin.Port), time: time);

        var answer = PostAsync(front, "hello");
        await origin.ReceivedAsync(1);
        await time.ExpireAsync(PerTry);

        Assert.Equal("hello", (await answer).Body);
        Assert.Equal(2, origin.Requests.Count);
    }

    [Fact]
    public async Task The_timeout_of_an_attempt_ends_with_504_when_no_attempt_is_left()
    {
        await using var origin = new RawOrigin(request => request.WhenGoneAsync());
        var time = new ManualTime();
        await using var front = await Front.StartAsync(
            Over(On5xx with { Attempts = 1, PerTryTimeout = PerTry }, null, origin.Port), time: time);

        var answer = front.GetAsync("/");
        await origin.ReceivedAsync(1);
        await time.ExpireAsync(PerTry);
        await origin.ReceivedAsync(2);
        await time.ExpireAsync(PerTry);

        Assert.Equal(504, (await answer).Status);
        Assert.Equal("upstream request timeout", (await answer).Body);
        Assert.All(origin.Requests, r => Assert.Equal("1000", r.Value("x-envoy-expected-rq-timeout-ms")));
    }

    [Fact]
    public async Task The_timeout_of_an_attempt_does_not_cut_an_answer_that_began()
    {
        var rest = new TaskCompletionSource();
        await using var origin = new RawOrigin(async request =>
        {
            await request.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
            await rest.Task;
            await request.WriteAsync("world");
        });
        var time = new ManualTime();
        await using var front = await Front.StartAsync(Over(On5xx with { PerTryTimeout = PerTry }, null, origin.Port), time: time);
        using var client = await front.ConnectAsync();

        await client.SendAsync("GET / HTTP/1.1\r\nHost: example.com\r\n\r\n");
        var head = await client.Reader.ReadHeadAsync(TestContext.Current.CancellationToken);
        time.Advance(10 * PerTry);
        rest.SetResult();

        Assert.Equal("helloworld"u8.ToArray(), await client.Reader.ReadBodyAsync(head!, isResponse: true, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_timeout_of_the_route_covers_all_attempts()
    {
        await using var origin = new RawOrigin(request => request.WhenGoneAsync());
        var time = new ManualTime();
        await using var front = await Front.StartAsync(
            Over(On5xx with { Attempts = 100, PerTryTimeout = PerTry }, 2.5 * PerTry, origin.Port), time: time);

        var answer = front.GetAsync("/");
        await origin.ReceivedAsync(1);
        await time.ExpireAsync(PerTry);
        await origin.ReceivedAsync(2);
        await time.ExpireAsync(PerTry);
        await origin.ReceivedAsync(3);
        await time.ExpireAsync(0.5 * PerTry);

        Assert.Equal(504, (await answer).Status);
        Assert.Equal(3, origin.Requests.Count);
    }

    [Fact]
    public async Task Waits_between_attempts_and_not_longer_than_the_route_may_take()
    {
        await using var origin = new RawOrigin("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\ndown");
        var time = new ManualTime();
        await using var front = await Front.StartAsync(Over(On5xx, PerTry, origin.Port), dice: n => n - 1, time: time);

        var answer = front.GetAsync("/");
        await time.ExpireAsync(TimeSpan.FromMilliseconds(24));
        await time.WaitedForAsync(TimeSpan.FromMilliseconds(74));
        Assert.Equal(2, origin.Requests.Count);
        time.Advance(PerTry);

        Assert.Equal(504, (await answer).Status);
        Assert.Equal(2, origin.Requests.Count);
    }
}
