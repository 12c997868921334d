using Prometheus;
using Sluice.DataPlane.Clusters;

namespace Sluice.Admin;

/// <summary>The metrics of clusters by Envoy's names, read at the moment of a scrape. A cluster that is gone takes its series with it.</summary>
internal sealed class ClusterMetrics
{
    private readonly AdminParts _parts;
    private readonly List<(Gauge Gauge, Func<Cluster, double> Value)> _gauges = [];
    private readonly List<(Counter Counter, Func<Cluster, long> Value)> _counters = [];
    private HashSet<string> _shown = [];

    private ClusterMetrics(AdminParts parts)
    {
        _parts = parts;
        Gauge("envoy_cluster_membership_total", "Endpoints.", c => c.Endpoints.Length);
        Gauge("envoy_cluster_membership_healthy", "Endpoints that are in use.", c => c.Endpoints.Length - Ejected(c));
        Gauge("envoy_cluster_outlier_detection_ejections_active", "Endpoints that are ejected now.", Ejected);
        Gauge("envoy_cluster_upstream_rq_active", "Requests that are with an upstream now.", c => c.Stats.ActiveRequests);
        Gauge("envoy_cluster_upstream_rq_pending_active", "Requests that wait for a connection now.", c => c.Stats.PendingRequests);
        if (parts.Pools is { } pools)
            Gauge("envoy_cluster_upstream_cx_active", "Connections of HTTP/1.1 that are open now.", c => pools.CountOf(c));
        Counter("envoy_cluster_upstream_rq_pending_overflow", "Requests refused because too many were active or waiting.", c => c.Stats.RequestOverflows);
        Counter("envoy_cluster_upstream_rq_retry_overflow", "Retries not made because too many were on their way.", c => c.Stats.RetryOverflows);
        Counter("envoy_cluster_upstream_cx_overflow", "Times that the limit on connections was met.", c => c.Stats.ConnectionOverflows);
    }

    /// <summary>Registers the metrics.</summary>
    public static void Register(AdminParts parts) => parts.Registry.AddBeforeCollectCallback(new ClusterMetrics(parts).Collect);

    private static double Ejected(Cluster cluster) => cluster.Endpoints.Count(e => e.Stats.Health.IsEjected);

    private void Gauge(string name, string help, Func<Cluster, double> value) =>
        _gauges.Add((Metrics.WithCustomRegistry(_parts.Registry).CreateGauge(name, help, "cluster_name"), value));

    private void Counter(string name, string help, Func<Cluster, long> value) =>
        _counters.Add((Metrics.WithCustomRegistry(_parts.Registry).CreateCounter(name, help, "cluster_name"), value));

    private void Collect()
    {
        var shown = new HashSet<string>(StringComparer.Ordinal);
        foreach (var cluster in _parts.Live.Current.Clusters.Values)
        {
            shown.Add(cluster.Text);
            foreach (var (gauge, value) in _gauges)
                gauge.WithLabels(cluster.Text).Set(value(cluster));
            foreach (var (counter, value) in _counters)
                counter.WithLabels(cluster.Text).IncTo(value(cluster));
        }
        foreach (var gone in _shown.Except(shown))
        {
            foreach (var (gauge, _) in _gauges)
                gauge.RemoveLabelled(gone);
            foreach (var (counter, _) in _counters)
                counter.RemoveLabelled(gone);
        }
        _shown = shown;
    }
}
