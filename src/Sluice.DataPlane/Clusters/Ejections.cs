using Microsoft.Extensions.Logging;
using Prometheus;

namespace Sluice.DataPlane.Clusters;

/// <summary>Takes endpoints out of balancing and puts them back, for all clusters: when a detector has seen enough, when their time is over,
/// and when an operator says so. The one place where the health of an endpoint changes.</summary>
/// <remarks>As in Envoy, an ejection happens at once, and a return at the first sweep after its time; sweeps are a cluster's
/// <c>interval</c> apart. They are counted from the start of the process, so that a reload does not put them off. The lock is taken for
/// changes only, never by a request that observes nothing new.</remarks>
public sealed class Ejections : IDisposable
{
    // How long a reload can go unnoticed while something is ejected.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    // A timer of less would do nothing but wake up.
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);

    private readonly Lock _gate = new();
    private readonly Func<IEnumerable<Cluster>> _clusters;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly EjectionMetrics _metrics;
    private readonly long _origin;
    private readonly System.Threading.ITimer _timer;
    private TimeSpan _swept;
    private bool _sweeping;

    /// <param name="clusters">The clusters in force now.</param>
    /// <param name="registry">Where ejections are counted.</param>
    /// <param name="time">The clock of ejection times and sweeps.</param>
    /// <param name="log">Tells who is ejected and why.</param>
    public Ejections(Func<IEnumerable<Cluster>> clusters, CollectorRegistry registry, TimeProvider time, ILogger log)
    {
        (_clusters, _time, _log) = (clusters, time, log);
        _metrics = new EjectionMetrics(registry);
        _origin = time.GetTimestamp();
        _timer = time.CreateTimer(static self => ((Ejections)self!).Sweep(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private TimeSpan Now => _time.GetElapsedTime(_origin);

    /// <summary>Ejects an endpoint that reached thresholds of its cluster's detector, as far as <c>maxEjectionPercent</c> allows it.</summary>
    public void Eject(Cluster cluster, Endpoint endpoint, EjectionCause reached)
    {
        if (cluster.OutlierDetector is not { } detector)
            return;
        lock (_gate)
        {
            // In Envoy's order; the second finds the endpoint ejected, or the same refusal.
            Eject(cluster, endpoint, detector, reached & EjectionCause.GatewayErrors);
            Eject(cluster, endpoint, detector, reached & EjectionCause.ServerErrors);
            Eject(cluster, endpoint, detector, reached & EjectionCause.LocalOriginFailures);
        }
    }

    /// <summary>Takes an endpoint out until an operator puts it back. Counts as ejected where percentages are looked at, and is bound by none.</summary>
    public void EjectByOperator(Cluster cluster, Endpoint endpoint)
    {
        lock (_gate)
        {
            var health = endpoint.Stats.Health;
            if (health.IsEjectedByOperator)
                return;
            health.Eject(new Ejection(EjectionCause.Operator, Now, _time.GetUtcNow()), health.Multiplier);
            cluster.Stats.HealthChanged();
        }
        EjectionsLog.EjectedByOperator(_log, endpoint.Address, cluster.Text);
    }

    /// <summary>Puts an endpoint back, whatever took it out.</summary>
    public void Uneject(Cluster cluster, Endpoint endpoint)
    {
        lock (_gate)
        {
            if (endpoint.Stats.Health.IsEjected)
                Return(cluster, endpoint, Now);
        }
    }

    /// <summary>When an ejected endpoint comes back by itself: at the first sweep after its time. Null when it is in use, or until an operator
    /// puts it back.</summary>
    public static DateTimeOffset? ReturnOf(Cluster cluster, Endpoint endpoint)
    {
        var health = endpoint.Stats.Health;
        if (health.Ejection is not { Cause: not EjectionCause.Operator } ejection || cluster.OutlierDetector is not { } detector)
            return null;
        var over = ejection.Since + detector.EjectionTime(health.Multiplier);
        var sweep = NextSweep(over - TimeSpan.FromTicks(1), detector.Interval);
        return ejection.At + (sweep - ejection.Since);
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Eject(Cluster cluster, Endpoint endpoint, OutlierDetector detector, EjectionCause cause)
    {
        var health = endpoint.Stats.Health;
        if (cause == EjectionCause.None || health.IsEjected)
            return;
        // Without an answer that is fine in between, the next row of errors is another reason.
        health.Forget(cause);
        _metrics.CountDetected(cluster.Text, cause);
        var ejected = Array.FindAll(cluster.Endpoints, static e => e.Stats.Health.IsEjected).Length;
        if (100.0 * (ejected + 1) / cluster.Endpoints.Length > detector.MaxEjectionPercent)
        {
            _metrics.CountOverflow(cluster.Text);
            EjectionsLog.TooMany(_log, endpoint.Address, cluster.Text, EjectionText.Of(cause), ejected, cluster.Endpoints.Length, detector.MaxEjectionPercent);
            return;
        }
        var multiplier = health.Multiplier;
        if (multiplier * detector.BaseEjectionTime < detector.MaxEjectionTime + detector.BaseEjectionTime)
            multiplier++;
        health.Eject(new Ejection(cause, Now, _time.GetUtcNow()), multiplier);
        cluster.Stats.HealthChanged();
        _metrics.CountEnforced(cluster.Text, cause);
        EjectionsLog.Ejected(
            _log, endpoint.Address, cluster.Text, EjectionText.Of(cause), detector.EjectionTime(multiplier).TotalSeconds, health.Ejections);
        if (!_sweeping)
            (_sweeping, _swept) = (true, Now);
        // The sweep that comes at once does nothing but find out when the next one is due.
        Schedule(Now);
    }

    private void Return(Cluster cluster, Endpoint endpoint, TimeSpan at)
    {
        endpoint.Stats.Health.Return(at);
        cluster.Stats.HealthChanged();
        EjectionsLog.Returned(_log, endpoint.Address, cluster.Text);
    }

    /// <summary>Looks after all clusters that had a sweep since the last time. Goes on as long as there is somebody to look after.</summary>
    private void Sweep()
    {
        lock (_gate)
        {
            var now = Now;
            var next = TimeSpan.MaxValue;
            foreach (var cluster in _clusters())
            {
                if (!Array.Exists(cluster.Members.Everyone, NeedsSweeps))
                    continue;
                var interval = cluster.OutlierDetector?.Interval ?? ShortestWait;
                var sweep = LastSweep(now, interval);
                if (sweep > _swept)
                    Sweep(cluster, sweep);
                var following = sweep + interval;
                next = following < next ? following : next;
            }
            _swept = now;
            _sweeping = next < TimeSpan.MaxValue;
            if (_sweeping)
                Schedule(next);
        }
    }

    private static bool NeedsSweeps(Endpoint endpoint) =>
        endpoint.Stats.Health is { IsEjectedByOperator: false } and ({ Multiplier: > 0 } or { IsEjected: true });

    private void Sweep(Cluster cluster, TimeSpan now)
    {
        var detector = cluster.OutlierDetector;
        foreach (var endpoint in cluster.Members.Everyone)
        {
            var health = endpoint.Stats.Health;
            if (health.IsEjectedByOperator)
                continue;
            if (detector is null)
                Pardon(cluster, endpoint, now);
            else if (health.Ejection is { } ejection && now - ejection.Since >= detector.EjectionTime(health.Multiplier))
                Return(cluster, endpoint, now);
            else if (health is { IsEjected: false, Multiplier: > 0 } && now - health.Returned >= detector.Interval)
                health.Recover();
        }
    }

    /// <summary>The configuration says no longer that endpoints are to be ejected.</summary>
    private void Pardon(Cluster cluster, Endpoint endpoint, TimeSpan now)
    {
        if (endpoint.Stats.Health.IsEjected)
            Return(cluster, endpoint, now);
        endpoint.Stats.Health.Pardon();
    }

    private void Schedule(TimeSpan next)
    {
        var wait = next - Now;
        _timer.Change(wait < ShortestWait ? ShortestWait : wait > LongestWait ? LongestWait : wait, Timeout.InfiniteTimeSpan);
    }

    private static TimeSpan LastSweep(TimeSpan now, TimeSpan interval) => TimeSpan.FromTicks(now.Ticks / interval.Ticks * interval.Ticks);

    private static TimeSpan NextSweep(TimeSpan now, TimeSpan interval) => LastSweep(now, interval) + interval;
}
