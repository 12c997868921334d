using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Hosting;
using Sluice.Transport.Hub;
using Sluice.Transport.Tests.Wire;

namespace Sluice.Tests.Hosting;

public sealed class DrainTests : IAsyncDisposable
{
    private readonly ManualTime _time = new();
    private readonly Gate _gate = new();
    private readonly Readiness _readiness = new();
    private readonly DrainOptions _options = new();
    private GatewayServer _server = null!;
    private Drain _drain = null!;
    private Shutdown _shutdown = null!;
    private OpenPort _port = null!;

    [Fact]
    public async Task During_the_delay_clients_are_accepted_and_told_to_close_after_each_request()
    {
        await StartAsync();
        using var keepAlive = await WireClient.ConnectAsync(_port.Port);
        Assert.DoesNotContain("Connection: close", await keepAlive.GetAsync());

        _shutdown.Request();
        await _time.WhenWaitingAsync();

        Assert.Equal(ServerState.Draining, _readiness.State);
        Assert.False(_readiness.IsReady);
        Assert.Contains("\r\nconnection: close\r\n", await keepAlive.GetAsync());
        Assert.Equal("", await keepAlive.ReadToEndAsync());
        using var late = await WireClient.ConnectAsync(_port.Port);
        Assert.Contains("\r\nconnection: close\r\n", await late.GetAsync());
    }

    [Fact]
    public async Task After_the_delay_idle_clients_are_closed_and_requests_in_flight_finish()
    {
        await StartAsync();
        using var idle = await WireClient.ConnectAsync(_port.Port);
        await idle.GetAsync();
        using var busy = await SendHeldAsync();

        _shutdown.Request();
        await PassDelayAsync();

        Assert.Equal("", await idle.ReadToEndAsync());
        await TestGateway.AssertRefusedAsync(_port.Port);
        Assert.False(_shutdown.Completed.IsCompleted);
        _gate.Open();
        var answer = await busy.ReadToEndAsync();
        Assert.Contains("\r\nconnection: close\r\n", answer);
        Assert.EndsWith("done", answer);
        await _shutdown.Completed.WaitAsync(WireClient.Patience, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Http2_clients_get_GOAWAY_and_their_answers()
    {
        await StartAsync();
        using var client = await WireClient.ConnectAsync(_port.Port);
        await client.SendAsync(Http2Wire.Preface.ToArray());
        await client.SendAsync(Http2Wire.EmptySettings);
        await client.SendAsync(Http2Wire.Get(1, "/held"));
        await _gate.Entered;

        _shutdown.Request();
        await PassDelayAsync();

        await client.ReadFrameAsync(Http2Frame.GoAway);
        _gate.Open();
        Assert.Equal("done"u8.ToArray(), (await client.ReadFrameAsync(Http2Frame.Data)).Payload);
        await client.ReadToEndAsync();
        await _shutdown.Completed.WaitAsync(WireClient.Patience, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Http2_clients_get_GOAWAY_with_their_next_request_during_the_delay()
    {
        await StartAsync();
        using var client = await WireClient.ConnectAsync(_port.Port);
        await client.SendAsync(Http2Wire.Preface.ToArray());
        await client.SendAsync(Http2Wire.EmptySettings);
        await client.ReadFrameAsync(Http2Frame.Settings);
        _shutdown.Request();
        await _time.WhenWaitingAsync();

        await client.SendAsync(Http2Wire.Get(1, "/held"));

        await client.ReadFrameAsync(Http2Frame.GoAway);
        _gate.Open();
        Assert.Equal("done"u8.ToArray(), (await client.ReadFrameAsync(Http2Frame.Data)).Payload);
    }

    [Fact]
    public async Task At_the_timeout_what_is_left_is_cut()
    {
        await StartAsync();
        using var busy = await SendHeldAsync();
        _shutdown.Request();
        await PassDelayAsync();
        await _time.WhenWaitingAsync();

        _time.Advance(_options.Timeout);

        Assert.Equal("", await busy.ReadToEndAsync());
        await _shutdown.Completed.WaitAsync(WireClient.Patience, TestContext.Current.CancellationToken);
        _gate.Open();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_second_signal_stops_at_once(bool afterTheDelay)
    {
        await StartAsync();
        using var busy = await SendHeldAsync();
        _shutdown.Request();
        if (afterTheDelay)
            await PassDelayAsync();
        else
            await _time.WhenWaitingAsync();

        _shutdown.Request();

        Assert.Equal("", await busy.ReadToEndAsync());
        await _shutdown.Completed.WaitAsync(WireClient.Patience, TestContext.Current.CancellationToken);
        _gate.Open();
    }

    [Fact]
    public async Task Quitting_waits_for_nothing()
    {
        await StartAsync();
        using var busy = await SendHeldAsync();

        _shutdown.Quit();

        await _shutdown.Completed.WaitAsync(WireClient.Patience, TestContext.Current.CancellationToken);
        Assert.Equal("", await busy.ReadToEndAsync());
        _gate.Open();
    }

    [Fact]
    public async Task Side_servers_answer_throughout()
    {
        await StartAsync();
        var status = new SideServer("status", context =>
        {
            context.Response.StatusCode = _readiness.IsReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
            return TestApplication.AnswerAsync(context, "status");
        });
        var opened = await status.OpenAsync(_server.Hub, IPAddress.Loopback, 0);
        using var probe = await WireClient.ConnectAsync(opened.Port!.Port);
        Assert.StartsWith("HTTP/1.1 200 ", await probe.GetAsync());
        using var busy = await SendHeldAsync();

        _shutdown.Request();
        await PassDelayAsync();

        Assert.StartsWith("HTTP/1.1 503 ", await probe.GetAsync());
        using var newProbe = await WireClient.ConnectAsync(opened.Port.Port);
        Assert.StartsWith("HTTP/1.1 503 ", await newProbe.GetAsync());
        _gate.Open();
        await _shutdown.Completed.WaitAsync(WireClient.Patience, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _gate.Open();
        await _server.DisposeAsync();
        _shutdown.Dispose();
        _drain.Dispose();
    }

    private async Task StartAsync()
    {
        _server = await TestGateway.StartAsync(TestApplication.Held(_gate), time: _time);
        _port = await _server.OpenAsync();
        _drain = new Drain(_server, _readiness, _options, _time, NullLogger.Instance);
        _shutdown = new Shutdown(_drain);
        _readiness.MarkLive();
        Assert.True(_readiness.IsReady);
    }

    private async Task<WireClient> SendHeldAsync()
    {
        var client = await WireClient.ConnectAsync(_port.Port);
        await client.SendAsync("GET /held HTTP/1.1\r\nHost: localhost\r\n\r\n");
        await _gate.Entered;
        return client;
    }

    private async Task PassDelayAsync()
    {
        await _time.WhenWaitingAsync();
        _time.Advance(_options.Delay);
    }
}
