namespace Sluice.DataPlane.Tests.Pipeline.Harness;

/// <summary>A clock that stands still until a test moves it.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<ManualTimer> _timers = [];
    private readonly DateTimeOffset _start = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);
    private TimeSpan _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp()
    {
        lock (_lock)
            return _now.Ticks;
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
            return _start + _now;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Completes once somebody waits for the clock, for exactly so long from now.</summary>
    public async Task WaitedForAsync(TimeSpan wait)
    {
        while (true)
        {
            lock (_lock)
            {
                if (_timers.Exists(t => t.Due == _now + wait))
                    return;
            }
            await Task.Delay(TimeSpan.FromMilliseconds(1), System, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Waits until somebody waits for the clock, and lets that time pass.</summary>
    public async Task ExpireAsync(TimeSpan wait)
    {
        await WaitedForAsync(wait);
        Advance(wait);
    }

    /// <summary>Moves the clock, and fires what is due.</summary>
    public void Advance(TimeSpan by)
    {
        ManualTimer[] due;
        lock (_lock)
        {
            _now += by;
            due = [.. _timers.Where(t => t.Due <= _now)];
            foreach (var timer in due)
                timer.Due = TimeSpan.MaxValue;
        }
        foreach (var timer in due)
            timer.Fire();
    }

    private sealed class ManualTimer(ManualTime time, TimerCallback callback, object? state) : ITimer
    {
        public TimeSpan Due { get; set; } = TimeSpan.MaxValue;

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._lock)
            {
                Due = dueTime == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : time._now + dueTime;
                if (!time._timers.Contains(this))
                    time._timers.Add(this);
            }
            return true;
        }

        public void Dispose()
        {
            lock (time._lock)
                time._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
