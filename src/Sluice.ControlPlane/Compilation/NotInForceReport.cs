using Sluice.Api.Findings;
using Sluice.Api.Networking;
using Sluice.Api.Resources;
using Sluice.ControlPlane.Discovery;
using Sluice.ControlPlane.Sources;

namespace Sluice.ControlPlane.Compilation;

/// <summary>Reports what was accepted and does nothing, each field at its place, so that nothing is passed over in silence: what is not in
/// force yet, and what has no effect at the edge of a mesh.</summary>
internal sealed class NotInForceReport(ConfigSet set, ObjectLedger ledger)
{
    /// <summary>Goes through the configuration.</summary>
    public void Report()
    {
        foreach (var gateway in set.Gateways)
            EachWithoutEffect(gateway, "spec.servers", gateway.Spec.Servers, FieldsWithoutEffect.Server);
        foreach (var virtualService in set.VirtualServices)
            Report(virtualService);
        foreach (var rule in set.DestinationRules)
        {
            Policy(rule, "spec.trafficPolicy", rule.Spec.TrafficPolicy);
            for (var i = 0; i < (rule.Spec.Subsets?.Count ?? 0); i++)
                Policy(rule, $"spec.subsets[{i}].trafficPolicy", rule.Spec.Subsets![i].TrafficPolicy);
        }
        foreach (var entry in set.ServiceEntries)
        {
            NotYet(entry, "spec", entry.Spec, FieldsNotInForce.ServiceEntry);
            NoEffect(entry, "spec", entry.Spec, FieldsWithoutEffect.ServiceEntry);
            Endpoints(entry);
        }
        foreach (var entry in set.WorkloadEntries)
            NoEffect(entry, "spec", entry.Spec, FieldsWithoutEffect.WorkloadEntry);
        Mesh();
        Whole(set.RequestAuthentications, "tokens are not looked at");
        Whole(set.AuthorizationPolicies, "requests are not checked against it");
        Whole(set.Telemetries, "the MeshConfig's settings hold");
        foreach (var peer in set.PeerAuthentications)
            ledger.Miss(peer, "it governs the calls inside a mesh and has no effect at its edge");
    }

    private void Report(Resource<VirtualServiceSpec> virtualService)
    {
        var spec = virtualService.Spec;
        for (var i = 0; i < (spec.Http?.Count ?? 0); i++)
            EachWithoutEffect(virtualService, $"spec.http[{i}].match", spec.Http![i].Match, FieldsWithoutEffect.HttpMatch);
        for (var i = 0; i < (spec.Tls?.Count ?? 0); i++)
            EachWithoutEffect(virtualService, $"spec.tls[{i}].match", spec.Tls![i].Match, FieldsWithoutEffect.TlsMatch);
        for (var i = 0; i < (spec.Tcp?.Count ?? 0); i++)
            EachWithoutEffect(virtualService, $"spec.tcp[{i}].match", spec.Tcp![i].Match, FieldsWithoutEffect.TcpMatch);
    }

    // Thousands of endpoints tend to have the same fields: the first of each is told.
    private void Endpoints(Resource<ServiceEntrySpec> entry)
    {
        foreach (var field in FieldsWithoutEffect.WorkloadEntry)
        {
            for (var i = 0; i < (entry.Spec.Endpoints?.Count ?? 0); i++)
            {
                if (!field.IsWritten(entry.Spec.Endpoints![i]))
                    continue;
                NoEffect(entry, $"spec.endpoints[{i}].{field.Path}", field.Consequence);
                break;
            }
        }
    }

    private void Policy(Resource<DestinationRuleSpec> rule, string path, TrafficPolicy? policy)
    {
        if (policy is null)
            return;
        NotYet(rule, path, policy, FieldsNotInForce.TrafficPolicy);
        NoEffect(rule, path, Blocks(policy), FieldsWithoutEffect.PortTrafficPolicy);
        EachWithoutEffect(rule, $"{path}.portLevelSettings", policy.PortLevelSettings, FieldsWithoutEffect.PortTrafficPolicy);
        Warmup(rule, path, policy.LoadBalancer);
        Passthrough(rule, path, policy.LoadBalancer);
        for (var i = 0; i < (policy.PortLevelSettings?.Count ?? 0); i++)
        {
            Warmup(rule, $"{path}.portLevelSettings[{i}]", policy.PortLevelSettings![i].LoadBalancer);
            Passthrough(rule, $"{path}.portLevelSettings[{i}]", policy.PortLevelSettings![i].LoadBalancer);
        }
    }

    // Not a thing to come: clients connect to the gateway, and mean nobody else.
    private void Passthrough(Resource<DestinationRuleSpec> rule, string path, LoadBalancerSettings? settings)
    {
        if (settings?.Simple != SimpleLoadBalancer.Passthrough)
            return;
        ledger.Report(rule, $"{path}.loadBalancer.simple", Severity.Warning, FindingCodes.NoOriginalDestination,
            $"{path}.loadBalancer.simple is PASSTHROUGH, but at an edge there is no original destination: requests are answered with 503",
            "choose another load balancer");
        ledger.Miss(rule, $"{path}.loadBalancer.simple: at an edge there is no original destination");
    }

    private void Warmup(Resource<DestinationRuleSpec> rule, string path, LoadBalancerSettings? settings)
    {
        if (settings is null or { Warmup: null, WarmupDurationSecs: null }
            || settings is { ConsistentHash: null, Simple: not (SimpleLoadBalancer.Random or SimpleLoadBalancer.Passthrough) })
            return;
        var field = settings.Warmup is null ? "warmupDurationSecs" : "warmup";
        ledger.Report(rule, $"{path}.loadBalancer.{field}", Severity.Warning, FindingCodes.NoEffectHere,
            $"{path}.loadBalancer.{field} has no effect: only ROUND_ROBIN and LEAST_REQUEST look at it",
            "remove it, or choose one of them");
    }

    private static PortTrafficPolicy Blocks(TrafficPolicy policy) => new()
    {
        LoadBalancer = policy.LoadBalancer,
        ConnectionPool = policy.ConnectionPool,
        OutlierDetection = policy.OutlierDetection,
        Tls = policy.Tls,
    };

    private void Mesh()
    {
        Mesh("", set.Mesh, FieldsNotInForce.Mesh, Severity.Warning, FindingCodes.NotInForce, "accepted, not in force yet: ");
        Mesh("", set.Mesh, FieldsWithoutEffect.MeshConfig, Severity.Info, FindingCodes.NoEffectHere, "no effect at the edge of a mesh: ");
        if (set.Mesh.DefaultTrafficPolicy?.LoadBalancer?.Simple == SimpleLoadBalancer.Passthrough)
        {
            const string Path = "defaultTrafficPolicy.loadBalancer.simple";
            ledger.Add(new Finding(Severity.Warning, FindingCodes.NoOriginalDestination, set.LocateMesh(Path), "", Path,
                $"{Path} is PASSTHROUGH, but at an edge there is no original destination: requests are answered with 503",
                "choose another load balancer"));
        }
    }

    private void Mesh<T>(string prefix, T record, FieldCheck<T>[] fields, Severity severity, string code, string words)
    {
        foreach (var field in fields)
        {
            var path = prefix + field.Path;
            if (field.IsWritten(record))
                ledger.Add(new Finding(severity, code, set.LocateMesh(path), "", path, words + path, field.Consequence));
        }
    }

    private void Whole<T>(IReadOnlyList<Resource<T>> resources, string consequence) where T : class
    {
        foreach (var resource in resources)
            ledger.NotInForce(resource, "spec", consequence, resource.Kind);
    }

    private void Each<T>(Resource resource, string path, IReadOnlyList<T>? records, FieldCheck<T>[] fields)
    {
        for (var i = 0; i < (records?.Count ?? 0); i++)
        {
            foreach (var field in fields)
            {
                if (field.IsWritten(records![i]))
                    ledger.NotInForce(resource, $"{path}[{i}].{field.Path}", field.Consequence);
            }
        }
    }

    private void EachWithoutEffect<T>(Resource resource, string path, IReadOnlyList<T>? records, FieldCheck<T>[] fields)
    {
        for (var i = 0; i < (records?.Count ?? 0); i++)
        {
            foreach (var field in fields)
            {
                if (field.IsWritten(records![i]))
                    NoEffect(resource, $"{path}[{i}].{field.Path}", field.Consequence);
            }
        }
    }

    private void NotYet<T>(Resource resource, string path, T record, FieldCheck<T>[] fields)
    {
        foreach (var field in fields)
        {
            if (field.IsWritten(record))
                ledger.NotInForce(resource, $"{path}.{field.Path}", field.Consequence);
        }
    }

    private void NoEffect<T>(Resource resource, string path, T record, FieldCheck<T>[] fields)
    {
        foreach (var field in fields)
        {
            if (field.IsWritten(record))
                NoEffect(resource, $"{path}.{field.Path}", field.Consequence);
        }
    }

    private void NoEffect(Resource resource, string path, string reason) => ledger.Report(
        resource, path, Severity.Info, FindingCodes.NoEffectHere, $"no effect at the edge of a mesh: {path}", reason);
}
