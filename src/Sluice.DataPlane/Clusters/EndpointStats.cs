namespace Sluice.DataPlane.Clusters;

/// <summary>Live figures of one endpoint of one cluster. Written by every request without a lock, read by balancers and the admin API;
/// carried over a reload.</summary>
public sealed class EndpointStats
{
    private int _activeRequests;
    private long _successes;
    private long _errors;

    /// <summary>When the endpoint was first seen, as <see cref="TimeProvider.GetTimestamp"/>; a warm-up counts from there.</summary>
    public long Since { get; init; }

    /// <summary>Whether it is in use, and what counts against it.</summary>
    public EndpointHealth Health { get; } = new();

    /// <summary>Requests that were sent and have not ended.</summary>
    public int ActiveRequests => Volatile.Read(ref _activeRequests);

    /// <summary>Answers below 500.</summary>
    public long Successes => Interlocked.Read(ref _successes);

    /// <summary>Answers from 500 on, and attempts without an answer.</summary>
    public long Errors => Interlocked.Read(ref _errors);

    /// <summary>An attempt begins.</summary>
    public void Begin() => Interlocked.Increment(ref _activeRequests);

    /// <summary>An attempt has ended.</summary>
    /// <param name="success">Whether the upstream answered with a status below 500.</param>
    public void End(bool success)
    {
        Interlocked.Decrement(ref _activeRequests);
        Interlocked.Increment(ref success ? ref _successes : ref _errors);
    }

    /// <summary>An attempt has ended because of the client: it says nothing about the upstream.</summary>
    public void Abandon() => Interlocked.Decrement(ref _activeRequests);
}
