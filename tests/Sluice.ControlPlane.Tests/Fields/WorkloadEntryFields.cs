using Sluice.Api.Networking;
using Sluice.Api.Resources;
using Sluice.ControlPlane.Discovery;
using Sluice.DataPlane.Clusters;

namespace Sluice.ControlPlane.Tests.Fields;

/// <summary>The fields of WorkloadEntries.</summary>
internal static class WorkloadEntryFields
{
    public static readonly KindFields All = new KindFields("WorkloadEntry", ApiJson.Default.WorkloadEntrySpec)
        .InForce<WorkloadEntrySpec>([typeof(ServiceEntries)], [typeof(Endpoint)], "address", "ports")
        .InForce<WorkloadEntrySpec>([typeof(Workloads)], [typeof(Endpoint)], "labels", "weight", "locality")
        .InForce<WorkloadEntrySpec>([typeof(Workloads)], [typeof(UpstreamTls)], "serviceAccount")
        .NoEffect<WorkloadEntrySpec>("network");
}
