namespace Sluice.DataPlane.Telemetry;

/// <summary>The <c>destination_*</c> labels of Istio's metrics: configuration only, so their number is bounded by it. One instance an
/// endpoint, compared by value, so that the series of an endpoint go on over a reload.</summary>
/// <param name="Workload"><c>destination_workload</c>.</param>
/// <param name="WorkloadNamespace"><c>destination_workload_namespace</c>.</param>
/// <param name="App"><c>destination_app</c>.</param>
/// <param name="Version"><c>destination_version</c>.</param>
/// <param name="CanonicalService"><c>destination_canonical_service</c>.</param>
/// <param name="CanonicalRevision"><c>destination_canonical_revision</c>.</param>
/// <param name="Service"><c>destination_service</c>, the service's full name.</param>
/// <param name="ServiceName"><c>destination_service_name</c>.</param>
/// <param name="ServiceNamespace"><c>destination_service_namespace</c>.</param>
public sealed record DestinationLabels(
    string Workload, string WorkloadNamespace, string App, string Version, string CanonicalService, string CanonicalRevision,
    string Service, string ServiceName, string ServiceNamespace)
{
    private const string None = "unknown";

    private readonly int _hash = HashCode.Combine(
        HashCode.Combine(Workload, WorkloadNamespace, App, Version, CanonicalService, CanonicalRevision), Service, ServiceName, ServiceNamespace);

    /// <summary>Made once: every request looks its series up by it.</summary>
    public override int GetHashCode() => _hash;

    /// <summary>The request reached no cluster.</summary>
    public static readonly DestinationLabels Unknown = new(None, None, None, None, None, "latest", None, None, None);
}
