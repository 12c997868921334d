namespace Sluice.DataPlane.Clusters;

/// <summary>Holds a cluster's requests to its limits (DestinationRule <c>trafficPolicy.connectionPool</c>, <c>retryBudget</c>): so many at
/// once, over HTTP/1.1 one for each connection, so many waiting for a connection, so many retries.</summary>
/// <remarks>Limits hold for the cluster as a whole and are exact. Entering and leaving is one interlocked operation each; a lock is taken
/// only while requests wait. The counts are in <see cref="ClusterStats"/>, so whoever entered under one snapshot leaves rightly whatever came
/// after it. See https://istio.io/latest/docs/reference/config/networking/destination-rule/#ConnectionPoolSettings.</remarks>
/// <param name="limits">The limits.</param>
/// <param name="stats">The counts.</param>
/// <param name="time">The clock of <see cref="RetryAllowance.Interval"/>; null for the system's.</param>
public sealed class CircuitBreaker(CircuitLimits limits, ClusterStats stats, TimeProvider? time = null)
{
    // Null where no budget looks back, so that others read no clock.
    private readonly RecentRequests? _recent = limits.RetryBudget is { Interval.Ticks: > 0 } budget
        ? stats.RecentWithin(budget.Interval, time ?? TimeProvider.System)
        : null;

    /// <summary>The limits.</summary>
    public CircuitLimits Limits { get; } = limits;

    /// <summary>The counts.</summary>
    public ClusterStats Stats { get; } = stats;

    /// <summary>A request is about to be sent.</summary>
    /// <param name="needsConnection">Whether it needs a connection for itself, as over HTTP/1.1.</param>
    /// <returns>Whoever entered must leave; who is told to wait goes on with <see cref="WaitAsync"/>.</returns>
    public Admission TryEnter(bool needsConnection)
    {
        // Those who wait already go first.
        var admission = needsConnection && Stats.PendingRequests > 0 ? Admission.Wait : Take(needsConnection);
        if (admission == Admission.Overflow)
            Stats.CountRequestOverflow();
        return admission;
    }

    /// <summary>Waits for a connection.</summary>
    /// <returns>Whether it entered; false when too many wait already.</returns>
    /// <exception cref="OperationCanceledException">Given up.</exception>
    public async ValueTask<bool> WaitAsync(CancellationToken cancellationToken)
    {
        Stats.CountConnectionOverflow();
        var place = new LinkedListNode<TaskCompletionSource<bool>>(new(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (Stats.Gate)
        {
            Stats.Queue.AddLast(place);
            Interlocked.Increment(ref Stats.Waiting);
            // A connection may have come free before this one stood in the queue.
            Admit();
            if (place.List is not null && Stats.Queue.Count > Limits.MaxPendingRequests)
            {
                Remove(place);
                place.Value.SetResult(false);
            }
        }
        await using var giveUp = cancellationToken.UnsafeRegister(GiveUp, place);
        var entered = await place.Value.Task;
        if (!entered)
            Stats.CountRequestOverflow();
        return entered;
    }

    /// <summary>A request that had entered has ended.</summary>
    public void Leave()
    {
        // Before it leaves those that are active: a budget must not miss it.
        _recent?.Count();
        Interlocked.Decrement(ref Stats.Active);
        if (Stats.PendingRequests == 0)
            return;
        lock (Stats.Gate)
            Admit();
    }

    /// <summary>A request is about to be tried again; whoever is allowed to must leave.</summary>
    public bool TryEnterRetry()
    {
        var limit = Limits.RetryBudget is { } budget ? budget.Allowed(Stats, _recent?.Total() ?? 0) : Limits.MaxRetries;
        for (var retries = Stats.ActiveRetries; retries < limit;)
        {
            var seen = Interlocked.CompareExchange(ref Stats.Retries, retries + 1, retries);
            if (seen == retries)
                return true;
            retries = seen;
        }
        Stats.CountRetryOverflow();
        return false;
    }

    /// <summary>A retry has its answer.</summary>
    public void LeaveRetry() => Interlocked.Decrement(ref Stats.Retries);

    private Admission Take(bool needsConnection)
    {
        var active = Stats.ActiveRequests;
        while (true)
        {
            if (needsConnection && active >= Limits.MaxConnections)
                return Admission.Wait;
            if (active >= Limits.MaxRequests)
                return Admission.Overflow;
            var seen = Interlocked.CompareExchange(ref Stats.Active, active + 1, active);
            if (seen == active)
                return Admission.Entered;
            active = seen;
        }
    }

    // The lock is held.
    private void Admit()
    {
        while (Stats.Queue.First is { } first)
        {
            var admission = Take(needsConnection: true);
            if (admission == Admission.Wait)
                return;
            Remove(first);
            first.Value.SetResult(admission == Admission.Entered);
        }
    }

    private void Remove(LinkedListNode<TaskCompletionSource<bool>> place)
    {
        Stats.Queue.Remove(place);
        Interlocked.Decrement(ref Stats.Waiting);
    }

    private void GiveUp(object? place, CancellationToken cancellationToken)
    {
        var node = (LinkedListNode<TaskCompletionSource<bool>>)place!;
        lock (Stats.Gate)
        {
            // Else it has its answer.
            if (node.List is null)
                return;
            Remove(node);
            node.Value.SetCanceled(cancellationToken);
        }
    }
}

/// <summary>What becomes of a request at the circuit breaker.</summary>
public enum Admission
{
    /// <summary>It may be sent.</summary>
    Entered,

    /// <summary>It must wait for a connection.</summary>
    Wait,

    /// <summary>It is refused.</summary>
    Overflow,
}

/// <summary>The limits of a cluster.</summary>
public sealed record CircuitLimits
{
    /// <summary>No limits.</summary>
    public static readonly CircuitLimits None = new();

    /// <summary>Most connections at once (<c>tcp.maxConnections</c>).</summary>
    public int MaxConnections { get; init; } = int.MaxValue;

    /// <summary>Most requests that wait for a connection (<c>http.http1MaxPendingRequests</c>).</summary>
    public int MaxPendingRequests { get; init; } = int.MaxValue;

    /// <summary>Most requests at once, whatever the version of HTTP (<c>http.http2MaxRequests</c>).</summary>
    public int MaxRequests { get; init; } = int.MaxValue;

    /// <summary>Most retries at once (<c>http.maxRetries</c>).</summary>
    public int MaxRetries { get; init; } = int.MaxValue;

    /// <summary>Bounds retries in relation to the requests, in place of <see cref="MaxRetries"/>; null without.</summary>
    public RetryAllowance? RetryBudget { get; init; }

    /// <summary>Whether the number of connections is bounded.</summary>
    internal bool LimitsConnections => MaxConnections < int.MaxValue;
}

/// <summary>Retries in relation to requests (DestinationRule <c>trafficPolicy.retryBudget</c>).</summary>
/// <param name="Percent">Retries at once for each hundred requests that are active or wait.</param>
/// <param name="MinConcurrency">Retries that are allowed however few the requests are.</param>
/// <param name="Interval">How long requests are counted on after they have ended (<c>budgetInterval</c>); 0 for not at all.</param>
public sealed record RetryAllowance(double Percent, int MinConcurrency, TimeSpan Interval = default)
{
    internal int Allowed(ClusterStats stats, long ended) =>
        (int)Math.Clamp(Percent / 100 * (ended + stats.ActiveRequests + stats.PendingRequests), MinConcurrency, int.MaxValue);
}
