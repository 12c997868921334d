using Prometheus;
using Sluice.ControlPlane.Compilation;
using Sluice.DataPlane.Pipeline;
using Sluice.Reports;

namespace Sluice.Admin;

/// <summary>The metrics about the gateway itself, read at the moment of a scrape from those who know.</summary>
internal sealed class GatewayMetrics
{
    private readonly AdminParts _parts;
    private readonly Gauge _lastReload;
    private readonly Gauge _generation;
    private readonly Gauge _objects;
    private readonly Gauge _connections;
    private readonly Gauge _live;
    private readonly Gauge _uptime;
    private readonly Gauge _memoryAllocated;
    private readonly Gauge _memoryHeap;

    private GatewayMetrics(AdminParts parts)
    {
        _parts = parts;
        var factory = Metrics.WithCustomRegistry(parts.Registry);
        _lastReload = factory.CreateGauge(
            "sluice_config_last_reload_successful", "1 unless the last attempt to load the configuration was refused.");
        _generation = factory.CreateGauge("sluice_config_generation", "Counts the configurations put in force.");
        _objects = factory.CreateGauge("sluice_config_objects", "Objects of the configuration by what became of them.", "kind", "status");
        _connections = factory.CreateGauge("sluice_listener_connections", "Open connections of a listener.", "listener");
        _live = factory.CreateGauge("envoy_server_live", "1 when the gateway takes new clients.");
        _uptime = factory.CreateGauge("envoy_server_uptime", "Seconds since the start.");
        _memoryAllocated = factory.CreateGauge("envoy_server_memory_allocated", "Bytes of live objects on the managed heap.");
        _memoryHeap = factory.CreateGauge("envoy_server_memory_heap_size", "Bytes that the process holds in memory.");
        // Istio's dashboards ask for the builds of the mesh by component.
        factory.CreateGauge("istio_build", "1, labelled with the version of this build.", "component", "tag")
            .WithLabels("proxy", BuildInfo.Version).Set(1);
    }

    /// <summary>Registers the metrics.</summary>
    public static void Register(AdminParts parts) => parts.Registry.AddBeforeCollectCallback(new GatewayMetrics(parts).Collect);

    private void Collect()
    {
        var status = _parts.Reload.Status;
        _lastReload.Set(status.LastReload is { Ok: false } ? 0 : 1);
        _generation.Set(status.Generation);
        _live.Set(_parts.Readiness.IsReady ? 1 : 0);
        _uptime.Set(Math.Floor(_parts.Time.GetElapsedTime(_parts.Started).TotalSeconds));
        _memoryAllocated.Set(GC.GetTotalMemory(forceFullCollection: false));
        _memoryHeap.Set(Environment.WorkingSet);
        CollectObjects(status.Objects);
        CollectConnections();
    }

    private void CollectObjects(IReadOnlyList<ObjectStatus> objects)
    {
        var counts = new Dictionary<(string Kind, string Status), int>();
        // A status that no object of a kind has any more must read 0 and not stop where it was.
        foreach (var labels in _objects.GetAllLabelValues())
            counts[(labels[0], labels[1])] = 0;
        foreach (var status in objects)
        {
            var key = (status.Resource.Kind, ObjectStatusView.Word(status.State));
            counts[key] = counts.GetValueOrDefault(key) + 1;
        }
        foreach (var ((kind, status), count) in counts)
            _objects.WithLabels(kind, status).Set(count);
    }

    private void CollectConnections()
    {
        var names = _parts.Live.Current.Listeners.ToDictionary(l => new ListenerKey(l.Bind, l.Port), l => l.Name);
        var open = new HashSet<string>(StringComparer.Ordinal);
        foreach (var port in _parts.Binding.Bound)
        {
            if (!names.TryGetValue((ListenerKey)port.Spec.Key, out var name))
                continue;
            open.Add(name);
            _connections.WithLabels(name).Set(port.ConnectionCount);
        }
        // The listeners that are gone take their series with them.
        foreach (var labels in _connections.GetAllLabelValues())
        {
            if (!open.Contains(labels[0]))
                _connections.RemoveLabelled(labels);
        }
    }
}
