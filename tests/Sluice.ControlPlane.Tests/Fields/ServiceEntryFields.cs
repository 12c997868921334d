using Sluice.Api.Networking;
using Sluice.Api.Resources;
using Sluice.ControlPlane.Compilation;
using Sluice.ControlPlane.Discovery;
using Sluice.DataPlane.Clusters;

namespace Sluice.ControlPlane.Tests.Fields;

/// <summary>The fields of ServiceEntries.</summary>
internal static class ServiceEntryFields
{
    public static readonly KindFields All = new KindFields("ServiceEntry", ApiJson.Default.ServiceEntrySpec)
        .InForce<ServiceEntrySpec>([typeof(ServiceEntries)], [typeof(Cluster)], "hosts")
        .InForce<ServiceEntrySpec>([typeof(ServiceEntries)], [typeof(Endpoint)], "resolution")
        .InForce<ServiceEntrySpec>([typeof(ServiceRegistry)], [typeof(Cluster)], "exportTo")
        .NoEffect<ServiceEntrySpec>("addresses", "location")
        .InForce<ServiceEntrySpec>([typeof(UpstreamTlsCompiler)], [typeof(UpstreamTls)], "subjectAltNames")
        .InForce<ServicePort>([typeof(ServiceEntries)], [typeof(Cluster)], "number", "protocol")
        .InForce<ServicePort>([typeof(ServiceEntries)], [typeof(Endpoint)], "name", "targetPort")
        .InForce<WorkloadSelector>([typeof(ServiceEntries)], [typeof(Endpoint)], "labels")
        .InForce<WorkloadEntrySpec>([typeof(ServiceEntries)], [typeof(Endpoint)], "address", "ports")
        .InForce<WorkloadEntrySpec>([typeof(Workloads)], [typeof(Endpoint)], "labels", "weight", "locality")
        .InForce<WorkloadEntrySpec>([typeof(Workloads)], [typeof(UpstreamTls)], "serviceAccount")
        .NoEffect<WorkloadEntrySpec>("network");
}
