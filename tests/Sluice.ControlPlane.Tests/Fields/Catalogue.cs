namespace Sluice.ControlPlane.Tests.Fields;

/// <summary>What becomes of every field of Istio's kinds for traffic: the source of <c>docs/istio-fields.md</c>.</summary>
internal static class Catalogue
{
    public static readonly KindFields[] Kinds =
        [GatewayFields.All, VirtualServiceFields.All, DestinationRuleFields.All, ServiceEntryFields.All, WorkloadEntryFields.All];
}
