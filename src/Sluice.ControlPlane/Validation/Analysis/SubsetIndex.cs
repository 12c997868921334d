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

    /// <summary>Whether requests to a destination are spread by a hash. The subset's settings go before the rule's, those of the
    /// port before those for all ports.</summary>
    /// <param name="destination">The destination.</param>
    /// <param name="place">Namespace in which a short host is looked up.</param>
    /// <param name="from">Namespace of the gateway, which must see the rule.</param>
    public bool IsHashed(Destination destination, string place, string from)
    {
        foreach (var rule in For(destination.Host ?? "", place))
        {
            if (!Exports.Reach(rule.Spec.ExportTo, rule.Namespace, from)) continue;
            var subset = rule.Spec.Subsets?.FirstOrDefault(known => known.Name == destination.Subset);
            if ((BalancerOf(subset?.TrafficPolicy, destination) ?? BalancerOf(rule.Spec.TrafficPolicy, destination)) is { } balancer)
                return balancer.ConsistentHash is not null;
        }

        return false;
    }

    private static LoadBalancerSettings? BalancerOf(TrafficPolicy? policy, Destination destination) =>
        policy?.PortLevelSettings?.FirstOrDefault(port => port.Port?.Number is { } number && number == destination.Port?.Number)
            ?.LoadBalancer ?? policy?.LoadBalancer;
}
