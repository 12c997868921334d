namespace Sluice.DataPlane.Clusters;

/// <summary>How many requests of a cluster have ended within the last while (DestinationRule <c>retryBudget.budgetInterval</c>). Together with
/// those that are active these are the ones that were active at any moment of it, each counted once.</summary>
/// <remarks>Time is cut into slots that are counted apart, in a ring. Counting is one exchange and allocates nothing. The slot that is
/// just filling comes on top, so the while is up to a fifteenth longer than asked for.</remarks>
/// <param name="interval">How far back it looks, more than 0.</param>
/// <param name="time">The clock.</param>
internal sealed class RecentRequests(TimeSpan interval, TimeProvider time)
{
    // A power of two, so that the ring is not broken where the number of a slot begins anew.
    private const int Slots = 16;
    private const int NumberShift = 32;

    private readonly long _slotLength = Math.Max(1, (long)(interval.TotalSeconds * time.TimestampFrequency / (Slots - 1)));

    // Each holds the number of the slot it was last counted in, in its upper half, and the count in its lower.
    private readonly long[] _counts = new long[Slots];

    /// <summary>How far back it looks.</summary>
    public TimeSpan Interval { get; } = interval;

    /// <summary>A request has ended.</summary>
    public void Count()
    {
        var now = SlotOfNow();
        ref var place = ref _counts[now % Slots];
        for (var seen = Volatile.Read(ref place); ;)
        {
            var next = (uint)(seen >> NumberShift) == now ? seen + 1 : ((long)now << NumberShift) + 1;
            var found = Interlocked.CompareExchange(ref place, next, seen);
            if (found == seen)
                return;
            seen = found;
        }
    }

    /// <summary>Those that have ended within the interval.</summary>
    public long Total()
    {
        var now = SlotOfNow();
        var total = 0L;
        for (var i = 0; i < Slots; i++)
        {
            var count = Volatile.Read(ref _counts[i]);
            if (now - (uint)(count >> NumberShift) < Slots)
                total += (uint)count;
        }
        return total;
    }

    private uint SlotOfNow() => (uint)(time.GetTimestamp() / _slotLength);
}
