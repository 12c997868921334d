using Sluice.Api.Findings;
using Sluice.Api.Networking;
using Sluice.Api.Resources;
using Sluice.ControlPlane.Validation.Checks;

namespace Sluice.ControlPlane.Validation.Analysis;

/// <summary>DestinationRules of one namespace for the same host: they are merged, and what both say is taken from the
/// first.</summary>
internal static class RuleConflicts
{
    /// <summary>Looks at all DestinationRules.</summary>
    public static void Run(ConfigIndex index, List<Finding> findings)
    {
        foreach (var (host, rules) in index.Subsets.ByHost)
        {
            if (rules.Count < 2) continue;
            foreach (var group in rules.Where(rule => rule.IsComplete).GroupBy(GroupOf, StringComparer.Ordinal))
                Check(host, [.. group], findings);
        }
    }

    /// <summary>Rules are merged when they are seen from the same places and by the same workloads.</summary>
    private static string GroupOf(Resource<DestinationRuleSpec> rule) =>
        $"{rule.Namespace} {string.Join(',', (rule.Spec.ExportTo ?? []).Order(StringComparer.Ordinal))} "
            + $"{Labels.Text(rule.Spec.WorkloadSelector?.MatchLabels)}";

    private static void Check(string host, IReadOnlyList<Resource<DestinationRuleSpec>> rules, List<Finding> findings)
    {
        var subsets = new Dictionary<string, Resource<DestinationRuleSpec>>(StringComparer.Ordinal);
        Resource<DestinationRuleSpec>? policy = null;
        foreach (var rule in rules)
        {
            var at = Field.Of(rule, findings)["spec"];
            if (rule.Spec.TrafficPolicy is not null && policy is not null)
            {
                at["trafficPolicy"].Warning(Codes.SeveralRulesForSubset,
                    $"{at.Path}.trafficPolicy is not used: {policy.Id} ({policy.Position}) has one for {host}, too, and comes "
                        + "first", "merge the rules");
            }

            if (rule.Spec.TrafficPolicy is not null) policy ??= rule;
            foreach (var (subset, each) in at["subsets"].Each(rule.Spec.Subsets))
            {
                if (subset.Name is not { Length: > 0 } name || subsets.TryAdd(name, rule) || subsets[name] == rule) continue;
                each.Warning(Codes.SeveralRulesForSubset,
                    $"{each.Path} \"{name}\" is not used: {subsets[name].Id} ({subsets[name].Position}) defines it for {host}, "
                        + "too, and comes first", "merge the rules");
            }
        }
    }
}
