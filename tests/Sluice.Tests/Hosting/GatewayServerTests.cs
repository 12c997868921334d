using System.Buffers.Binary;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Hosting;
using Sluice.Transport.Hub;
using Sluice.Transport.Server;
using Sluice.Transport.Tests.Wire;

namespace Sluice.Tests.Hosting;

public sealed class GatewayServerTests
{
    [Fact]
    public async Task The_same_connection_reaches_the_listener_of_the_snapshot_in_force()
    {
        var listeners = new Dictionary<object, string> { ["8080"] = "first" };
        await using var server = await TestGateway.StartAsync(context => TestApplication.AnswerAsync(context,
            Volatile.Read(ref listeners)[context.Features.GetRequiredFeature<ListenerFeature>().Key]));
        var port = await server.OpenAsync("8080");
        using var client = await WireClient.ConnectAsync(port.Port);
        Assert.EndsWith("first", await client.GetAsync());

        Volatile.Write(ref listeners, new Dictionary<object, string> { ["8080"] = "second" });

        Assert.EndsWith("second", await client.GetAsync());
    }

    public static TheoryData<string, string> Refusals => new()
    {
        { "GET / HTTP/1.1\r\nHost: a\r\n" + string.Concat(Enumerable.Repeat("x: y\r\n", 100)) + "\r\n", "431" },
        { "GET / HTTP/1.1\r\nHost: a\r\nx: " + new string('y', 60 * 1024) + "\r\n\r\n", "431" },
        { "GET /" + new string('y', 32 * 1024) + " HTTP/1.1\r\nHost: a\r\n\r\n", "414" },
        { "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello", "400" },
        { "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -0\r\n\r\n", "400" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_head_that_is_malformed_or_beyond_a_limit_is_refused(string head, string status)
    {
        await using var server = await TestGateway.StartAsync(context => TestApplication.AnswerAsync(context, "ok"));
        var port = await server.OpenAsync();
        using var client = await WireClient.ConnectAsync(port.Port);

        await client.SendAsync(head);

        Assert.StartsWith($"HTTP/1.1 {status} ", await client.ReadUntilAsync("\r\n\r\n"));
    }

    public static TheoryData<string> Heads => new()
    {
        "GET / HTTP/1.1\r\nHost: a\r\n" + string.Concat(Enumerable.Repeat("x: y\r\n", 99)) + "\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nx: " + new string('y', 59 * 1024) + "\r\n\r\n",
        "GET /" + new string('y', 31 * 1024) + " HTTP/1.1\r\nHost: a\r\n\r\n",
    };

    [Theory]
    [MemberData(nameof(Heads))]
    public async Task A_head_within_the_limits_is_served(string head)
    {
        await using var server = await TestGateway.StartAsync(context => TestApplication.AnswerAsync(context, "ok"));
        var port = await server.OpenAsync();
        using var client = await WireClient.ConnectAsync(port.Port);

        await client.SendAsync(head);

        Assert.EndsWith("ok", await client.ReadResponseAsync());
    }

    [Fact]
    public async Task Header_values_are_octets_both_ways_and_no_server_is_named()
    {
        await using var server = await TestGateway.StartAsync(context =>
        {
            context.Response.Headers["x-out"] = context.Request.Headers["x-in"];
            return TestApplication.AnswerAsync(context, "ok");
        });
        var port = await server.OpenAsync();
        using var client = await WireClient.ConnectAsync(port.Port);

        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\nx-in: caf\u00e9 \u00ff\r\n\r\n");
        var answer = await client.ReadResponseAsync();

        Assert.Contains("\r\nx-out: caf\u00e9 \u00ff\r\n", answer);
        Assert.DoesNotContain("server:", answer, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Bodies_have_no_size_limit()
    {
        await using var server = await TestGateway.StartAsync(context => TestApplication.AnswerAsync(context,
            $"limit {context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize}"));
        var port = await server.OpenAsync();
        using var client = await WireClient.ConnectAsync(port.Port);

        Assert.EndsWith("limit ", await client.GetAsync());
    }

    [Fact]
    public async Task Http2_settings_bound_streams_windows_and_headers()
    {
        await using var server = await TestGateway.StartAsync(context => TestApplication.AnswerAsync(context, "ok"));
        var port = await server.OpenAsync();
        using var client = await WireClient.ConnectAsync(port.Port);
        await client.SendAsync(Http2Wire.Preface.ToArray());
        await client.SendAsync(Http2Wire.EmptySettings);

        var settings = (await client.ReadFrameAsync(Http2Frame.Settings)).Payload.Chunk(6).ToDictionary(
            setting => BinaryPrimitives.ReadUInt16BigEndian(setting), setting => BinaryPrimitives.ReadUInt32BigEndian(setting.AsSpan(2)));

        const ushort MaxConcurrentStreams = 3;
        const ushort InitialWindowSize = 4;
        const ushort MaxHeaderListSize = 6;
        Assert.Equal(100u, settings[MaxConcurrentStreams]);
        Assert.Equal(64 * 1024u, settings[InitialWindowSize]);
        Assert.Equal(60 * 1024u, settings[MaxHeaderListSize]);
    }

    [Fact]
    public async Task A_side_server_answers_on_its_own_port_only()
    {
        await using var server = await TestGateway.StartAsync(context => TestApplication.AnswerAsync(context, "gateway"));
        var side = new SideServer("admin", context => TestApplication.AnswerAsync(context, "admin"));
        var admin = await side.OpenAsync(server.Hub, System.Net.IPAddress.Loopback, 0);
        var port = await server.OpenAsync();
        using var client = await WireClient.ConnectAsync(port.Port);
        using var operatorClient = await WireClient.ConnectAsync(admin.Port!.Port);

        for (var i = 0; i < 2; i++)
        {
            Assert.EndsWith("gateway", await client.GetAsync());
            Assert.EndsWith("admin", await operatorClient.GetAsync());
        }
    }

    [Fact]
    public async Task A_side_server_refuses_large_bodies()
    {
        await using var server = await TestGateway.StartAsync(context => TestApplication.AnswerAsync(context, "gateway"));
        var side = new SideServer("admin", context => context.Request.Body.CopyToAsync(Stream.Null));
        var admin = await side.OpenAsync(server.Hub, System.Net.IPAddress.Loopback, 0);
        using var client = await WireClient.ConnectAsync(admin.Port!.Port);

        await client.SendAsync("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1048577\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 413 ", await client.ReadUntilAsync("\r\n\r\n"));
    }

    [Fact]
    public async Task A_gateway_can_use_its_context_again_on_the_same_connection()
    {
        await using var server = new GatewayServer(new LimitOptions(), NullLoggerFactory.Instance, TimeProvider.System, GatewayTransport.Default);
        await server.StartAsync(new CountingApplication(), TestContext.Current.CancellationToken);
        var port = await server.OpenAsync();
        using var one = await WireClient.ConnectAsync(port.Port);
        using var other = await WireClient.ConnectAsync(port.Port);

        Assert.EndsWith("\r\n\r\n1", await one.GetAsync());
        Assert.EndsWith("\r\n\r\n2", await one.GetAsync());
        Assert.EndsWith("\r\n\r\n1", await other.GetAsync());
    }

    private sealed class Counter
    {
        public required IFeatureCollection Features { get; init; }

        public int Requests { get; set; }
    }

    private sealed class CountingApplication : IRequestHandler
    {
        public object Open(IFeatureCollection contextFeatures)
        {
            var container = (IHostContextContainer<object>)contextFeatures;
            var counter = container.HostContext as Counter ?? new Counter { Features = contextFeatures };
            container.HostContext = counter;
            counter.Requests++;
            return counter;
        }

        public ValueTask AnswerAsync(object context) => new(TestApplication.AnswerAsync(
            new Microsoft.AspNetCore.Http.DefaultHttpContext(((Counter)context).Features), $"{((Counter)context).Requests}"));

        public void Refused(IFeatureCollection features, int status, string details)
        {
        }

        public void Close(object context, Exception? exception)
        {
        }
    }
}
