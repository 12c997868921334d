namespace Sluice.DataPlane.Forwarding;

/// <summary>A bound on waiting for an upstream. It counts from its start, or from the last bytes of the request's body where those come
/// later: an upload may take its time, an upstream that hangs may not (HTTPRoute <c>timeout</c>, HTTPRetry <c>perTryTimeout</c>).</summary>
internal sealed class Deadline : IDisposable
{
    private readonly TimeProvider _time;
    private readonly TimeSpan _limit;
    private readonly RequestBody _body;
    private readonly long _start;
    private readonly CancellationTokenSource _source = new();
    private readonly ITimer _timer;
    private volatile bool _stopped;

    private Deadline(TimeSpan limit, RequestBody body, TimeProvider time)
    {
        _time = time;
        _limit = limit;
        _body = body;
        _start = time.GetTimestamp();
        _timer = time.CreateTimer(static self => ((Deadline)self!).Check(), this, limit, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Is cancelled when the time is up.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Whether the time was up before the bound was lifted.</summary>
    public bool Expired => _source.IsCancellationRequested;

    /// <summary>What is left, never negative.</summary>
    public TimeSpan Remaining
    {
        get
        {
            var left = _limit - _time.GetElapsedTime(Math.Max(_start, _body.LastProgress));
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>Starts to count; null for no bound.</summary>
    public static Deadline? Start(TimeSpan? limit, RequestBody body, TimeProvider time) =>
        limit is { } bound ? new Deadline(bound, body, time) : null;

    /// <summary>Lifts the bound.</summary>
    public void Lift()
    {
        _stopped = true;
        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopped = true;
        _timer.Dispose();
        _source.Dispose();
    }

    private void Check()
    {
        if (_stopped)
            return;
        var left = Remaining;
        if (left == TimeSpan.Zero)
            _source.Cancel();
        else
            // Rounded up to the timer's resolution, lest it fires early and spins.
            _timer.Change(left + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
    }
}
