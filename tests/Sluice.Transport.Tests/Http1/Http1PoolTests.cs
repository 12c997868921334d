using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Transport.Epoll;
using Sluice.Transport.Http1;
using Sluice.Transport.Tests.Wire;
using Sluice.Transport.Upstream;
using static Sluice.Transport.Tests.Http1.Asking;

namespace Sluice.Transport.Tests.Http1;

public sealed class Http1PoolTests : IDisposable
{
    private readonly EpollTransport _epoll = new(1, TimeProvider.System, NullLogger.Instance);
    private readonly ManagedUpstreamTransport _managed = new();
    private readonly ManualTime _time = new();

    public void Dispose() => _epoll.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_pool_gives_back_what_is_good_and_drops_what_the_upstream_closed(bool epoll)
    {
        var close = new TaskCompletionSource();
        await using var origin = new ScriptedOrigin(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
            await close.Task;
        });
        using var pool = PoolOf(epoll, Http1PoolSettings.Of(TimeSpan.FromMinutes(1)));
        var connection = await ConnectAsync(pool, origin);
        await AskAsync(connection);
        pool.Return(connection, 0);
        Assert.Same(connection, pool.TryRent(0, tls: null, orElsewhere: false, _time.GetTimestamp()));
        pool.Return(connection, 0);

        close.SetResult();
        while (!connection.IsStale)
            await Task.Yield();
        Assert.Null(pool.TryRent(0, tls: null, orElsewhere: false, _time.GetTimestamp()));
        Assert.Equal(0, pool.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_pool_closes_a_connection_that_carried_its_number_of_requests(bool epoll)
    {
        await using var origin = new ScriptedOrigin(AnswerAllAsync);
        using var pool = PoolOf(epoll, new Http1PoolSettings(TimeSpan.FromMinutes(1), Timeout.InfiniteTimeSpan, 2, null));
        var connection = await ConnectAsync(pool, origin);
        await AskAsync(connection);
        pool.Return(connection, 0);
        Assert.Same(connection, pool.TryRent(0, tls: null, orElsewhere: false, _time.GetTimestamp()));
        await AskAsync(connection);
        pool.Return(connection, 0);
        Assert.Null(pool.TryRent(0, tls: null, orElsewhere: false, _time.GetTimestamp()));
        Assert.Equal(0, pool.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_pool_closes_a_connection_that_is_old_or_idle_for_long(bool epoll)
    {
        await using var origin = new ScriptedOrigin(AnswerAllAsync);
        using var pool = PoolOf(epoll, new Http1PoolSettings(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), 0, null));
        var connection = await ConnectAsync(pool, origin);
        for (var minute = 0; minute < 6; minute++)
        {
            await AskAsync(connection);
            pool.Return(connection, 0);
            _time.Advance(TimeSpan.FromMinutes(1));
            Assert.Equal(minute < 5 ? connection : null, pool.TryRent(0, tls: null, orElsewhere: false, _time.GetTimestamp()));
        }

        connection = await ConnectAsync(pool, origin);
        await AskAsync(connection);
        pool.Return(connection, 0);
        _time.Advance(TimeSpan.FromMinutes(1.5));
        pool.Sweep();
        Assert.Equal(0, pool.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_pool_turns_on_probes(bool epoll)
    {
        await using var origin = new ScriptedOrigin(AnswerAllAsync);
        using var pool = PoolOf(epoll, Http1PoolSettings.Of(TimeSpan.FromMinutes(1)) with { Keepalive = new KeepaliveProbes(7, 3, 2) });
        var connection = await ConnectAsync(pool, origin);
        // Values that the system does not take would have thrown.
        Assert.Equal(HeadOutcome.Received, await AskAsync(connection));
        pool.Discard(connection);
    }

    private Http1Pool PoolOf(bool epoll, Http1PoolSettings settings) => new(epoll ? _epoll.Upstream : _managed, settings, _time);

    private static async Task<Http1Connection> ConnectAsync(Http1Pool pool, ScriptedOrigin origin)
    {
        pool.Reserve();
        return await pool.ConnectAsync(origin.Address, 0, tls: null, TestContext.Current.CancellationToken);
    }

    private static async Task AnswerAllAsync(ScriptedConnection connection)
    {
        while (await connection.ReadHeadAsync() is { Length: > 0 })
            await connection.SendAsync("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    }
}
