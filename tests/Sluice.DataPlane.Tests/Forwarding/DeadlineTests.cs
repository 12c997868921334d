using System.IO.Pipelines;
using Sluice.DataPlane.Forwarding;
using Sluice.DataPlane.Tests.Pipeline.Harness;

namespace Sluice.DataPlane.Tests.Forwarding;

public sealed class DeadlineTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private readonly ManualTime _time = new();
    private readonly Pipe _client = new();
    private readonly RequestBody _body = new();

    private async Task UploadAsync()
    {
        await _client.Writer.WriteAsync(new byte[1], TestContext.Current.CancellationToken);
        Assert.Equal(1, await _body.ReadAsync(new byte[8], TestContext.Current.CancellationToken));
    }

    public void Dispose() => _body.Dispose();

    [Fact]
    public void Counts_from_its_start_without_a_body()
    {
        _body.Open(null, _time, _time.GetTimestamp());
        using var deadline = Deadline.Start(Limit, _body, _time)!;

        _time.Advance(Limit - TimeSpan.FromMilliseconds(1));
        Assert.False(deadline.Expired);
        Assert.Equal(TimeSpan.FromMilliseconds(1), deadline.Remaining);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(deadline.Expired);
        Assert.True(deadline.Token.IsCancellationRequested);
    }

    [Fact]
    public async Task Lets_an_upload_take_its_time_and_counts_from_its_end()
    {
        _body.Open(_client.Reader, _time, _time.GetTimestamp());
        using var deadline = Deadline.Start(Limit, _body, _time)!;
        for (var i = 0; i < 5; i++)
        {
            _time.Advance(Limit * 0.75);
            Assert.False(deadline.Expired);
            await UploadAsync();
        }
        _time.Advance(Limit * 0.75);
        await _client.Writer.CompleteAsync();
        Assert.Equal(0, await _body.ReadAsync(new byte[8], TestContext.Current.CancellationToken));

        _time.Advance(Limit * 0.75);
        Assert.False(deadline.Expired);
        _time.Advance(Limit * 0.5);
        Assert.True(deadline.Expired);
    }

    [Fact]
    public async Task Ends_an_upload_that_does_not_move()
    {
        _body.Open(_client.Reader, _time, _time.GetTimestamp());
        using var deadline = Deadline.Start(Limit, _body, _time)!;
        _time.Advance(Limit / 2);
        await UploadAsync();

        _time.Advance(Limit / 2);
        Assert.False(deadline.Expired);
        _time.Advance(Limit);
        Assert.True(deadline.Expired);
    }

    [Fact]
    public void Does_nothing_once_it_was_lifted()
    {
        _body.Open(null, _time, _time.GetTimestamp());
        using var deadline = Deadline.Start(Limit, _body, _time)!;
        deadline.Lift();
        _time.Advance(2 * Limit);
        Assert.False(deadline.Expired);
    }

    [Fact]
    public void Is_none_without_a_limit() => Assert.Null(Deadline.Start(null, _body, _time));
}
