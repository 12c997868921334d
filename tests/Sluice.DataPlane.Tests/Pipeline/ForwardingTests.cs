using System.Text;
using Sluice.DataPlane.Tests.Pipeline.Harness;
using static Sluice.DataPlane.Tests.Pipeline.Harness.SnapshotBuilder;

namespace Sluice.DataPlane.Tests.Pipeline;

/// <summary>What the upstream and the client see of an exchange that goes well.</summary>
public sealed class ForwardingTests
{
    private static SnapshotBuilder To(RawOrigin origin) =>
        new SnapshotBuilder().Host("example.com", Route(SnapshotBuilder.To(ClusterOf("a", origin.Port))));

    [Fact]
    public async Task Forwards_the_target_byte_for_byte()
    {
        await using var origin = new RawOrigin(RawOrigin.Ok("hello"));
        await using var front = await Front.StartAsync(To(origin));

        var response = await front.GetAsync("/a%2Cb//c/%C3%a9?x=%2f&y=[1]|{2}");

        Assert.Equal("hello", response.Body);
        Assert.Equal("GET /a%2Cb//c/%C3%a9?x=%2f&y=[1]|{2} HTTP/1.1", Assert.Single(origin.Requests).Line);
    }

    [Fact]
    public async Task Sends_the_request_head_and_nothing_of_its_own_beside_the_promised_fields()
    {
        await using var origin = new RawOrigin(RawOrigin.Ok(""));
        await using var front = await Front.StartAsync(To(origin));
        using var client = await front.ConnectAsync();

        await client.GetAsync("/x", "example.com:81", "User-Agent: me\r\nX-Odd: \u00e9\u00ff\r\nAccept: a, b\r\ntraceparent: 00-1-2-03\r\n");

        var request = Assert.Single(origin.Requests);
        var fields = request.Head.Split("\r\n").Skip(1).Where(l => l.Length > 0).Select(l => l.Split(':')[0].ToLowerInvariant());
        Assert.Equal(
            ["accept", "host", "traceparent", "user-agent", "x-envoy-attempt-count", "x-envoy-external-address", "x-forwarded-for",
                "x-forwarded-proto", "x-odd", "x-request-id"],
            fields.Order());
        Assert.Equal("example.com:81", request.Value("host"));
        Assert.Equal("\u00e9\u00ff", request.Value("x-odd"));
        Assert.Equal("1", request.Value("x-envoy-attempt-count"));
        Assert.Equal('4', request.Value("x-request-id")![14]);
    }

    [Fact]
    public async Task Keeps_fields_of_one_connection_on_it()
    {
        await using var origin = new RawOrigin(RawOrigin.Ok(
            "", "Connection: X-Secret, keep-alive\r\nX-Secret: 1\r\nKeep-Alive: timeout=5\r\nProxy-Connection: x\r\nX-Kept: 1\r\n"));
        await using var front = await Front.StartAsync(To(origin));
        using var client = await front.ConnectAsync();

        var response = await client.GetAsync(
            "/", headers: "Connection: X-Mine, X-Forwarded-For, Host, keep-alive, x-request-id\r\nX-Mine: 1\r\nX-Forwarded-For: 1.2.3.4\r\n"
                + "Keep-Alive: timeout=5\r\nProxy-Connection: x\r\nTE: trailers, deflate\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\nX-Kept: 2\r\n");

        var request = Assert.Single(origin.Requests);
        Assert.All(["connection", "x-mine", "keep-alive", "proxy-connection", "upgrade", "http2-settings"], n => Assert.Null(request.Value(n)));
        Assert.Equal("1.2.3.4, 127.0.0.1", request.Value("x-forwarded-for"));
        Assert.Equal("example.com", request.Value("host"));
        Assert.Equal("trailers", request.Value("te"));
        Assert.Equal("2", request.Value("x-kept"));
        Assert.All(["x-secret", "keep-alive", "proxy-connection"], n => Assert.Null(response.Value(n)));
        Assert.Equal("1", response.Value("x-kept"));
    }

    [Theory]
    [InlineData("Content-Length: 11\r\n", "hello world", "content-length", "11")]
    [InlineData("Transfer-Encoding: chunked\r\n", "6\r\nhello \r\n5;ext=1\r\nworld\r\n0\r\n\r\n", "transfer-encoding", "chunked")]
    [InlineData("Transfer-Encoding: chunked\r\nTrailer: X-T\r\n", "b\r\nhello world\r\n0\r\nX-T: 1\r\nHost: evil\r\n\r\n", "transfer-encoding", "chunked")]
    public async Task Forwards_a_body_in_its_framing(string framing, string body, string field, string value)
    {
        var received = "";
        await using var origin = new RawOrigin(async request =>
        {
            received = await request.ReadTextAsync();
            await request.WriteAsync(RawOrigin.Ok("done"));
        });
        await using var front = await Front.StartAsync(To(origin));
        using var client = await front.ConnectAsync();

        await client.SendAsync($"POST /p HTTP/1.1\r\nHost: example.com\r\nContent-Type: text/x\r\n{framing}\r\n{body}");
        var response = await client.ReadAsync();

        Assert.Equal("done", response.Body);
        Assert.Equal("hello world", received);
        var request = Assert.Single(origin.Requests);
        Assert.Equal(value, request.Value(field));
        Assert.Equal("text/x", request.Value("content-type"));
        Assert.Null(request.Value("trailer"));
    }

    [Fact]
    public async Task Forwards_content_fields_of_a_request_without_a_body()
    {
        await using var origin = new RawOrigin(RawOrigin.Ok(""));
        await using var front = await Front.StartAsync(To(origin));

        await front.GetAsync("/", headers: "Content-Type: text/x\r\n");

        Assert.Equal("text/x", Assert.Single(origin.Requests).Value("content-type"));
    }

    [Theory]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n", 204)]
    [InlineData("HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\nContent-Length: 10\r\n\r\n", 304)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200)]
    [InlineData("HTTP/1.1 299 Odd but fine\r\nContent-Length: 0\r\n\r\n", 299)]
    public async Task Forwards_answers_without_a_body(string answer, int status)
    {
        await using var origin = new RawOrigin(answer);
        await using var front = await Front.StartAsync(To(origin));
        using var client = await front.ConnectAsync();

        await client.SendAsync("GET / HTTP/1.1\r\nHost: example.com\r\n\r\n");
        var response = await client.ReadAsync(hasBody: false);
        Assert.Equal(status, response.Status);
        Assert.Equal(answer.Split("\r\n")[0], response.Head.Split("\r\n")[0]);

        // The connection goes on.
        await client.SendAsync("GET / HTTP/1.1\r\nHost: example.com\r\n\r\n");
        Assert.Equal(status, (await client.ReadAsync(hasBody: false)).Status);
    }

    [Fact]
    public async Task Forwards_the_head_of_an_answer_to_HEAD()
    {
        await using var origin = new RawOrigin("HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n");
        await using var front = await Front.StartAsync(To(origin));
        using var client = await front.ConnectAsync();

        await client.SendAsync("HEAD / HTTP/1.1\r\nHost: example.com\r\n\r\nHEAD /2 HTTP/1.1\r\nHost: example.com\r\n\r\n");

        Assert.Equal("1234", (await client.ReadAsync(hasBody: false)).Value("content-length"));
        Assert.Equal("1234", (await client.ReadAsync(hasBody: false)).Value("content-length"));
    }

    [Fact]
    public async Task Overwrites_server_and_strips_the_proxy_fields_of_the_upstream()
    {
        await using var origin = new RawOrigin(RawOrigin.Ok(
            "", "Server: nginx\r\nX-Envoy-Decorator-Operation: x\r\nx-envoy-upstream-service-time: 999999\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n"
                + "Date: Tue, 01 Jan 2030 00:00:00 GMT\r\nX-Latin: \u00e9\r\n"));
        await using var front = await Front.StartAsync(To(origin));

        var response = await front.GetAsync("/");

        Assert.Equal("istio-envoy", response.Value("server"));
        Assert.Null(response.Value("x-envoy-decorator-operation"));
        Assert.NotEqual("999999", response.Value("x-envoy-upstream-service-time"));
        Assert.Equal(["a=1", "b=2"], response.Values("set-cookie"));
        Assert.Equal("Tue, 01 Jan 2030 00:00:00 GMT", response.Value("date"));
        Assert.Equal("\u00e9", response.Value("x-latin"));
    }

    [Fact]
    public async Task Forwards_a_chunked_answer_as_it_comes()
    {
        var second = new TaskCompletionSource();
        await using var origin = new RawOrigin(async request =>
        {
            await request.WriteAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/event-stream\r\n\r\n");
            await second.Task;
            await request.WriteAsync("5\r\nhello\r\n0\r\nX-Trailer: 1\r\nContent-Length: 4\r\n\r\n");
        });
        await using var front = await Front.StartAsync(To(origin));
        using var client = await front.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: example.com\r\n\r\n");

        // The head arrives before there is any body.
        var head = await client.Reader.ReadHeadAsync(TestContext.Current.CancellationToken);
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", head);
        second.SetResult();
        var body = await client.Reader.ReadBodyAsync(head!, isResponse: true, TestContext.Current.CancellationToken);

        Assert.Equal("hello", Encoding.UTF8.GetString(body));
        Assert.DoesNotContain("content-length", client.Reader.Trailers, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Relays_100_continue_and_a_final_answer_before_it()
    {
        await using var origin = new RawOrigin(async request =>
        {
            Assert.Equal("100-continue", request.Value("expect"));
            if (request.Line.StartsWith("POST /no", StringComparison.Ordinal))
            {
                await request.WriteAsync("HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                request.Close();
                return;
            }
            await request.WriteAsync("HTTP/1.1 100 Continue\r\n\r\n");
            await request.WriteAsync(RawOrigin.Ok(await request.ReadTextAsync()));
        });
        await using var front = await Front.StartAsync(To(origin));

        using var client = await front.ConnectAsync();
        await client.SendAsync("POST /yes HTTP/1.1\r\nHost: example.com\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
        Assert.Equal(100, (await client.ReadAsync(hasBody: false)).Status);
        await client.SendAsync("hello");
        Assert.Equal("hello", (await client.ReadAsync()).Body);

        using var other = await front.ConnectAsync();
        await other.SendAsync("POST /no HTTP/1.1\r\nHost: example.com\r\nExpect: 100-continue\r\nContent-Length: 5000\r\n\r\n");
        Assert.Equal(417, (await other.ReadAsync()).Status);
    }

    [Fact]
    public async Task Interim_answers_reach_the_client_without_fields_of_the_connection()
    {
        Assert.SkipWhen(Front.IsYarp, "HttpClient keeps interim answers to itself");
        await using var origin = new RawOrigin("HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\nConnection: x-hop\r\nX-Hop: 1\r\n\r\n" + RawOrigin.Ok("late"));
        await using var front = await Front.StartAsync(new SnapshotBuilder().Host("*", Route(SnapshotBuilder.To(ClusterOf("a", origin.Port)))));
        using var client = await front.ConnectAsync();

        await client.SendAsync("GET / HTTP/1.1\r\nHost: example.com\r\n\r\n");

        var hints = await client.ReadAsync(hasBody: false);
        Assert.Equal((103, "</a.css>", null, null), (hints.Status, hints.Value("link"), hints.Value("x-hop"), hints.Value("connection")));
        Assert.Equal("late", (await client.ReadAsync()).Body);
    }

    [Fact]
    public async Task An_upstream_that_never_says_continue_gets_the_body_all_the_same()
    {
        await using var origin = new RawOrigin(async request => await request.WriteAsync(RawOrigin.Ok(await request.ReadTextAsync())));
        await using var front = await Front.StartAsync(To(origin));
        using var client = await front.ConnectAsync();

        await client.SendAsync("POST / HTTP/1.1\r\nHost: example.com\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello");
        var answer = await client.ReadAsync(hasBody: false);
        if (answer.Status == 100)
            answer = await client.ReadAsync();

        Assert.Equal(200, answer.Status);
    }
}
