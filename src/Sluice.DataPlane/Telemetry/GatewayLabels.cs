namespace Sluice.DataPlane.Telemetry;

/// <summary>Who reports: the <c>source_*</c> labels of Istio's metrics, the same for every request of the process.</summary>
/// <param name="Workload"><c>source_workload</c> and <c>source_canonical_service</c> (<c>--workload</c>).</param>
/// <param name="Namespace"><c>source_workload_namespace</c> (<c>--namespace</c>).</param>
/// <param name="App"><c>source_app</c>: the workload label <c>app</c>, else the workload's name.</param>
/// <param name="Revision"><c>source_version</c> and <c>source_canonical_revision</c>: the workload label <c>version</c>, else <c>latest</c>.</param>
public sealed record GatewayLabels(string Workload, string Namespace, string App, string Revision)
{
    /// <summary>Istio's own ingress gateway.</summary>
    public static readonly GatewayLabels Default = new("istio-ingressgateway", "istio-system", "istio-ingressgateway", "latest");
}
