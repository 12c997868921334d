using Sluice.Transport.Upstream;

namespace Sluice.Transport.Http1;

/// <summary>How long a pool keeps its connections.</summary>
/// <param name="IdleTime">Connections that waited longer are closed; infinite for never.</param>
/// <param name="MaxAge">Connections that are older are closed once they carry no request; infinite for never.</param>
/// <param name="MaxRequests">Requests after which a connection is closed; 0 for no limit.</param>
/// <param name="Keepalive">Probes on connections; null for none.</param>
public sealed record Http1PoolSettings(TimeSpan IdleTime, TimeSpan MaxAge, int MaxRequests, KeepaliveProbes? Keepalive)
{
    /// <summary>Nothing but an idle time.</summary>
    public static Http1PoolSettings Of(TimeSpan idleTime) => new(idleTime, Timeout.InfiniteTimeSpan, 0, null);

    internal bool IsTooIdle(TimeSpan idle) => IdleTime != Timeout.InfiniteTimeSpan && idle > IdleTime;

    internal bool IsTooOld(TimeSpan age) => MaxAge != Timeout.InfiniteTimeSpan && age > MaxAge;
}
