using System.Collections.Concurrent;
using Sluice.Transport.Http1;
using Sluice.Transport.Upstream;

namespace Sluice.DataPlane.Forwarding;

/// <summary>The connections of the native carrier, by address. They depend on nothing of a snapshot, so they outlive a reload.</summary>
public sealed class UpstreamPools : IDisposable
{
    // Shorter than what servers commonly keep an idle connection for, so that they rarely close one that we are about to use.
    internal static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, Http1Pool> _pools = new(StringComparer.Ordinal);
    private readonly TimeProvider _time;
    private readonly ITimer _sweeper;

    /// <param name="transport">Opens connections.</param>
    /// <param name="time">The clock of idle times.</param>
    public UpstreamPools(UpstreamTransport transport, TimeProvider time)
    {
        Transport = transport;
        _time = time;
        _sweeper = time.CreateTimer(static pools => ((UpstreamPools)pools!).Sweep(), this, SweepInterval, SweepInterval);
    }

    /// <summary>Opens connections.</summary>
    internal UpstreamTransport Transport { get; }

    /// <summary>The pool of an address.</summary>
    internal Http1Pool For(string address) => _pools.TryGetValue(address, out var pool) ? pool : Add(address);

    /// <inheritdoc/>
    public void Dispose()
    {
        _sweeper.Dispose();
        foreach (var pool in _pools.Values)
            pool.Dispose();
    }

    private Http1Pool Add(string address) => _pools.GetOrAdd(address, static (_, self) => new Http1Pool(self.Transport, self._time), this);

    /// <summary>Closes what is of no use any more, and forgets addresses that nobody asked for since the last time.</summary>
    private void Sweep()
    {
        foreach (var (address, pool) in _pools)
        {
            if (pool.Sweep(IdleTime) && _pools.TryRemove(address, out _))
                pool.Dispose();
        }
    }
}
