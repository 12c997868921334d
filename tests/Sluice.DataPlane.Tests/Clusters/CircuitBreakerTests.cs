using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Tests.Pipeline.Harness;
using Sluice.DataPlane.Tests.Routing;

namespace Sluice.DataPlane.Tests.Clusters;

public sealed class CircuitBreakerTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static CircuitBreaker Of(CircuitLimits limits) => new(limits, new ClusterStats());

    [Fact]
    public async Task Of_one_connection_and_one_place_to_wait_the_third_request_is_refused()
    {
        var breaker = Of(new CircuitLimits { MaxConnections = 1, MaxPendingRequests = 1 });
        Assert.Equal(Admission.Entered, breaker.TryEnter(needsConnection: true));
        Assert.Equal(Admission.Wait, breaker.TryEnter(needsConnection: true));
        var second = breaker.WaitAsync(Cancellation);
        Assert.False(second.IsCompleted);
        Assert.False(await breaker.WaitAsync(Cancellation));
        Assert.Equal(1, breaker.Stats.RequestOverflows);

        breaker.Leave();
        Assert.True(await second);
        Assert.Equal((1, 0), (breaker.Stats.ActiveRequests, breaker.Stats.PendingRequests));
        breaker.Leave();
        Assert.Equal(0, breaker.Stats.ActiveRequests);
    }

    [Fact]
    public async Task First_come_first_served()
    {
        var breaker = Of(new CircuitLimits { MaxConnections = 1 });
        breaker.TryEnter(needsConnection: true);
        var waiting = Enumerable.Range(0, 5).Select(_ => breaker.WaitAsync(Cancellation).AsTask()).ToArray();
        for (var i = 0; i < waiting.Length; i++)
        {
            breaker.Leave();
            Assert.True(await waiting[i]);
            Assert.Equal(waiting.Length - 1 - i, waiting.Count(w => !w.IsCompleted));
            // Nobody passes those who wait.
            if (i < waiting.Length - 1)
                Assert.Equal(Admission.Wait, breaker.TryEnter(needsConnection: true));
        }
    }

    [Fact]
    public async Task Who_gives_up_leaves_the_queue()
    {
        var breaker = Of(new CircuitLimits { MaxConnections = 1, MaxPendingRequests = 1 });
        breaker.TryEnter(needsConnection: true);
        using var gone = new CancellationTokenSource();
        var first = breaker.WaitAsync(gone.Token);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await first);
        Assert.Equal(0, breaker.Stats.PendingRequests);

        var second = breaker.WaitAsync(Cancellation);
        breaker.Leave();
        Assert.True(await second);
    }

    [Fact]
    public void Requests_beyond_the_limit_are_refused_and_do_not_wait()
    {
        var breaker = Of(new CircuitLimits { MaxRequests = 2 });
        Assert.Equal(Admission.Entered, breaker.TryEnter(needsConnection: true));
        Assert.Equal(Admission.Entered, breaker.TryEnter(needsConnection: false));
        Assert.Equal(Admission.Overflow, breaker.TryEnter(needsConnection: true));
        Assert.Equal(Admission.Overflow, breaker.TryEnter(needsConnection: false));
        Assert.Equal(2, breaker.Stats.RequestOverflows);
        breaker.Leave();
        Assert.Equal(Admission.Entered, breaker.TryEnter(needsConnection: true));
    }

    [Fact]
    public void Streams_of_HTTP2_need_no_connection_each()
    {
        var breaker = Of(new CircuitLimits { MaxConnections = 1 });
        Assert.All(Enumerable.Range(0, 10), _ => Assert.Equal(Admission.Entered, breaker.TryEnter(needsConnection: false)));
    }

    [Fact]
    public void Retries_are_bounded_apart()
    {
        var breaker = Of(new CircuitLimits { MaxRetries = 1 });
        Assert.True(breaker.TryEnterRetry());
        Assert.False(breaker.TryEnterRetry());
        Assert.Equal(1, breaker.Stats.RetryOverflows);
        breaker.LeaveRetry();
        Assert.True(breaker.TryEnterRetry());
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(10, 3)]
    [InlineData(20, 4)]
    [InlineData(100, 20)]
    public void A_budget_bounds_retries_by_the_requests(int active, int allowed)
    {
        var breaker = Of(new CircuitLimits { MaxRetries = 1, RetryBudget = new RetryAllowance(20, 3) });
        for (var i = 0; i < active; i++)
            breaker.TryEnter(needsConnection: false);
        Assert.All(Enumerable.Range(0, allowed), _ => Assert.True(breaker.TryEnterRetry()));
        Assert.False(breaker.TryEnterRetry());
    }

    [Theory]
    [InlineData(0, 20)]
    [InlineData(9.9, 20)]
    [InlineData(10.8, 3)]
    public void A_budget_with_an_interval_counts_requests_on_after_they_ended(double secondsLater, int allowed)
    {
        var time = new ManualTime();
        var breaker = WithInterval(time, new ClusterStats());
        Serve(breaker, 100);
        time.Advance(TimeSpan.FromSeconds(secondsLater));
        AssertRetries(breaker, allowed);
    }

    [Fact]
    public void A_budget_with_an_interval_counts_each_request_once()
    {
        var breaker = WithInterval(new ManualTime(), new ClusterStats());
        Serve(breaker, 50);
        for (var i = 0; i < 50; i++)
            breaker.TryEnter(needsConnection: false);
        AssertRetries(breaker, 20);
    }

    [Fact]
    public void A_budget_without_an_interval_forgets_requests_that_ended()
    {
        var breaker = Of(new CircuitLimits { RetryBudget = new RetryAllowance(20, 3) });
        Serve(breaker, 100);
        AssertRetries(breaker, 3);
    }

    [Fact]
    public void A_reload_keeps_what_a_budget_counted_in_its_interval()
    {
        var (time, stats) = (new ManualTime(), new ClusterStats());
        Serve(WithInterval(time, stats), 100);
        AssertRetries(WithInterval(time, stats), 20);
    }

    [Fact]
    public async Task A_budget_misses_no_request_that_ends_on_another_thread()
    {
        var breaker = WithInterval(new ManualTime(), new ClusterStats());
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Serve(breaker, 100), Cancellation)));
        AssertRetries(breaker, 160);
    }

    private static CircuitBreaker WithInterval(TimeProvider time, ClusterStats stats) =>
        new(new CircuitLimits { RetryBudget = new RetryAllowance(20, 3, TimeSpan.FromSeconds(10)) }, stats, time);

    private static void Serve(CircuitBreaker breaker, int requests)
    {
        for (var i = 0; i < requests; i++)
        {
            breaker.TryEnter(needsConnection: false);
            breaker.Leave();
        }
    }

    private static void AssertRetries(CircuitBreaker breaker, int allowed)
    {
        Assert.All(Enumerable.Range(0, allowed), _ => Assert.True(breaker.TryEnterRetry()));
        Assert.False(breaker.TryEnterRetry());
    }

    [Fact]
    public async Task A_reload_keeps_who_is_in_and_who_waits()
    {
        var before = Of(new CircuitLimits { MaxConnections = 1 });
        before.TryEnter(needsConnection: true);
        var waiting = before.WaitAsync(Cancellation);

        var after = new CircuitBreaker(new CircuitLimits { MaxConnections = 1, MaxPendingRequests = 1 }, before.Stats);
        Assert.Equal(Admission.Wait, after.TryEnter(needsConnection: true));
        Assert.False(await after.WaitAsync(Cancellation));

        before.Leave();
        Assert.True(await waiting);
        before.Leave();
        Assert.Equal(Admission.Entered, after.TryEnter(needsConnection: true));
    }

    [Fact]
    public async Task Many_threads_never_pass_the_limit_and_nobody_is_forgotten()
    {
        const int limit = 3;
        var breaker = Of(new CircuitLimits { MaxConnections = limit });
        var (inside, most) = (0, 0);
        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 2_000; i++)
            {
                if (breaker.TryEnter(needsConnection: true) == Admission.Wait)
                    Assert.True(await breaker.WaitAsync(Cancellation));
                var now = Interlocked.Increment(ref inside);
                if (now > Volatile.Read(ref most))
                    Volatile.Write(ref most, now);
                if (i % 16 == 0)
                    await Task.Yield();
                Interlocked.Decrement(ref inside);
                breaker.Leave();
            }
        }, Cancellation)));
        Assert.InRange(most, 1, limit);
        Assert.Equal((0, 0), (breaker.Stats.ActiveRequests, breaker.Stats.PendingRequests));
    }

    [Fact]
    public void Entering_and_leaving_allocates_nothing()
    {
        var breaker = Of(new CircuitLimits
        {
            MaxConnections = 1, MaxRequests = 1, RetryBudget = new RetryAllowance(20, 3, TimeSpan.FromSeconds(10)),
        });
        AllocationTests.AssertAllocatesNothing(() =>
        {
            breaker.TryEnter(needsConnection: true);
            breaker.TryEnterRetry();
            breaker.LeaveRetry();
            breaker.Leave();
        });
    }
}
