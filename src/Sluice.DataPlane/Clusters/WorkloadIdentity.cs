namespace Sluice.DataPlane.Clusters;

/// <summary>Names of the workload behind an endpoint, as Istio's metrics show them; <c>unknown</c> where the configuration does not
/// tell (semantics: Istio standard metrics, destination labels).</summary>
/// <param name="Name"><c>destination_workload</c>.</param>
/// <param name="Namespace"><c>destination_workload_namespace</c>.</param>
/// <param name="App"><c>destination_app</c>.</param>
/// <param name="Version"><c>destination_version</c>.</param>
/// <param name="CanonicalService"><c>destination_canonical_service</c>.</param>
/// <param name="CanonicalRevision"><c>destination_canonical_revision</c>.</param>
public sealed record WorkloadIdentity(
    string Name, string Namespace, string App, string Version, string CanonicalService, string CanonicalRevision)
{
    /// <summary>Nothing is known.</summary>
    public static readonly WorkloadIdentity Unknown = new("unknown", "unknown", "unknown", "unknown", "unknown", "latest");
}
