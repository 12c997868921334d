using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Sluice.Transport.Tests.Wire;

namespace Sluice.Transport.Tests.Hub;

public sealed class RequestCloseTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Idle_keep_alive_connections_close()
    {
        await using var server = await HubServer.StartAsync(HubServer.AnswerKey);
        var port = await server.OpenAsync();
        using var client = await WireClient.ConnectAsync(port.Port);
        await client.GetAsync();

        port.RequestClose();

        Assert.Equal("", await client.ReadToEndAsync());
        await port.WhenEmptyAsync(Cancelled);
    }

    [Fact]
    public async Task A_request_in_flight_is_answered_with_connection_close()
    {
        var gate = new Gate();
        await using var server = await HubServer.StartAsync(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var start = new char[5];
            await reader.ReadBlockAsync(start);
            await gate.PassAsync();
            await HubServer.AnswerText(context, new string(start) + await reader.ReadToEndAsync());
        });
        var port = await server.OpenAsync();
        using var client = await WireClient.ConnectAsync(port.Port);
        await client.SendAsync("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nhello");
        await gate.Entered;

        port.RequestClose();

        gate.Open();
        await client.SendAsync("world");
        var answer = await client.ReadToEndAsync();
        Assert.Contains("\r\nconnection: close\r\n", answer);
        Assert.EndsWith("helloworld", answer);
    }

    [Fact]
    public async Task A_connection_that_has_said_nothing_yet_closes()
    {
        var time = new ManualTime();
        await using var server = await HubServer.StartAsync(HubServer.AnswerKey, time: time);
        var port = await server.OpenAsync();
        using var client = await WireClient.ConnectAsync(port.Port);
        await time.WhenWaitingAsync();

        port.RequestClose();

        Assert.Equal("", await client.ReadToEndAsync());
    }

    [Fact]
    public async Task A_request_that_is_half_sent_is_answered()
    {
        await using var server = await HubServer.StartAsync(HubServer.AnswerKey);
        var port = await server.OpenAsync();
        using var client = await WireClient.ConnectAsync(port.Port);
        await client.GetAsync();
        // What comes before the first line is skipped; its end shows that the rest, too, has come.
        await client.SendAsync("GET / HTTP/1.1\r\nHost: localhost\r\n\r\nGET / HTTP/1.1\r\nHo");
        await client.ReadResponseAsync();

        port.RequestClose();
        await client.SendAsync("st: localhost\r\n\r\n");

        Assert.Contains("\r\nconnection: close\r\n", await client.ReadToEndAsync());
    }

    [Fact]
    public async Task No_first_request_is_dropped_however_the_close_falls()
    {
        await using var server = await HubServer.StartAsync(HubServer.AnswerKey);
        for (var round = 0; round < 200; round++)
        {
            var result = await server.Hub.OpenAsync(new(IPAddress.Loopback, 0, "key"), Cancelled);
            using var client = await WireClient.ConnectAsync(result.Port!.Port);
            await client.SendAsync("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");

            result.Port.StartAccepting();
            await result.Port.StopAcceptingAsync();
            result.Port.RequestClose();

            Assert.EndsWith("key", await client.ReadToEndAsync());
            await result.Port.DisposeAsync();
        }
    }

    [Fact]
    public async Task An_idle_http2_connection_gets_GOAWAY()
    {
        await using var server = await HubServer.StartAsync(HubServer.AnswerKey);
        var port = await server.OpenAsync();
        using var client = await WireClient.ConnectAsync(port.Port);
        await client.SendAsync(Http2Wire.Preface.ToArray());
        await client.SendAsync(Http2Wire.EmptySettings);
        await client.ReadFrameAsync(Http2Frame.Settings);

        port.RequestClose();

        var goAway = await client.ReadFrameAsync(Http2Frame.GoAway);
        Assert.Equal(new byte[8], goAway.Payload);
        await client.ReadToEndAsync();
    }

    [Fact]
    public async Task A_busy_http2_connection_gets_GOAWAY_and_its_answer()
    {
        var gate = new Gate();
        await using var server = await HubServer.StartAsync(async context =>
        {
            await gate.PassAsync();
            await HubServer.AnswerText(context, "finished");
        });
        var port = await server.OpenAsync();
        using var client = await WireClient.ConnectAsync(port.Port);
        await client.SendAsync(Http2Wire.Preface.ToArray());
        await client.SendAsync(Http2Wire.EmptySettings);
        await client.SendAsync(Http2Wire.Get(1));
        await gate.Entered;

        port.RequestClose();

        await client.ReadFrameAsync(Http2Frame.GoAway);
        gate.Open();
        Assert.Equal("finished"u8.ToArray(), (await client.ReadFrameAsync(Http2Frame.Data)).Payload);
        await client.ReadToEndAsync();
    }

    [Fact]
    public async Task An_upgraded_connection_stays()
    {
        await using var server = await HubServer.StartAsync(async context =>
        {
            var stream = await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
            var buffer = new byte[16];
            while (await stream.ReadAsync(buffer) is var count and > 0)
                await stream.WriteAsync(buffer.AsMemory(0, count));
        });
        var port = await server.OpenAsync();
        using var client = await WireClient.ConnectAsync(port.Port);
        await client.SendAsync("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 101 ", await client.ReadUntilAsync("\r\n\r\n"));
        await client.SendAsync("before");
        Assert.Equal("before", Encoding.Latin1.GetString(await client.ReadExactlyAsync(6)));

        await port.StopAcceptingAsync();
        port.RequestClose();

        await client.SendAsync("after");
        Assert.Equal("after", Encoding.Latin1.GetString(await client.ReadExactlyAsync(5)));
        port.Abort();
        await client.ReadToEndAsync();
    }
}
