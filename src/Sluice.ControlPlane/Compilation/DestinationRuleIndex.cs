using Sluice.Api.Mesh;
using Sluice.Api.Networking;
using Sluice.Api.Resources;
using Sluice.ControlPlane.Discovery;

namespace Sluice.ControlPlane.Compilation;

/// <summary>Finds the DestinationRule of a service.</summary>
/// <remarks>Three namespaces are looked at, and the first with a rule for the host wins: the gateway's own (all rules that it may see; if it
/// is the root namespace, only those kept private there), the service's, the root namespace. Inside one, the exact host goes before
/// wildcards, the longer wildcard before the shorter. Rules with the same host merge.</remarks>
internal sealed class DestinationRuleIndex
{
    private readonly Dictionary<string, HostMap<List<MergedRule>>> _ownNamespace = [];
    private readonly Dictionary<string, HostMap<List<MergedRule>>> _rootPrivate = [];
    private readonly Dictionary<string, HostMap<List<MergedRule>>> _exported = [];
    private readonly string _gatewayNamespace;
    private readonly string _rootNamespace;
    private readonly ObjectLedger _ledger;

    /// <param name="rules">In Istio's order.</param>
    /// <param name="identity">The gateway: selectors and visibility are seen from it.</param>
    /// <param name="mesh">The MeshConfig in force.</param>
    /// <param name="names">Completes hosts.</param>
    /// <param name="ledger">Takes what becomes of each rule.</param>
    public DestinationRuleIndex(
        IReadOnlyList<Resource<DestinationRuleSpec>> rules,
        GatewayIdentity identity,
        MeshConfig mesh,
        NameResolver names,
        ObjectLedger ledger)
    {
        _gatewayNamespace = identity.Namespace;
        _rootNamespace = mesh.RootNamespace ?? identity.Namespace;
        _ledger = ledger;
        foreach (var rule in rules)
            Add(rule, identity, mesh, names.Host(rule.Spec.Host ?? "", rule.Namespace));
    }

    /// <summary>The rule in force for a service; null when none is.</summary>
    public MergedRule? Find(RegistryService service)
    {
        var rules = _gatewayNamespace != _rootNamespace
            ? Find(_ownNamespace, _gatewayNamespace, service.Host)
            : Find(_rootPrivate, _rootNamespace, service.Host);
        rules ??= Find(_exported, service.Namespace, service.Host) ?? Find(_exported, _rootNamespace, service.Host);
        if (rules is null)
            return null;
        // A rule for this very workload goes before one for all; of several for all, the last.
        var chosen = rules.Find(r => r.WorkloadSelector is not null) ?? rules[^1];
        chosen.Sources.ForEach(_ledger.Serve);
        return chosen;
    }

    /// <summary>Reports the rules that no service made use of.</summary>
    public void ReportUnused(IReadOnlyList<Resource<DestinationRuleSpec>> rules, ServiceRegistry services, NameResolver names)
    {
        foreach (var rule in rules)
        {
            var host = names.Host(rule.Spec.Host ?? "", rule.Namespace);
            _ledger.Explain(rule, services.Descriptions(host).Count > 0 ? $"another DestinationRule serves {host}"
                : HostNames.IsWildcard(host) ? $"no service under {host} takes its policy from it"
                : $"no service has the host {host}");
        }
    }

    private static List<MergedRule>? Find(Dictionary<string, HostMap<List<MergedRule>>> index, string ns, string host) =>
        index.TryGetValue(ns, out var hosts) ? hosts.Find(host) : null;

    private void Add(Resource<DestinationRuleSpec> rule, GatewayIdentity identity, MeshConfig mesh, string host)
    {
        var selector = rule.Spec.WorkloadSelector?.MatchLabels;
        if (selector is not null && (rule.Namespace != _gatewayNamespace || !Labels.Include(identity.Labels, selector)))
        {
            _ledger.Miss(rule, "spec.workloadSelector does not select this gateway");
            return;
        }
        var reach = ExportScope.Reach(rule.Spec.ExportTo, rule.Namespace, _gatewayNamespace, mesh.DefaultDestinationRuleExportTo);
        if (reach == ExportReach.None)
        {
            _ledger.Miss(rule, $"spec.exportTo does not include the namespace {_gatewayNamespace}");
            return;
        }
        var isPrivate = selector is not null
            || ExportScope.IsPrivate(rule.Spec.ExportTo, rule.Namespace, mesh.DefaultDestinationRuleExportTo);
        var exportTo = string.Join(',', (rule.Spec.ExportTo ?? []).Order(StringComparer.Ordinal));
        if (rule.Namespace == _gatewayNamespace)
            Merge(_ownNamespace, rule, host, exportTo);
        if (isPrivate && rule.Namespace == _rootNamespace)
            Merge(_rootPrivate, rule, host, exportTo);
        if (selector is null)
            Merge(_exported, rule, host, exportTo);
    }

    private void Merge(
        Dictionary<string, HostMap<List<MergedRule>>> index, Resource<DestinationRuleSpec> rule, string host, string exportTo)
    {
        if (!index.TryGetValue(rule.Namespace, out var hosts))
            index[rule.Namespace] = hosts = new HostMap<List<MergedRule>>();
        if (hosts.At(host) is not { } rules)
            hosts.TryAdd(host, rules = []);
        var same = rules.Find(r => r.ExportTo == exportTo && Equal(r.WorkloadSelector, rule.Spec.WorkloadSelector?.MatchLabels));
        if (same is null)
            rules.Add(same = new MergedRule(exportTo, rule.Spec.WorkloadSelector?.MatchLabels));
        foreach (var shadowed in same.Take(rule))
            _ledger.Miss(rule, $"subset {shadowed} is defined by {same.Sources[0].Id} already");
    }

    private static bool Equal(IReadOnlyDictionary<string, string>? a, IReadOnlyDictionary<string, string>? b) =>
        a is null || b is null ? a is null && b is null : a.Count == b.Count && Labels.Include(a, b);
}

/// <summary>The DestinationRules of one host in one namespace as one: the first traffic policy that any has, and the subsets of all, of two
/// with one name the first.</summary>
/// <param name="exportTo">The list that all have in common.</param>
/// <param name="workloadSelector">The selector that all have in common.</param>
internal sealed class MergedRule(string exportTo, IReadOnlyDictionary<string, string>? workloadSelector)
{
    private readonly List<RuleSubset> _subsets = [];

    public string ExportTo { get; } = exportTo;

    public IReadOnlyDictionary<string, string>? WorkloadSelector { get; } = workloadSelector;

    /// <summary>The rules, in order.</summary>
    public List<Resource<DestinationRuleSpec>> Sources { get; } = [];

    /// <summary>The policy for the whole host; null without.</summary>
    public TrafficPolicy? Policy { get; private set; }

    /// <summary>The rule that <see cref="Policy"/> stands in.</summary>
    public Resource<DestinationRuleSpec>? PolicySource { get; private set; }

    public IReadOnlyList<RuleSubset> Subsets => _subsets;

    /// <summary>Adds a rule; returns the names of its subsets that were there already.</summary>
    public List<string> Take(Resource<DestinationRuleSpec> rule)
    {
        Sources.Add(rule);
        if (Policy is null && rule.Spec.TrafficPolicy is { } policy)
            (Policy, PolicySource) = (policy, rule);
        var shadowed = new List<string>();
        foreach (var subset in rule.Spec.Subsets ?? [])
        {
            if (_subsets.Exists(s => s.Subset.Name == subset.Name))
                shadowed.Add(subset.Name ?? "");
            else
                _subsets.Add(new RuleSubset(rule, subset));
        }
        return shadowed;
    }
}

/// <summary>A subset and the rule that defines it.</summary>
internal readonly record struct RuleSubset(Resource<DestinationRuleSpec> Source, Subset Subset);
