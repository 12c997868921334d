using Sluice.Api.Resources;
using Sluice.Api.Security;
using Sluice.ControlPlane.Validation.Checks;

namespace Sluice.ControlPlane.Validation.Rules;

/// <summary>Value rules of an AuthorizationPolicy.</summary>
internal static class AuthorizationPolicyRules
{
    /// <summary>Checks one policy.</summary>
    public static void Check(Resource<AuthorizationPolicySpec> policy, Field root)
    {
        var spec = policy.Spec;
        var at = root["spec"];
        Labels.CheckAttachment(at, spec.Selector, spec.TargetRef, spec.TargetRefs);
        CheckAction(at, spec);
        foreach (var (rule, each) in at["rules"].Each(spec.Rules))
        {
            CheckSources(each["from"], rule);
            CheckOperations(each["to"], rule);
            foreach (var (condition, when) in each["when"].Each(rule.When)) ConditionRules.Check(when, condition);
            if (spec.Action == AuthorizationAction.Custom) RefuseIdentities(each, rule);
            if (spec.Action == AuthorizationAction.Deny) WarnAboutTcp(each, rule);
        }
    }

    private static void CheckAction(Field at, AuthorizationPolicySpec spec)
    {
        const string Never = "without rules never applies";
        if (spec.Action == AuthorizationAction.Deny && spec.Rules is null)
        {
            at["rules"].Error(Codes.Required, $"spec.rules is missing: DENY {Never}", "to deny every request, write rules: [{}]");
        }

        if (spec.Action == AuthorizationAction.Custom)
        {
            if (spec.Rules is null)
                at["rules"].Error(Codes.Required, $"spec.rules is missing: CUSTOM {Never}",
                    "to ask for every request, write rules: [{}]");
            else if (string.IsNullOrEmpty(spec.Provider?.Name))
            {
                at["provider"].Error(Codes.Required, "spec.provider.name is missing: CUSTOM asks a provider",
                    "name one of the MeshConfig's extensionProviders");
            }
        }
        else if (spec.Provider is not null)
        {
            at["provider"].Error(Codes.Exclusive, "spec.provider is set, but only action CUSTOM asks a provider",
                "remove it, or set action: CUSTOM");
        }
    }

    private static void CheckSources(Field at, Rule rule)
    {
        if (rule.From is { Count: 0 }) at.Error(Codes.Empty, $"{at.Path} is empty", "leave it out to allow every source");
        foreach (var (from, each) in at.Each(rule.From))
        {
            if (from.Source is not { } source)
            {
                each["source"].Error(Codes.Required, $"{each.Path}.source is missing");
                continue;
            }

            var sourceAt = each["source"];
            var lists = Lists(source);
            if (lists.All(list => list.Values is null or { Count: 0 }))
                sourceAt.Error(Codes.Empty, $"{sourceAt.Path} is empty", "name at least one property");
            foreach (var (name, values) in lists)
                CheckValues(sourceAt[name], values, name.EndsWith("Blocks", StringComparison.Ordinal));
            if ((source.ServiceAccounts ?? source.NotServiceAccounts) is not null
                && (source.Principals ?? source.NotPrincipals ?? source.Namespaces ?? source.NotNamespaces) is not null)
            {
                sourceAt.Error(Codes.Exclusive,
                    $"serviceAccounts can't be combined with principals or namespaces in {sourceAt.Path}: keep one");
            }
        }
    }

    private static void CheckOperations(Field at, Rule rule)
    {
        if (rule.To is { Count: 0 }) at.Error(Codes.Empty, $"{at.Path} is empty", "leave it out to allow every operation");
        foreach (var (to, each) in at.Each(rule.To))
        {
            if (to.Operation is not { } operation)
            {
                each["operation"].Error(Codes.Required, $"{each.Path}.operation is missing");
                continue;
            }

            var operationAt = each["operation"];
            var lists = Lists(operation);
            if (lists.All(list => list.Values is null or { Count: 0 }))
                operationAt.Error(Codes.Empty, $"{operationAt.Path} is empty", "name at least one property");
            foreach (var (name, values) in lists) CheckValues(operationAt[name], values, areBlocks: false);
            foreach (var (port, portAt) in operationAt["ports"].Each(operation.Ports)) CheckPort(portAt, port);
            foreach (var (port, portAt) in operationAt["notPorts"].Each(operation.NotPorts)) CheckPort(portAt, port);
            foreach (var (path, pathAt) in operationAt["paths"].Each(operation.Paths)) PathTemplateRules.Check(pathAt, path);
            foreach (var (path, pathAt) in operationAt["notPaths"].Each(operation.NotPaths))
                PathTemplateRules.Check(pathAt, path);
        }
    }

    private static void CheckPort(Field at, string port)
    {
        if (port.Length > 0) Numbers.CheckPortText(at, port);
    }

    private static void CheckValues(Field at, IReadOnlyList<string>? values, bool areBlocks)
    {
        foreach (var (value, each) in at.Each(values))
        {
            if (value.Length == 0) each.Error(Codes.Empty, $"{each.Path} is empty", "a * stands for any value");
        }

        if (areBlocks) Addresses.CheckBlocks(at, values?.Where(value => value is not "").ToList());
    }

    /// <summary>An external authorizer is asked before identities are known.</summary>
    private static void RefuseIdentities(Field at, Rule rule)
    {
        foreach (var (from, fromAt) in at["from"].Each(rule.From))
        {
            foreach (var (name, values) in from.Source is { } source ? Lists(source) : [])
            {
                if (values is { Count: > 0 }
                    && (name.EndsWith("rincipals", StringComparison.Ordinal)
                    || name.EndsWith("amespaces", StringComparison.Ordinal)))
                {
                    var each = fromAt["source"][name];
                    each.Error(Codes.Unsupported, $"{each.Path} can't be used with action CUSTOM",
                        "match by address, path, method or header");
                }
            }
        }

        foreach (var (condition, each) in at["when"].Each(rule.When))
        {
            if (condition.Key is not ("source.namespace" or "source.principal")
                && condition.Key?.StartsWith("request.auth.", StringComparison.Ordinal) != true) continue;
            each["key"].Error(Codes.Unsupported, $"{each.Path}.key {condition.Key} can't be used with action CUSTOM");
        }
    }

    private static void WarnAboutTcp(Field at, Rule rule)
    {
        var sources = rule.From?.Where(from => from.Source is not null).Select(from => from.Source!).ToList() ?? [];
        var operations = rule.To?.Where(to => to.Operation is not null).Select(to => to.Operation!).ToList() ?? [];
        var namesPeers = sources.Exists(s => (s.Principals ?? s.NotPrincipals ?? s.Namespaces ?? s.NotNamespaces
            ?? s.IpBlocks ?? s.NotIpBlocks ?? s.RemoteIpBlocks ?? s.NotRemoteIpBlocks ?? s.ServiceAccounts ?? s.NotServiceAccounts
            ?? s.TrustDomains ?? s.NotTrustDomains) is not null);
        var namesPorts = operations.Exists(o => (o.Ports ?? o.NotPorts) is not null);
        if ((sources.Count > 0 && operations.Count == 0 && !namesPeers) || (operations.Count > 0 && !namesPorts))
        {
            at.Warning(Codes.SchemaWarning, $"{at.Path} only looks at HTTP: on TCP ports, this DENY refuses everything",
                "name the ports it is for");
        }
    }

    private static (string Name, IReadOnlyList<string>? Values)[] Lists(Source source) =>
    [
        ("principals", source.Principals), ("notPrincipals", source.NotPrincipals),
        ("requestPrincipals", source.RequestPrincipals), ("notRequestPrincipals", source.NotRequestPrincipals),
        ("namespaces", source.Namespaces), ("notNamespaces", source.NotNamespaces),
        ("serviceAccounts", source.ServiceAccounts), ("notServiceAccounts", source.NotServiceAccounts),
        ("trustDomains", source.TrustDomains), ("notTrustDomains", source.NotTrustDomains),
        ("ipBlocks", source.IpBlocks), ("notIpBlocks", source.NotIpBlocks),
        ("remoteIpBlocks", source.RemoteIpBlocks), ("notRemoteIpBlocks", source.NotRemoteIpBlocks),
    ];

    private static (string Name, IReadOnlyList<string>? Values)[] Lists(Operation operation) =>
    [
        ("hosts", operation.Hosts), ("notHosts", operation.NotHosts), ("ports", operation.Ports),
            ("notPorts", operation.NotPorts),
        ("methods", operation.Methods), ("notMethods", operation.NotMethods), ("paths", operation.Paths),
            ("notPaths", operation.NotPaths),
    ];
}
