using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http;
using Sluice.DataPlane.Forwarding;

namespace Sluice.DataPlane.Tests.Forwarding;

public sealed class RequestBodyTests : IDisposable
{
    private readonly Pipe _client = new(new PipeOptions(pauseWriterThreshold: 0));
    private readonly RequestBody _body = new();

    public RequestBodyTests() => _body.Open(_client.Reader, TimeProvider.System, TimeProvider.System.GetTimestamp());

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private async Task SendAsync(string text) => await _client.Writer.WriteAsync(Encoding.UTF8.GetBytes(text), Cancellation);

    private async Task<string> ReadAsync(int atMost = 1024)
    {
        var buffer = new byte[atMost];
        return Encoding.UTF8.GetString(buffer, 0, await _body.ReadAsync(buffer, Cancellation));
    }

    public void Dispose() => _body.Dispose();

    [Fact]
    public async Task Reads_again_what_it_remembered_and_goes_on_with_the_client()
    {
        _body.Remember();
        await SendAsync("hello world");
        Assert.Equal("hello", await ReadAsync(5));
        _body.Rewind();
        Assert.Equal("he", await ReadAsync(2));
        Assert.Equal("llo", await ReadAsync());
        Assert.Equal(" world", await ReadAsync());
        _body.Rewind();
        await _client.Writer.CompleteAsync();

        Assert.Equal("hello world", await ReadAsync());
        Assert.Equal("", await ReadAsync());
        Assert.True(_body.IsComplete);
        Assert.True(_body.CanReplay);
        Assert.Equal("hello world"u8.ToArray(), _body.Remembered.ToArray());
        Assert.Equal(11, _body.BytesReceived);
    }

    [Fact]
    public async Task Can_be_sent_again_without_memory_only_while_nothing_was_read()
    {
        Assert.True(_body.CanReplay);
        await SendAsync("x");
        Assert.Equal("x", await ReadAsync());
        Assert.False(_body.CanReplay);
    }

    [Fact]
    public async Task Forgets_a_body_beyond_the_limit()
    {
        _body.Remember();
        var told = false;
        _body.WhenRemembered(() => told = true);
        for (var i = 0; i <= RequestBody.ReplayLimit / 1024; i++)
        {
            Assert.True(_body.CanReplay);
            await SendAsync(new string('x', 1024));
            Assert.Equal(1024, (await ReadAsync()).Length);
        }
        Assert.False(_body.CanReplay);
        Assert.True(told);
        Assert.False(_body.IsComplete);
    }

    [Fact]
    public async Task An_attempt_that_is_cancelled_leaves_the_bytes_to_the_next()
    {
        _body.Remember();
        await SendAsync("one");
        Assert.Equal("one", await ReadAsync());
        using var attempt = new CancellationTokenSource();
        var read = _body.ReadAsync(new byte[8], attempt.Token).AsTask();
        await attempt.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);

        _body.Rewind();
        await SendAsync("two");
        Assert.Equal("one", await ReadAsync());
        Assert.Equal("two", await ReadAsync());
    }

    [Fact]
    public async Task A_cancellation_that_comes_too_late_does_not_disturb_the_next_attempt()
    {
        await SendAsync("one");
        _client.Reader.CancelPendingRead();
        Assert.Equal("one", await ReadAsync());
        _client.Reader.CancelPendingRead();
        var read = ReadAsync();
        await SendAsync("two");
        Assert.Equal("two", await read);
    }

    [Fact]
    public async Task A_read_for_nothing_waits_for_bytes()
    {
        var read = _body.ReadAsync(Memory<byte>.Empty, Cancellation);
        Assert.False(read.IsCompleted);
        await SendAsync("x");
        Assert.Equal(0, await read);
        Assert.Equal("x", await ReadAsync());
    }

    [Fact]
    public async Task Tells_when_all_of_it_is_remembered()
    {
        _body.Remember();
        var told = 0;
        _body.WhenRemembered(() => told++);
        await SendAsync("x");
        await ReadAsync();
        Assert.Equal(0, told);
        await _client.Writer.CompleteAsync();
        await ReadAsync();
        Assert.Equal(1, told);
    }

    [Fact]
    public async Task A_client_that_breaks_off_is_told_from_one_that_breaks_the_protocol()
    {
        await _client.Writer.CompleteAsync(new IOException("reset"));
        await Assert.ThrowsAsync<ClientGoneException>(() => ReadAsync());
        Assert.Throws<ClientGoneException>(() => _body.TryRead(new byte[1], out _));
    }

    [Fact]
    public async Task The_clients_mistakes_keep_their_status()
    {
        await _client.Writer.CompleteAsync(new BadHttpRequestException("too slow", 408));
        Assert.Equal(408, (await Assert.ThrowsAsync<BadHttpRequestException>(() => ReadAsync())).StatusCode);
    }
}
