namespace Sluice.DataPlane.Clusters;

/// <summary>What is going on in one cluster: the requests that its circuit breaker counts and lets wait, and how often the health of its
/// endpoints changed. Carried over a reload by the cluster's name, so that no limit can be passed by reloading.</summary>
public sealed class ClusterStats
{
    private readonly LinkedList<TaskCompletionSource<bool>> _queue = [];
    private int _active;
    private int _waiting;
    private int _retries;
    private int _healthVersion;
    private long _requestOverflows;
    private long _connectionOverflows;
    private long _retryOverflows;
    private RecentRequests? _recent;

    /// <summary>Requests that are with an upstream now.</summary>
    public int ActiveRequests => Volatile.Read(ref _active);

    /// <summary>Requests that wait for a connection now.</summary>
    public int PendingRequests => Volatile.Read(ref _waiting);

    /// <summary>Retries that are on their way now.</summary>
    public int ActiveRetries => Volatile.Read(ref _retries);

    /// <summary>Requests that were refused because too many were active or waiting.</summary>
    public long RequestOverflows => Interlocked.Read(ref _requestOverflows);

    /// <summary>Requests that met the limit on connections.</summary>
    public long ConnectionOverflows => Interlocked.Read(ref _connectionOverflows);

    /// <summary>Retries that were suppressed because too many were on their way.</summary>
    public long RetryOverflows => Interlocked.Read(ref _retryOverflows);

    /// <summary>Changes whenever an endpoint is ejected or comes back.</summary>
    internal int HealthVersion => Volatile.Read(ref _healthVersion);

    /// <summary>Guards <see cref="Queue"/>. Taken only while requests wait.</summary>
    internal Lock Gate { get; } = new();

    /// <summary>The requests that wait for a connection, first come first served.</summary>
    internal LinkedList<TaskCompletionSource<bool>> Queue => _queue;

    internal ref int Active => ref _active;

    internal ref int Waiting => ref _waiting;

    internal ref int Retries => ref _retries;

    /// <summary>Counts the requests that end. A reload that leaves the interval as it is finds them counted.</summary>
    internal RecentRequests RecentWithin(TimeSpan interval, TimeProvider time) =>
        _recent?.Interval == interval ? _recent : _recent = new RecentRequests(interval, time);

    internal void HealthChanged() => Interlocked.Increment(ref _healthVersion);

    internal void CountRequestOverflow() => Interlocked.Increment(ref _requestOverflows);

    internal void CountConnectionOverflow() => Interlocked.Increment(ref _connectionOverflows);

    internal void CountRetryOverflow() => Interlocked.Increment(ref _retryOverflows);
}
