using Sluice.Api.Findings;

namespace Sluice.ControlPlane.Validation.Analysis;

/// <summary>Everything that is looked at beyond single values: references, conflicts, and advice. None of it stops a load.</summary>
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
        ClaimRouting.Run(index, findings);
    }
}
