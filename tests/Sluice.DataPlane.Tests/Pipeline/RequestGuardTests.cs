using Sluice.DataPlane.Pipeline;
using Sluice.DataPlane.Tests.Pipeline.Harness;
using static Sluice.DataPlane.Tests.Pipeline.Harness.SnapshotBuilder;

namespace Sluice.DataPlane.Tests.Pipeline;

public sealed class RequestGuardTests
{
    private const string Next = "GET /smuggled HTTP/1.1\r\nHost: example.com\r\n\r\n";

    private static SnapshotBuilder To(RawOrigin origin) =>
        new SnapshotBuilder().Host("*", Route(SnapshotBuilder.To(ClusterOf("a", origin.Port))));

    [Theory]
    // Framing.
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n", 400)]
    [InlineData("POST / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 426)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -0\r\n\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\nhello", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello", 400)]
    // Lines end with CRLF.
    [InlineData("GET / HTTP/1.1\nHost: a\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: 1\nTransfer-Encoding: chunked\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\rX: 1\r\n\r\n", 400)]
    // Target.
    [InlineData("GET /a\u0001b HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET /a\u007fb HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET a HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET ftp://a/b HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", 404)]
    // Method.
    [InlineData("get / HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    // Host.
    [InlineData("GET / HTTP/1.1\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost:\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a:b\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", 400)]
    [InlineData("GET http:///x HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    // Version.
    [InlineData("GET / HTTP/1.0\r\nHost: a\r\n\r\n", 426)]
    public async Task Refuses_and_closes(string request, int status)
    {
        await using var origin = new RawOrigin(RawOrigin.Ok("reached"));
        await using var front = await Front.StartAsync(To(origin));
        using var client = await front.ConnectAsync();

        await client.SendAsync(request + Next);
        var response = await client.ReadAsync();

        Assert.Equal(status, response.Status);
        Assert.Equal("", response.Body);
        await Assert.ThrowsAnyAsync<IOException>(() => client.ReadAsync());
        Assert.Empty(origin.Requests);
    }

    [Theory]
    [InlineData("GET http://other.example:81/x?y HTTP/1.1\r\nHost: a\r\n\r\n", "GET /x?y HTTP/1.1", "other.example:81")]
    [InlineData("GET http://other.example HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1", "other.example")]
    [InlineData("GET http://other.example?q HTTP/1.1\r\nHost: a\r\n\r\n", "GET /?q HTTP/1.1", "other.example")]
    [InlineData("GET /x HTTP/1.1\r\nHost: [2001:db8::1]:80\r\n\r\n", "GET /x HTTP/1.1", "[2001:db8::1]:80")]
    [InlineData("PROPFIND /x HTTP/1.1\r\nHost: A.example\r\n\r\n", "PROPFIND /x HTTP/1.1", "A.example")]
    [InlineData("GET /x HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: x\r\n\r\n", "GET /x HTTP/1.1", "a")]
    public async Task Lets_pass(string request, string line, string host)
    {
        await using var origin = new RawOrigin(RawOrigin.Ok("reached"));
        await using var front = await Front.StartAsync(To(origin));
        using var client = await front.ConnectAsync();

        await client.SendAsync(request);
        Assert.Equal(200, (await client.ReadAsync()).Status);

        var seen = Assert.Single(origin.Requests);
        Assert.Equal(line, seen.Line);
        Assert.Equal(host, seen.Value("host"));
        Assert.Null(seen.Value("upgrade"));
    }

    [Fact]
    public async Task Answers_OPTIONS_for_the_server_itself_with_404()
    {
        await using var origin = new RawOrigin(RawOrigin.Ok("reached"));
        await using var front = await Front.StartAsync(new SnapshotBuilder().Host("a", Route(SnapshotBuilder.Direct("x"), Prefix("/"))));
        using var client = await front.ConnectAsync();

        await client.SendAsync("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n");

        Assert.Equal(404, (await client.ReadAsync()).Status);
    }

    [Fact]
    public async Task Refuses_upgrades_to_anything_but_WebSocket()
    {
        await using var origin = new RawOrigin(RawOrigin.Ok("reached"));
        await using var front = await Front.StartAsync(To(origin));

        var response = await front.GetAsync("/", headers: "Connection: Upgrade\r\nUpgrade: irc\r\n");

        Assert.Equal(403, response.Status);
        Assert.Empty(origin.Requests);
    }

    [Fact]
    public async Task Serves_HTTP10_when_told_to()
    {
        await using var origin = new RawOrigin(RawOrigin.Ok("reached"));
        var snapshot = To(origin);
        snapshot.Settings = new EdgeSettings { Http10 = true };
        await using var front = await Front.StartAsync(snapshot);
        using var client = await front.ConnectAsync();

        await client.SendAsync("GET /x HTTP/1.0\r\nHost: a\r\n\r\n");
        var response = await client.ReadAsync();

        Assert.Equal("reached", response.Body);
        Assert.Equal("GET /x HTTP/1.1", Assert.Single(origin.Requests).Line);
    }

    [Theory]
    [InlineData("Connection: close\r\n")]
    [InlineData("Connection: X-Mine, close\r\n")]
    [InlineData("Connection: X-Mine\r\nConnection: Close\r\n")]
    public async Task Closes_when_the_client_asks_for_it(string connection)
    {
        await using var origin = new RawOrigin(RawOrigin.Ok("reached"));
        await using var front = await Front.StartAsync(To(origin));
        using var client = await front.ConnectAsync();

        await client.SendAsync($"GET /x HTTP/1.1\r\nHost: a\r\n{connection}X-Mine: 1\r\n\r\n");

        Assert.Equal("close", (await client.ReadAsync()).Value("connection"));
        await Assert.ThrowsAnyAsync<IOException>(() => client.ReadAsync());
        Assert.Equal(connection.Contains("X-Mine", StringComparison.Ordinal) ? null : "1", Assert.Single(origin.Requests).Value("x-mine"));
    }

    [Theory]
    [InlineData("x y", "1")]
    [InlineData("x:y", "1")]
    [InlineData("x\r\ny", "1")]
    [InlineData("x\u0001", "1")]
    [InlineData("x", "1\r\nevil: 1")]
    [InlineData("x", "1\n2")]
    [InlineData("x", "1\0")]
    [InlineData("transfer-encoding", "chunked")]
    [InlineData("connection", "x")]
    [InlineData("keep-alive", "x")]
    [InlineData("proxy-connection", "x")]
    [InlineData("upgrade", "websocket")]
    [InlineData("http2-settings", "x")]
    [InlineData("te", "deflate")]
    [InlineData("content-length", "+1")]
    [InlineData("content-length", "abc")]
    [InlineData("content-length", "5")]
    public async Task Resets_a_malformed_stream_of_HTTP2(string name, string value)
    {
        await using var origin = new RawOrigin(RawOrigin.Ok("reached"));
        await using var front = await Front.StartAsync(To(origin));
        using var client = await RawHttp2.ConnectAsync(front.Http2Port);

        await client.SendHeadAsync(
            endStream: true, (":method", "POST"), (":scheme", "http"), (":path", "/"), (":authority", "a"), (name, value));

        Assert.Contains(await client.OutcomeAsync(), (string[])["RST 1", "GOAWAY 1"]);
        Assert.Empty(origin.Requests);
    }

    [Theory]
    [InlineData("GET", "/a b", "a")]
    [InlineData("GET", "/a\u0001", "a")]
    [InlineData("GET", "/a#b", "a")]
    [InlineData("GET", "a", "a")]
    [InlineData("GET", "http://b/", "a")]
    [InlineData("GET", "/", "a@b")]
    [InlineData("GET", "/", "a/b")]
    [InlineData("GET", "/", "")]
    [InlineData("get", "/", "a")]
    [InlineData("G T", "/", "a")]
    public async Task Never_forwards_a_malformed_head_of_HTTP2(string method, string path, string authority)
    {
        await using var origin = new RawOrigin(RawOrigin.Ok("reached"));
        await using var front = await Front.StartAsync(To(origin));
        using var client = await RawHttp2.ConnectAsync(front.Http2Port);

        await client.SendHeadAsync(
            endStream: true, (":method", method), (":scheme", "http"), (":path", path), (":authority", authority));

        Assert.Contains(await client.OutcomeAsync(), (string[])["RST 1", "GOAWAY 1"]);
        Assert.Empty(origin.Requests);
    }

    [Fact]
    public async Task Lets_a_sound_stream_of_HTTP2_pass()
    {
        await using var origin = new RawOrigin(RawOrigin.Ok("reached"));
        await using var front = await Front.StartAsync(To(origin));
        using var client = await RawHttp2.ConnectAsync(front.Http2Port);

        await client.SendHeadAsync(
            endStream: true, (":method", "GET"), (":scheme", "https"), (":path", "/x?y"), (":authority", "a"), ("host", "other"), ("x_y", "\u00e9"), ("te", "trailers"));

        Assert.Equal("answer", await client.OutcomeAsync());
        var seen = Assert.Single(origin.Requests);
        Assert.Equal("GET /x?y HTTP/1.1", seen.Line);
        Assert.Equal("a", seen.Value("host"));
    }

    private static DataPlane.Routing.PathPredicate Prefix(string prefix) => new(DataPlane.Routing.StringMatcher.Prefix(prefix));
}
