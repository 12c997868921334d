using System.Text.Json;
using Sluice.DataPlane.Pipeline;
using Sluice.DataPlane.Telemetry;
using Sluice.DataPlane.Tests.Pipeline.Harness;
using static Sluice.DataPlane.Tests.Pipeline.Harness.SnapshotBuilder;

namespace Sluice.DataPlane.Tests.Telemetry;

/// <summary>One line a request, in Istio's forms.</summary>
public sealed class AccessLogTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static SnapshotBuilder Logging(SnapshotBuilder snapshot, string? format = null, bool json = false)
    {
        snapshot.Settings = new EdgeSettings { AccessLogFile = "log", AccessLogFormat = format, AccessLogJson = json };
        return snapshot;
    }

    [Fact]
    public async Task Writes_the_default_line_of_Istio()
    {
        await using var origin = new RawOrigin(RawOrigin.Ok("hello"));
        await using var front = await Front.StartAsync(
            Logging(new SnapshotBuilder().Host("example.com", Route(To(ClusterOf("a", origin.Port))))), time: new ManualTime());

        await front.GetAsync("/x?y=1", "example.com:81", "User-Agent: me \"and\" you\r\n");

        var line = front.Lines.Take(Cancellation);
        var seen = Assert.Single(origin.Requests);
        Assert.Matches(
            "^\\[2026-01-02T03:04:05.678Z\\] \"GET /x\\?y=1 HTTP/1.1\" 200 - via_upstream - \"-\" 0 5 0 0 \"127.0.0.1\" \"me \\\\x22and\\\\x22 you\" "
                + $"\"{seen.Value("x-request-id")}\" \"example.com:81\" \"127.0.0.1:{origin.Port}\" outbound\\|80\\|\\|a.default.svc.cluster.local "
                + $"127.0.0.1:[0-9]+ 127.0.0.1:{front.Port} 127.0.0.1:[0-9]+ - -$",
            line);
    }

    [Theory]
    [InlineData("nobody", "404 NR route_not_found - - -")]
    [InlineData("missing", "503 NC cluster_not_found - - -")]
    [InlineData("empty", "503 UH no_healthy_upstream outbound|80||e.default.svc.cluster.local - -")]
    [InlineData("refused", "503 UF,URX upstream_reset_before_response_started{remote_connection_failure|delayed_connect_error:_Connection_refused} "
        + "outbound|80||r.default.svc.cluster.local 127.0.0.1:1 delayed_connect_error:_Connection_refused")]
    public async Task Says_why_the_gateway_answered_by_itself(string host, string line)
    {
        const string Format = "%RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS% %UPSTREAM_CLUSTER% %UPSTREAM_HOST% "
            + "%UPSTREAM_TRANSPORT_FAILURE_REASON%\n";
        await using var front = await Front.StartAsync(Logging(
            new SnapshotBuilder()
                .Host("missing", Route(To(null)))
                .Host("empty", Route(To(ClusterOf("e"))))
                .Host("refused", Route(To(ClusterOf("r", 1)))),
            Format));

        await front.GetAsync("/", host);

        Assert.Equal(line, front.Lines.Take(Cancellation));
    }

    [Fact]
    public async Task Says_that_the_client_or_the_upstream_broke_off()
    {
        await using var origin = new RawOrigin(async request =>
        {
            await request.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
            if (request.Line.Contains("upstream", StringComparison.Ordinal))
                request.Close();
            else
                await request.WhenGoneAsync();
        });
        await using var front = await Front.StartAsync(Logging(
            new SnapshotBuilder().Host("*", Route(To(ClusterOf("a", origin.Port)))),
            "%RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS% %BYTES_SENT%\n"));

        await Assert.ThrowsAnyAsync<IOException>(() => front.GetAsync("/upstream"));
        Assert.Equal("200 UC upstream_reset_after_response_started{connection_termination} 4", front.Lines.Take(Cancellation));
        using (var client = await front.ConnectAsync())
        {
            await client.SendAsync("GET /client HTTP/1.1\r\nHost: a\r\n\r\n");
            await client.Reader.ReadHeadAsync(Cancellation);
        }
        Assert.Equal("200 DC downstream_remote_disconnect 4", front.Lines.Take(Cancellation));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\nHost: a\r\n\r\n", "400 DPE http1.codec_error:line_without_CRLF")]
    [InlineData("nonsense\r\n", "400 DPE http1.codec_error:no_request_line")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\n", "400 DPE http1.content_length_not_one_number")]
    public async Task Says_what_was_no_request(string request, string line)
    {
        await using var front = await Front.StartAsync(Logging(
            new SnapshotBuilder().Host("*", Route(Direct("never"))), "%RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS%\n"));
        using var client = await front.ConnectAsync();

        await client.SendAsync(request);

        Assert.Equal(400, (await client.ReadAsync()).Status);
        Assert.Equal(line, front.Lines.Take(Cancellation));
    }

    [Fact]
    public async Task Writes_JSON_with_the_keys_of_Istio()
    {
        await using var front = await Front.StartAsync(Logging(new SnapshotBuilder().Host("*", Route(Direct("teapot", 418))), json: true));

        await front.GetAsync("/x", headers: "User-Agent: \"quoted\" \u00e9\r\n");

        using var line = JsonDocument.Parse(front.Lines.Take(Cancellation));
        Assert.Equal(24, line.RootElement.EnumerateObject().Count());
        Assert.Equal(418, line.RootElement.GetProperty("response_code").GetInt32());
        Assert.Equal(6, line.RootElement.GetProperty("bytes_sent").GetInt64());
        Assert.Equal(JsonValueKind.Null, line.RootElement.GetProperty("upstream_host").ValueKind);
        Assert.StartsWith("\"quoted\" ", line.RootElement.GetProperty("user_agent").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"a":"%RESPONSE_CODE%","b":{"c":"x %REQ(x)%"},"d":5}""", """{"a":200,"b":{"c":"x -"},"d":"5"}""")]
    [InlineData("{}", "{}")]
    public void Writes_objects_of_the_configuration(string format, string expected)
    {
        Assert.True(AccessLogFormat.TryParse(format, isJson: true, out var parsed, out _));
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        parsed.Write(new RequestInfo { Status = 200 }, output);
        Assert.Equal(expected + "\n", System.Text.Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Theory]
    [InlineData("%NONSENSE%", false)]
    [InlineData("[1]", true)]
    [InlineData("{", true)]
    [InlineData("""{"a":"%NONSENSE%"}""", true)]
    public void Refuses_what_is_no_format(string format, bool json)
    {
        Assert.False(AccessLogFormat.TryParse(format, json, out _, out var reason));
        Assert.NotEmpty(reason);
    }

    [Fact]
    public async Task Logs_nothing_without_a_file()
    {
        await using var front = await Front.StartAsync(new SnapshotBuilder().Host("*", Route(Direct("x"))));
        await front.GetAsync("/");
        // A reload turns it on, and the line of the request before does not come after all.
        front.Live.Publish(Logging(new SnapshotBuilder().Host("*", Route(Direct("x"))), "%REQ(:PATH)%\n").Build());
        await front.GetAsync("/second");
        Assert.Equal("/second", front.Lines.Take(Cancellation));
    }
}
