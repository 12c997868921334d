using Sluice.Api.Findings;
using Sluice.Api.Resources;

namespace Sluice.ControlPlane.Validation.Analysis;

/// <summary>Objects that were exported from a cluster together with a complaint about them.</summary>
internal static class StatusAnalysis
{
    /// <summary>Looks at the kinds of which Istio looks at the status.</summary>
    public static void Run(ConfigIndex index, List<Finding> findings)
    {
        IEnumerable<Resource> resources = [.. index.Set.Services, .. index.Set.ServiceEntries,
            .. index.Set.AuthorizationPolicies];
        foreach (var resource in resources)
        {
            foreach (var condition in resource.Status?.Conditions ?? [])
            {
                if (condition.Status != "False") continue;
                Field.Of(resource, findings)["status"].Warning(Codes.NegativeCondition,
                    $"its cluster says that {resource.Id} is not {condition.Type}: {condition.Reason} ({condition.Message})",
                    "remove status, which has no effect here");
            }
        }
    }
}
