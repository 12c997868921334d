using System.IO.Pipelines;
using System.Text;
using Sluice.Transport.Tests.Wire;

namespace Sluice.Transport.Tests.Hub;

public sealed class PeekTests
{
    [Fact]
    public async Task An_http2_preface_may_come_byte_by_byte()
    {
        var memory = new MemoryTransport();
        await using var server = await HubServer.StartAsync(context => HubServer.AnswerText(context, context.Request.Protocol),
            transport: memory);
        await server.OpenAsync();
        var client = memory.Connect();

        await SendByteByByteAsync(client, [.. Http2Wire.Preface, .. Http2Wire.EmptySettings, .. Http2Wire.Get(1)]);

        await ReadUntilAsync(client, "HTTP/2");
    }

    [Fact]
    public async Task A_method_may_begin_like_the_preface_and_come_byte_by_byte()
    {
        var memory = new MemoryTransport();
        await using var server = await HubServer.StartAsync(context => HubServer.AnswerText(context, context.Request.Method),
            transport: memory);
        await server.OpenAsync();
        var client = memory.Connect();

        await SendByteByByteAsync(client, [.. "PROPFIND / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8]);

        await ReadUntilAsync(client, "\r\n\r\nPROPFIND");
    }

    [Theory]
    [InlineData("P")]
    [InlineData("G")]
    public async Task A_request_whose_last_byte_was_the_one_that_told_is_answered_at_once(string firstByte)
    {
        await using var server = await HubServer.StartAsync(context => HubServer.AnswerText(context, context.Request.Method));
        var port = await server.OpenAsync();
        using var client = await WireClient.ConnectAsync(port.Port);

        await client.SendAsync(firstByte);
        await client.SendAsync("ET / HTTP/1.1\r\nHost: localhost\r\n\r\n");

        Assert.EndsWith(firstByte + "ET", await client.ReadResponseAsync());
    }

    [Fact]
    public async Task A_silent_client_holds_up_nobody_and_is_closed_when_its_time_is_up()
    {
        var time = new ManualTime();
        await using var server = await HubServer.StartAsync(HubServer.AnswerKey, time: time);
        var port = await server.OpenAsync();
        using var silent = await WireClient.ConnectAsync(port.Port);
        using var slow = await WireClient.ConnectAsync(port.Port);
        await slow.SendAsync("PRI * HT");
        await time.WhenWaitingAsync(2);

        using (var honest = await WireClient.ConnectAsync(port.Port))
            Assert.EndsWith("key", await honest.GetAsync());
        time.Advance(TimeSpan.FromSeconds(15));

        Assert.Equal("", await silent.ReadToEndAsync());
        Assert.Equal("", await slow.ReadToEndAsync());
        await port.WhenEmptyAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, server.Hub.ConnectionCount);
    }

    [Fact]
    public async Task The_time_of_a_client_that_speaks_belongs_to_the_protocol()
    {
        var time = new ManualTime();
        await using var server = await HubServer.StartAsync(HubServer.AnswerKey, time: time);
        var port = await server.OpenAsync();
        using var client = await WireClient.ConnectAsync(port.Port);
        await client.GetAsync();

        time.Advance(TimeSpan.FromMinutes(30));

        Assert.EndsWith("key", await client.GetAsync());
    }

    [Fact]
    public async Task A_client_that_resets_before_it_speaks_leaves_nothing_behind()
    {
        var time = new ManualTime();
        await using var server = await HubServer.StartAsync(HubServer.AnswerKey, time: time);
        var port = await server.OpenAsync();
        using (var client = await WireClient.ConnectAsync(port.Port))
            await time.WhenWaitingAsync();

        await port.WhenEmptyAsync(TestContext.Current.CancellationToken).WaitAsync(WireClient.Patience, TestContext.Current.CancellationToken);

        Assert.Equal(0, server.Hub.ConnectionCount);
    }

    [Fact]
    public async Task A_ClientHello_on_a_plaintext_port_closes_the_connection()
    {
        await using var server = await HubServer.StartAsync(HubServer.AnswerKey);
        var port = await server.OpenAsync();
        using var client = await WireClient.ConnectAsync(port.Port);

        await client.SendAsync(new byte[] { 0x16, 0x03, 0x01, 0x02, 0x00, 0x01 });

        Assert.Equal("", await client.ReadToEndAsync());
    }

    private static async Task SendByteByByteAsync(IDuplexPipe client, byte[] bytes)
    {
        foreach (var piece in bytes)
            await client.Output.WriteAsync(new[] { piece }).AsTask().WaitAsync(WireClient.Patience);
    }

    private static async Task ReadUntilAsync(IDuplexPipe client, string end)
    {
        while (true)
        {
            var result = await client.Input.ReadAsync().AsTask().WaitAsync(WireClient.Patience);
            if (Encoding.Latin1.GetString(result.Buffer).EndsWith(end, StringComparison.Ordinal))
                return;
            Assert.False(result.IsCompleted, "the connection ended early");
            client.Input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }
}
