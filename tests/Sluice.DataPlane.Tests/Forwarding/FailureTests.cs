using System.Net;
using System.Net.Sockets;
using Sluice.DataPlane.Routing;
using Sluice.DataPlane.Tests.Pipeline.Harness;
using static Sluice.DataPlane.Tests.Pipeline.Harness.SnapshotBuilder;

namespace Sluice.DataPlane.Tests.Forwarding;

/// <summary>What the client sees when the upstream fails, and how often the upstream is bothered.</summary>
public sealed class FailureTests
{
    private const string NoAnswer = "upstream connect error or disconnect/reset before headers. reset reason: ";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private static ForwardAction Limited(ForwardAction action) => new() { Clusters = action.Clusters, Timeout = Limit };

    private static SnapshotBuilder To(RawOrigin origin, Func<ForwardAction, ForwardAction>? change = null)
    {
        var action = SnapshotBuilder.To(ClusterOf("a", origin.Port));
        return new SnapshotBuilder().Host("example.com", Route(change is null ? action : change(action)));
    }

    private static int ClosedPort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    [Fact]
    public async Task Answers_503_when_the_connection_is_refused()
    {
        await using var front = await Front.StartAsync(
            new SnapshotBuilder().Host("example.com", Route(SnapshotBuilder.To(ClusterOf("a", ClosedPort())))));

        var response = await front.GetAsync("/");

        Assert.Equal(503, response.Status);
        Assert.Equal(
            NoAnswer + "remote connection failure, transport failure reason: delayed connect error: Connection refused", response.Body);
        Assert.Equal("text/plain", response.Value("content-type"));
        Assert.Equal("istio-envoy", response.Value("server"));
        Assert.NotNull(response.Value("date"));
        Assert.Equal($"{response.Body.Length}", response.Value("content-length"));
    }

    [Theory]
    [InlineData("", 503, "connection termination")]
    [InlineData("HTTP/1.1 200 O", 503, "connection termination")]
    [InlineData("HTTP/1.1 two hundred\r\n\r\n", 502, "protocol error")]
    [InlineData("garbage\r\n\r\n", 502, "protocol error")]
    [InlineData("HTTP/1.1 200 OK\r\nNo colon\r\n\r\n", 502, "protocol error")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n", 502, "protocol error")]
    public async Task Answers_by_itself_when_the_upstream_gives_no_proper_head(string answer, int status, string reason)
    {
        await using var origin = new RawOrigin(async request =>
        {
            await request.WriteAsync(answer);
            request.Close();
        });
        await using var front = await Front.StartAsync(To(origin));
        using var client = await front.ConnectAsync();

        await client.SendAsync("POST / HTTP/1.1\r\nHost: example.com\r\nContent-Length: 0\r\n\r\n");
        var response = await client.ReadAsync();

        Assert.Equal(status, response.Status);
        Assert.Equal(NoAnswer + reason, response.Body);
        Assert.Single(origin.Requests);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")]
    public async Task A_truncated_answer_stays_truncated(string answer)
    {
        foreach (var reset in (bool[])[false, true])
        {
            await using var origin = new RawOrigin(async request =>
            {
                await request.WriteAsync(answer);
                if (reset)
                    request.Reset();
                else
                    request.Close();
            });
            await using var front = await Front.StartAsync(To(origin));
            using var client = await front.ConnectAsync();

            await Assert.ThrowsAnyAsync<IOException>(() => client.GetAsync("/"));
        }
    }

    [Theory]
    [InlineData("GET", "", 2)]
    [InlineData("PUT", "x", 2)]
    [InlineData("POST", "", 1)]
    [InlineData("POST", "x", 1)]
    [InlineData("PATCH", "x", 1)]
    public async Task Sends_again_over_a_new_connection_only_what_is_idempotent(string method, string body, int times)
    {
        await using var origin = new RawOrigin(async request =>
        {
            await request.ReadBodyAsync();
            if (request.Line.Contains("/stale", StringComparison.Ordinal) && request.Connection == 1)
                request.Close();
            else
                await request.WriteAsync(RawOrigin.Ok("fine"));
        });
        await using var front = await Front.StartAsync(To(origin));
        using var client = await front.ConnectAsync();
        await client.GetAsync("/first");

        await client.SendAsync($"{method} /stale HTTP/1.1\r\nHost: example.com\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        var response = await client.ReadAsync();

        Assert.Equal(times == 2 ? 200 : 503, response.Status);
        Assert.Equal(times, origin.Requests.Count(r => r.Line.Contains("/stale", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Does_not_send_again_over_a_new_connection_that_was_closed_without_an_answer()
    {
        await using var origin = new RawOrigin(request =>
        {
            request.Close();
            return Task.CompletedTask;
        });
        await using var front = await Front.StartAsync(To(origin));

        Assert.Equal(503, (await front.GetAsync("/")).Status);
        Assert.Single(origin.Requests);
    }

    [Fact]
    public async Task Answers_504_when_the_route_takes_too_long()
    {
        await using var origin = new RawOrigin(request => request.WhenGoneAsync());
        var time = new ManualTime();
        await using var front = await Front.StartAsync(To(origin, Limited), time: time);

        var answer = front.GetAsync("/");
        await time.ExpireAsync(Limit);

        Assert.Equal(504, (await answer).Status);
        Assert.Equal("upstream request timeout", (await answer).Body);
    }

    [Fact]
    public async Task Tells_the_upstream_how_long_the_route_may_take()
    {
        await using var origin = new RawOrigin(RawOrigin.Ok(""));
        await using var front = await Front.StartAsync(To(origin, Limited), time: new ManualTime());

        await front.GetAsync("/");

        Assert.Equal("2000", Assert.Single(origin.Requests).Value("x-envoy-expected-rq-timeout-ms"));
    }

    [Fact]
    public async Task Breaks_off_when_the_time_is_up_after_the_answer_began()
    {
        await using var origin = new RawOrigin(async request =>
        {
            await request.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
            await request.WhenGoneAsync();
        });
        var time = new ManualTime();
        await using var front = await Front.StartAsync(To(origin, Limited), time: time);
        using var client = await front.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: example.com\r\n\r\n");
        var head = await client.Reader.ReadHeadAsync(TestContext.Current.CancellationToken);

        time.Advance(Limit);

        await Assert.ThrowsAnyAsync<IOException>(
            () => client.Reader.ReadBodyAsync(head!, isResponse: true, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_client_that_leaves_ends_the_upstream_request()
    {
        var gone = new TaskCompletionSource();
        var arrived = new TaskCompletionSource();
        await using var origin = new RawOrigin(async request =>
        {
            arrived.SetResult();
            await request.WhenGoneAsync();
            gone.SetResult();
        });
        await using var front = await Front.StartAsync(To(origin));
        using (var client = await front.ConnectAsync())
        {
            await client.SendAsync("GET / HTTP/1.1\r\nHost: example.com\r\n\r\n");
            await arrived.Task;
        }

        await gone.Task.WaitAsync(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task An_upload_that_breaks_off_is_not_completed()
    {
        var body = new TaskCompletionSource<Exception?>();
        var arrived = new TaskCompletionSource();
        await using var origin = new RawOrigin(async request =>
        {
            arrived.SetResult();
            body.SetResult(await Record.ExceptionAsync(request.ReadBodyAsync));
        });
        await using var front = await Front.StartAsync(To(origin));
        using (var client = await front.ConnectAsync())
        {
            await client.SendAsync("POST / HTTP/1.1\r\nHost: example.com\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
            await arrived.Task;
        }

        Assert.IsType<IOException>(await body.Task, exactMatch: false);
    }

    [Theory]
    [InlineData("5\r\nhello\r\nzz\r\n")]
    [InlineData("5\nhello\r\n0\r\n\r\n")]
    [InlineData("5;x\n=y\r\nhello\r\n0\r\n\r\n")]
    [InlineData("5\r\nhello\n0\r\n\r\n")]
    [InlineData("5\r\nhelloworld\r\n0\r\n\r\n")]
    [InlineData("-5\r\nhello\r\n0\r\n\r\n")]
    [InlineData("0x5\r\nhello\r\n0\r\n\r\n")]
    [InlineData("FFFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n")]
    public async Task A_body_that_breaks_the_grammar_is_400_and_not_completed_upstream(string chunks)
    {
        var body = new TaskCompletionSource<Exception?>();
        await using var origin = new RawOrigin(async request => body.SetResult(await Record.ExceptionAsync(request.ReadBodyAsync)));
        await using var front = await Front.StartAsync(To(origin));
        using var client = await front.ConnectAsync();

        await client.SendAsync("POST / HTTP/1.1\r\nHost: example.com\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks);
        var response = await client.ReadAsync();

        Assert.Equal(400, response.Status);
        Assert.Equal("close", response.Value("connection"));
        Assert.IsType<IOException>(await body.Task, exactMatch: false);
    }
}
