using Sluice.Api.Networking;
using Sluice.Api.Resources;
using Sluice.ControlPlane.Sources;
using Sluice.ControlPlane.Validation.Checks;

namespace Sluice.ControlPlane.Validation.Analysis;

/// <summary>DestinationRules by the host that they are for.</summary>
internal sealed class SubsetIndex
{
    private readonly Dictionary<string, List<Resource<DestinationRuleSpec>>> _byHost = new(StringComparer.Ordinal);
    private readonly string _domain;

    /// <summary>Indexes the rules of a configuration.</summary>
    public SubsetIndex(ConfigSet set, string domain)
    {
        _domain = domain;
        foreach (var rule in set.DestinationRules)
        {
            var host = ServiceIndex.Expand(rule.Spec.Host ?? "", rule.Namespace, domain);
            if (!_byHost.TryGetValue(host, out var list)) _byHost[host] = list = [];
            list.Add(rule);
        }
    }

    /// <summary>The rules of each host.</summary>
    public IEnumerable<(string Host, IReadOnlyList<Resource<DestinationRuleSpec>> Rules)> ByHost =>
        _byHost.Select(pair => (pair.Key, (IReadOnlyList<Resource<DestinationRuleSpec>>)pair.Value));

    /// <summary>The rules for a host: those that name it, else those of the longest wildcard over it.</summary>
    /// <param name="host">The host.</param>
    /// <param name="place">Namespace in which a short host is looked up.</param>
    public IReadOnlyList<Resource<DestinationRuleSpec>> For(string host, string place)
    {
        var full = ServiceIndex.Expand(host, place, _domain);
        if (_byHost.TryGetValue(full, out var exact)) return exact;
        for (var dot = full.IndexOf('.'); dot >= 0; dot = full.IndexOf('.', dot + 1))
        {
            if (_byHost.TryGetValue("*" + full[dot..], out var wild)) return wild;
        }

        return _byHost.TryGetValue("*", out var all) ? all : [];
    }

    /// <summary>The policies that are in force for a destination: the subset's own, and the rule's.</summary>
    public IEnumerable<TrafficPolicy> PoliciesFor(Destination destination, string place, string from)
    {
        foreach (var rule in For(destination.Host ?? "", place))
        {
            if (!Exports.Reach(rule.Spec.ExportTo, rule.Namespace, from)) continue;
            if (rule.Spec.Subsets?.FirstOrDefault(s => s.Name == destination.Subset)?.TrafficPolicy is { } own) yield return own;
            if (rule.Spec.TrafficPolicy is { } common) yield return common;
        }
    }
}
