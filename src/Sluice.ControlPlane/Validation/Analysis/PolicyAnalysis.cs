using Sluice.Api.Findings;
using Sluice.Api.Networking;
using Sluice.Api.Resources;
using Sluice.Api.Security;
using Sluice.ControlPlane.Validation.Checks;

namespace Sluice.ControlPlane.Validation.Analysis;

/// <summary>Whether policies lead to a workload, to namespaces and providers that exist, and ask for what a gateway can
/// know.</summary>
internal sealed class PolicyAnalysis
{
    private readonly ConfigIndex _index;
    private readonly bool _knowsPeers;
    private readonly HostSet _hosts = new();

    private PolicyAnalysis(ConfigIndex index)
    {
        _index = index;
        _knowsPeers = index.Set.Gateways.Any(gateway => gateway.Spec.Servers?.Any(server =>
            server.Tls?.Mode is TlsMode.Mutual or TlsMode.OptionalMutual or TlsMode.IstioMutual) == true);
        foreach (var host in index.Services.Hosts) _hosts.Add(host);
        foreach (var service in index.Set.VirtualServices)
        {
            foreach (var host in service.Spec.Hosts ?? [])
                _hosts.Add(index.Services.Expand(host, service.Namespace).ToLowerInvariant());
        }
    }

    /// <summary>Looks at all policies.</summary>
    public static void Run(ConfigIndex index, List<Finding> findings)
    {
        var analysis = new PolicyAnalysis(index);
        foreach (var (policy, root) in ConfigIndex.Whole(index.Set.AuthorizationPolicies, findings))
            analysis.Check(policy, root["spec"]);
        foreach (var (policy, root) in ConfigIndex.Whole(index.Set.RequestAuthentications, findings))
        {
            analysis.CheckSelector(root["spec"]["selector"], policy, policy.Spec.Selector);
        }

        foreach (var (policy, root) in ConfigIndex.Whole(index.Set.PeerAuthentications, findings))
        {
            analysis.CheckSelector(root["spec"]["selector"], policy, policy.Spec.Selector);
        }

        foreach (var (telemetry, root) in ConfigIndex.Whole(index.Set.Telemetries, findings))
        {
            analysis.CheckSelector(root["spec"]["selector"], telemetry, telemetry.Spec.Selector);
        }
    }

    private void Check(Resource<AuthorizationPolicySpec> policy, Field at)
    {
        var spec = policy.Spec;
        CheckWorkloads(at, policy);
        if (spec.Action == AuthorizationAction.Custom && spec.Provider?.Name is { Length: > 0 } provider
            && _index.Set.Mesh.ExtensionProviders?.Any(known => known.Name == provider) != true)
        {
            at["provider"]["name"].Error(Codes.UnknownProvider,
                $"{at.Path}.provider.name {provider}: the MeshConfig has no such provider, so requests are denied",
                _index.Suggest(provider, (_index.Set.Mesh.ExtensionProviders ?? []).Select(known => known.Name ?? "")));
        }

        foreach (var (rule, each) in at["rules"].Each(spec.Rules))
        {
            foreach (var (from, fromAt) in each["from"].Each(rule.From))
            {
                if (from.Source is { } source) CheckSource(fromAt["source"], source);
            }

            foreach (var (to, toAt) in each["to"].Each(rule.To))
            {
                CheckMethods(toAt["operation"]["methods"], to.Operation?.Methods);
                CheckMethods(toAt["operation"]["notMethods"], to.Operation?.NotMethods);
                CheckHosts(toAt["operation"]["hosts"], to.Operation?.Hosts);
            }
        }
    }

    private void CheckWorkloads(Field at, Resource<AuthorizationPolicySpec> policy)
    {
        var spec = policy.Spec;
        if (!_index.Workloads.Any || spec.TargetRef is not null || spec.TargetRefs is { Count: > 0 }) return;
        var labels = spec.Selector?.MatchLabels;
        if (policy.Namespace == _index.RootNamespace && labels is null or { Count: 0 }) return;
        if (SelectsAny(policy.Namespace, labels)) return;
        at["selector"].Warning(Codes.NoMatchingWorkload, labels is null or { Count: 0 }
            ? $"{policy.Id} protects nothing: there is no workload in {policy.Namespace}"
            : $"{at.Path}.selector {Labels.Text(labels)} selects no workload in {policy.Namespace}, so the policy protects "
                + "nothing");
    }

    /// <summary>A policy of the root namespace selects in all; the gateway itself is a workload of its namespace.</summary>
    private bool SelectsAny(string place, IReadOnlyDictionary<string, string>? labels)
    {
        var everywhere = place == _index.RootNamespace;
        if ((everywhere || place == _index.Identity.Namespace) && Labels.Select(labels, _index.Identity.Labels)) return true;
        return (everywhere ? _index.Workloads.SelectAnywhere(labels) : _index.Workloads.Select(place, labels)).Any();
    }

    private void CheckSelector(Field at, Resource policy, LabelSelector? selector)
    {
        if (!_index.Workloads.Any || selector?.MatchLabels is not { Count: > 0 } labels || SelectsAny(policy.Namespace, labels))
            return;
        at.Warning(Codes.SelectorMatchesNothing,
            $"{at.Path} {Labels.Text(labels)} selects no workload in {policy.Namespace}, so {policy.Id} has no effect");
    }

    private void CheckSource(Field at, Source source)
    {
        CheckNamespaces(at["namespaces"], source.Namespaces);
        CheckNamespaces(at["notNamespaces"], source.NotNamespaces);
        if (_knowsPeers
            || (source.Principals ?? source.NotPrincipals ?? source.Namespaces ?? source.NotNamespaces ?? source.ServiceAccounts
            ?? source.NotServiceAccounts ?? source.TrustDomains ?? source.NotTrustDomains) is null) return;
        at.Warning(Codes.NeedsMutualTls,
            $"{at.Path} asks who the peer is, but no server of a Gateway asks clients for a certificate",
            "set mode MUTUAL, or match requestPrincipals or remoteIpBlocks");
    }

    private void CheckNamespaces(Field at, IReadOnlyList<string>? namespaces)
    {
        if (_index.Set.Namespaces.Count == 0) return;
        foreach (var (text, each) in at.Each(namespaces))
        {
            if (text.Length == 0 || _index.Set.Namespaces.Contains(text)
                || _index.Set.Namespaces.Any(name => Matches(name, text))) continue;
            each.Error(Codes.NotFound, $"{each.Path} {text}: there is no such namespace",
                _index.Suggest(text, _index.Set.Namespaces));
        }
    }

    private static bool Matches(string name, string text)
    {
        if (text == "*") return true;
        if (text[0] == '*') return name.EndsWith(text[1..], StringComparison.Ordinal);
        return text[^1] == '*' ? name.StartsWith(text[..^1], StringComparison.Ordinal)
            : name.Equals(text, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Hosts that requests can have: those of VirtualServices and of services, the latter in their short forms,
    /// too.</summary>
    private void CheckHosts(Field at, IReadOnlyList<string>? hosts)
    {
        if (_hosts.IsEmpty) return;
        foreach (var (text, each) in at.Each(hosts))
        {
            var host = WithoutPort(text).ToLowerInvariant();
            // What begins with the text can't be looked up; such conditions are rare.
            if (host.Length == 0 || host[^1] == '*' || _hosts.Overlaps(host)
                || _index.Services.FindElsewhere(host.Split('.')[0]) is not null) continue;
            each.Warning(Codes.PolicyHostNotServed, $"{each.Path} {text}: no VirtualService and no service has this host",
                _index.Suggest(host, _index.Set.VirtualServices.SelectMany(service => service.Spec.Hosts ?? []).Distinct()));
        }
    }

    private static string WithoutPort(string host)
    {
        var colon = host.LastIndexOf(':');
        return colon < 0 || host[^1] == ']' ? host : host[..colon];
    }

    private static void CheckMethods(Field at, IReadOnlyList<string>? methods)
    {
        foreach (var (method, each) in at.Each(methods))
        {
            if (method.Length == 0 || method.Contains('*') || HttpText.IsMethod(method)) continue;
            each.Warning(Codes.UnusualMethod,
                $"{each.Path} \"{method}\" is not a method of HTTP; methods are compared with their case",
                HttpText.MethodHint(method));
        }
    }
}
