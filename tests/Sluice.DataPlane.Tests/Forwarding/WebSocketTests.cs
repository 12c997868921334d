using System.Net;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Tests.Pipeline.Harness;
using static Sluice.DataPlane.Tests.Pipeline.Harness.SnapshotBuilder;

namespace Sluice.DataPlane.Tests.Forwarding;

/// <summary>WebSockets, over HTTP/1.1 and HTTP/2 on either side.</summary>
public sealed class WebSocketTests
{
    private static readonly HttpMessageInvoker Invoker = new(new SocketsHttpHandler());

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static SnapshotBuilder Any(Cluster cluster) => new SnapshotBuilder().Host("*", Route(To(cluster)));

    private static async Task<ClientWebSocket> ConnectAsync(Front front, bool overHttp2)
    {
        var socket = new ClientWebSocket();
        socket.Options.HttpVersion = overHttp2 ? HttpVersion.Version20 : HttpVersion.Version11;
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        socket.Options.AddSubProtocol("chat");
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{(overHttp2 ? front.Http2Port : front.Port)}/ws"), Invoker, Cancellation);
        return socket;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_WebSocket_passes_both_ways(bool overHttp2)
    {
        await using var origin = await KestrelOrigin.StartAsync(HttpProtocols.Http1, EchoAsync);
        await using var front = await Front.StartAsync(Any(ClusterOf("a", origin.Port)));
        using var socket = await ConnectAsync(front, overHttp2);
        Assert.Equal("chat", socket.SubProtocol);

        var buffer = new byte[64];
        foreach (var text in (string[])["one", "two"])
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, Cancellation);
            var result = await socket.ReceiveAsync(buffer, Cancellation);
            Assert.Equal(text, Encoding.UTF8.GetString(buffer, 0, result.Count));
            // A reload does not disturb it.
            front.Live.Publish(new SnapshotBuilder().Build());
        }
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", Cancellation);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 0)]
    [InlineData(false, 5)]
    [InlineData(true, 5)]
    public async Task A_WebSocket_passes_to_an_upstream_of_HTTP2(bool fromHttp2, int streams)
    {
        await using var origin = await KestrelOrigin.StartAsync(HttpProtocols.Http2, EchoAsync);
        var cluster = Guarded([origin.Port], connections: new ConnectionSettings { MaxStreams = streams }, protocol: UpstreamProtocol.Http2);
        await using var front = await Front.StartAsync(Any(cluster));
        using var socket = await ConnectAsync(front, fromHttp2);

        var buffer = new byte[64];
        await socket.SendAsync("one"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, Cancellation);
        var result = await socket.ReceiveAsync(buffer, Cancellation);
        Assert.Equal("one", Encoding.UTF8.GetString(buffer, 0, result.Count));
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", Cancellation);
    }

    [Fact]
    public async Task An_upgrade_that_the_upstream_refuses_is_an_ordinary_answer()
    {
        await using var origin = new RawOrigin("HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno");
        await using var front = await Front.StartAsync(Any(ClusterOf("a", origin.Port)));
        using var client = await front.ConnectAsync();

        await client.SendAsync(
            "GET /ws HTTP/1.1\r\nHost: example.com\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        var response = await client.ReadAsync();

        Assert.Equal(401, response.Status);
        Assert.Equal("no", response.Body);
        var seen = Assert.Single(origin.Requests);
        Assert.Equal("websocket", seen.Value("upgrade"));
        Assert.Equal("upgrade", seen.Value("connection"), ignoreCase: true);
        Assert.Equal("dGhlIHNhbXBsZSBub25jZQ==", seen.Value("sec-websocket-key"));
    }

    private static async Task EchoAsync(HttpContext http)
    {
        using var socket = await http.WebSockets.AcceptWebSocketAsync("chat");
        var buffer = new byte[64];
        while (true)
        {
            var result = await socket.ReceiveAsync(buffer, Cancellation);
            if (result.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseAsync(result.CloseStatus!.Value, result.CloseStatusDescription, Cancellation);
                return;
            }
            await socket.SendAsync(buffer.AsMemory(0, result.Count), WebSocketMessageType.Text, endOfMessage: true, Cancellation);
        }
    }
}
