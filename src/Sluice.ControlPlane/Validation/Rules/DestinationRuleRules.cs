using Sluice.Api.Networking;
using Sluice.Api.Resources;
using Sluice.ControlPlane.Validation.Checks;

namespace Sluice.ControlPlane.Validation.Rules;

/// <summary>Value rules of a DestinationRule: its host and its subsets. The policies have rules of their own.</summary>
internal static class DestinationRuleRules
{
    /// <summary>Checks one DestinationRule.</summary>
    public static void Check(Resource<DestinationRuleSpec> rule, Field root)
    {
        var spec = rule.Spec;
        var at = root["spec"];
        Hosts.CheckWildcardDomain(at["host"], spec.Host);
        if (spec.TrafficPolicy is { } policy) TrafficPolicyRules.Check(at["trafficPolicy"], policy, rule.Namespace);

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (subset, each) in at["subsets"].Each(spec.Subsets))
        {
            Names.CheckLabel(each["name"], subset.Name, "a subset");
            Labels.Check(each["labels"], subset.Labels);
            if (subset.TrafficPolicy is { } own) TrafficPolicyRules.Check(each["trafficPolicy"], own, rule.Namespace);
            if (subset.Name is { Length: > 0 } name && !names.Add(name))
            {
                each["name"].Error(Codes.Duplicate,
                    $"{each.Path}.name \"{name}\" is taken: subset names are unique in a DestinationRule");
            }
        }

        Exports.Check(at["exportTo"], spec.ExportTo, rule.Namespace);
        Labels.CheckSelector(at["workloadSelector"], spec.WorkloadSelector);
        if (spec.WorkloadSelector is not null) Exports.CheckPrivate(at["exportTo"], spec.ExportTo, rule.Namespace);
    }
}
