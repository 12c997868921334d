using Microsoft.Extensions.Logging.Abstractions;
using Prometheus;
using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Tests.Pipeline.Harness;

namespace Sluice.DataPlane.Tests.Clusters;

/// <summary>A cluster with a detector, and a clock to move.</summary>
internal sealed class OutlierFixture : IDisposable
{
    public OutlierFixture(int endpoints, OutlierDetector? detector, int panicPercent = 0)
    {
        Cluster = SnapshotBuilder.Guarded([.. Enumerable.Range(1, endpoints)], detector, panicPercent: panicPercent);
        Ejections = new Ejections(() => [Cluster], Registry, Time, NullLogger.Instance);
    }

    public ManualTime Time { get; } = new();

    public CollectorRegistry Registry { get; } = Metrics.NewCustomRegistry();

    /// <summary>The cluster in force.</summary>
    public Cluster Cluster { get; set; }

    public Ejections Ejections { get; }

    public IEnumerable<int> Ejected => Enumerable.Range(0, Cluster.Endpoints.Length).Where(i => HealthOf(i).IsEjected);

    public EndpointHealth HealthOf(int endpoint) => Cluster.Endpoints[endpoint].Stats.Health;

    public void Answer(int endpoint, params int[] statuses)
    {
        foreach (var status in statuses)
            Observe(endpoint, new UpstreamEvent(HadConnection: true, status, Failed: false));
    }

    public void Errors(int endpoint, int count) => Answer(endpoint, [.. Enumerable.Repeat(500, count)]);

    public void Refuse(int endpoint, int count = 1) => Fail(endpoint, connected: false, count);

    public void TimeOut(int endpoint, int count = 1) => Fail(endpoint, connected: true, count);

    public void Observe(int endpoint, UpstreamEvent happened)
    {
        var target = Cluster.Endpoints[endpoint];
        var reached = Cluster.OutlierDetector!.Observe(target.Stats.Health, happened);
        if (reached != EjectionCause.None)
            Ejections.Eject(Cluster, target, reached);
    }

    /// <summary>Lets time pass in small steps, as clocks do.</summary>
    public void Pass(double seconds)
    {
        const double step = 0.5;
        for (var passed = 0.0; passed < seconds; passed += step)
            Time.Advance(TimeSpan.FromSeconds(Math.Min(step, seconds - passed)));
    }

    public void Dispose() => Ejections.Dispose();

    private void Fail(int endpoint, bool connected, int count)
    {
        for (var i = 0; i < count; i++)
            Observe(endpoint, new UpstreamEvent(connected, 0, Failed: true));
    }
}
