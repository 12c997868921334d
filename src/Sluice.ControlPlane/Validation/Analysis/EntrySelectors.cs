using Sluice.Api.Findings;
using Sluice.ControlPlane.Validation.Checks;

namespace Sluice.ControlPlane.Validation.Analysis;

/// <summary>ServiceEntries whose selector selects no workload, so that they have no endpoints. Only asked where their namespace has
/// Pods or WorkloadEntries.</summary>
internal static class EntrySelectors
{
    /// <summary>Looks at all ServiceEntries.</summary>
    public static void Run(ConfigIndex index, List<Finding> findings)
    {
        foreach (var (entry, root) in ConfigIndex.Whole(index.Set.ServiceEntries, findings))
        {
            if (entry.Spec.WorkloadSelector?.Labels is not { Count: > 0 } labels || index.Workloads.In(entry.Namespace).Count == 0
                || index.Workloads.Select(entry.Namespace, labels).Any()) continue;
            var at = root["spec"]["workloadSelector"];
            at.Warning(Codes.SelectorMatchesNothing,
                $"{at.Path} {Labels.Text(labels)} selects no workload in {entry.Namespace}, so requests to "
                    + $"{string.Join(", ", (entry.Spec.Hosts ?? []).Take(1))} get 503");
        }
    }
}
