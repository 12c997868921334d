using Prometheus;
using Sluice.ControlPlane.Discovery.Names;

namespace Sluice.Admin;

/// <summary>The metrics about the names that endpoints are written as. The label <c>name</c> comes from the configuration.</summary>
internal sealed class NameMetrics
{
    private readonly NameTable _names;
    private readonly Gauge _failing;
    private readonly Gauge _addresses;
    private readonly Counter _lookups;

    private NameMetrics(MetricFactory factory, NameTable names)
    {
        _names = names;
        _failing = factory.CreateGauge("sluice_dns_failing", "1 while the last look-up of a name failed, else 0.", "name");
        _addresses = factory.CreateGauge(
            "sluice_dns_addresses", "Addresses of a name that are used: those of the last good answer.", "name");
        _lookups = factory.CreateCounter("sluice_dns_lookups_total", "Look-ups of a name by how they ended.", "name", "result");
    }

    /// <summary>Registers the metrics.</summary>
    public static void Register(CollectorRegistry registry, NameTable names) =>
        registry.AddBeforeCollectCallback(new NameMetrics(Metrics.WithCustomRegistry(registry), names).Collect);

    private void Collect()
    {
        var followed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var state in _names.All)
        {
            followed.Add(state.Name);
            _failing.WithLabels(state.Name).Set(state.Error is null ? 0 : 1);
            _addresses.WithLabels(state.Name).Set(state.Addresses.Count);
            _lookups.WithLabels(state.Name, "answered").IncTo(state.Successes);
            _lookups.WithLabels(state.Name, "failed").IncTo(state.Failures);
        }
        Forget(_failing, followed);
        Forget(_addresses, followed);
        Forget(_lookups, followed);
    }

    // Names that nobody follows any more take their series with them.
    private static void Forget<T>(Collector<T> metric, HashSet<string> followed) where T : ChildBase
    {
        foreach (var labels in metric.GetAllLabelValues())
        {
            if (!followed.Contains(labels[0]))
                metric.RemoveLabelled(labels);
        }
    }
}
