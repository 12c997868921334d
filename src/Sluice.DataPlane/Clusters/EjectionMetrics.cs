using Prometheus;

namespace Sluice.DataPlane.Clusters;

/// <summary>Counters of ejections by Envoy's names. <c>detected</c> counts the thresholds reached, <c>enforced</c> what followed from them,
/// <c>overflow</c> what <c>maxEjectionPercent</c> did not allow.</summary>
internal sealed class EjectionMetrics
{
    private readonly Counter _total;
    private readonly Counter _overflow;
    private readonly Dictionary<EjectionCause, (Counter Detected, Counter Enforced)> _byCause;

    public EjectionMetrics(CollectorRegistry registry)
    {
        var factory = Metrics.WithCustomRegistry(registry);
        _total = Counter("envoy_cluster_outlier_detection_ejections_enforced_total", "Ejections.");
        _overflow = Counter("envoy_cluster_outlier_detection_ejections_overflow", "Ejections that maxEjectionPercent did not allow.");
        _byCause = new()
        {
            [EjectionCause.ServerErrors] = (
                Counter("envoy_cluster_outlier_detection_ejections_detected_consecutive_5xx", "Endpoints that reached consecutive5xxErrors."),
                Counter("envoy_cluster_outlier_detection_ejections_enforced_consecutive_5xx", "Ejections because of it.")),
            [EjectionCause.GatewayErrors] = (
                Counter("envoy_cluster_outlier_detection_ejections_detected_consecutive_gateway_failure",
                    "Endpoints that reached consecutiveGatewayErrors."),
                Counter("envoy_cluster_outlier_detection_ejections_enforced_consecutive_gateway_failure", "Ejections because of it.")),
            [EjectionCause.LocalOriginFailures] = (
                Counter("envoy_cluster_outlier_detection_ejections_detected_consecutive_local_origin_failure",
                    "Endpoints that reached consecutiveLocalOriginFailures."),
                Counter("envoy_cluster_outlier_detection_ejections_enforced_consecutive_local_origin_failure", "Ejections because of it.")),
        };

        Counter Counter(string name, string help) => factory.CreateCounter(name, help, "cluster_name");
    }

    public void CountDetected(string cluster, EjectionCause cause) => _byCause[cause].Detected.WithLabels(cluster).Inc();

    public void CountEnforced(string cluster, EjectionCause cause)
    {
        _total.WithLabels(cluster).Inc();
        _byCause[cause].Enforced.WithLabels(cluster).Inc();
    }

    public void CountOverflow(string cluster) => _overflow.WithLabels(cluster).Inc();
}
