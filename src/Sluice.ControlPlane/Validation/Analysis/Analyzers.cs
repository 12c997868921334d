using Sluice.Api.Findings;

namespace Sluice.ControlPlane.Validation.Analysis;

/// <summary>Everything that is looked at beyond single values: references, conflicts, and advice. None of it stops a
/// load.</summary>
internal static class Analyzers
{
    /// <summary>Runs all of them.</summary>
    public static void Run(ConfigIndex index, List<Finding> findings)
    {
        GatewayAnalysis.Run(index, findings);
        GatewayConflicts.Run(index, findings);
        DuplicateCertificates.Run(index, findings);
        GatewayReferences.Run(index, findings);
        DestinationAnalysis.Run(index, findings);
        SubsetEffects.Run(index, findings);
        MeshHosts.Run(index, findings);
        SharedHosts.Run(index, findings);
        ClaimRouting.Run(index, findings);
        DestinationRuleAnalysis.Run(index, findings);
        RuleConflicts.Run(index, findings);
        ServiceEntryConflicts.Run(index, findings);
        EntrySelectors.Run(index, findings);
        PolicyAnalysis.Run(index, findings);
        TelemetryAnalysis.Run(index, findings);
        ServicePorts.Run(index, findings);
        RouteAdvice.Run(index, findings);
        ExportAnalysis.Run(index, findings);
        StatusAnalysis.Run(index, findings);
    }
}
