namespace Sluice.DataPlane.Clusters.Balancers;

/// <summary>Knows which endpoints of a picker are new. Once none is, it does not even look at the clock.</summary>
internal sealed class WarmupClock
{
    private readonly Warmup _warmup;
    private readonly Func<uint> _random;
    private readonly TimeProvider _time;
    private readonly long _end;
    private volatile bool _isOver;

    private WarmupClock(Warmup warmup, long end, Func<uint> random, TimeProvider time) =>
        (_warmup, _end, _random, _time) = (warmup, end, random, time);

    /// <summary>The clock for some endpoints; null when there is no warm-up, or none of them is new.</summary>
    public static WarmupClock? Of(Warmup? warmup, Endpoint[] endpoints, Func<uint> random, TimeProvider time)
    {
        if (warmup is null)
            return null;
        var end = endpoints.Max(e => e.Stats.Since) + (long)(warmup.Duration.TotalSeconds * time.TimestampFrequency);
        return end <= time.GetTimestamp() ? null : new WarmupClock(warmup, end, random, time);
    }

    /// <summary>Whether any endpoint is new.</summary>
    public bool IsRunning(out long now)
    {
        now = 0;
        if (_isOver)
            return false;
        now = _time.GetTimestamp();
        if (now < _end)
            return true;
        _isOver = true;
        return false;
    }

    /// <summary>Whether the endpoint leaves this draw to another.</summary>
    public bool Refuses(Endpoint endpoint, long now) =>
        _warmup.ShareAt(_time.GetElapsedTime(endpoint.Stats.Since, now)) is < 1 and var share && _random() >= share * uint.MaxValue;
}
