using Sluice.Api.Findings;
using Sluice.Api.Networking;
using Sluice.ControlPlane.Discovery;
using Sluice.ControlPlane.Sources;

namespace Sluice.ControlPlane.Compilation;

/// <summary>Says of services and of the objects that hold values what leads to them, once all routes are known.</summary>
internal sealed class ObjectReport(ConfigSet set, GatewayIdentity identity, ObjectLedger ledger)
{
    private const string MeshConfigMap = "istio";
    private const string MeshKey = "mesh";

    /// <summary>Writes what became of them into the ledger.</summary>
    public void Report(ServiceRegistry services)
    {
        foreach (var service in services.All.Where(services.IsReached))
        {
            ledger.Serve(service.Source);
            if (service.Assumption is { } assumption)
            {
                ledger.Report(service.Source, "spec", Severity.Info, FindingCodes.EndpointsAssumed,
                    $"nothing in the configuration says where its endpoints are; requests go to {assumption}",
                    "add its EndpointSlices, or its Pods");
            }
        }
        foreach (var service in services.All)
            ledger.Explain(service.Source, $"no route leads to {service.Host}");
        Secrets();
        foreach (var map in set.ConfigMaps)
        {
            if (map.Name == MeshConfigMap && map.Spec.Data?.ContainsKey(MeshKey) == true && set.MeshPosition.File == map.Position.File)
                ledger.Serve(map);
            else
                ledger.Explain(map, $"only the key {MeshKey} of a ConfigMap named {MeshConfigMap} is made use of, and only once; and those whose ca.crt a DestinationRule names");
        }
    }

    /// <summary>What became of each object: inert unless something of it is in force, partly when something is missing.</summary>
    public List<ObjectStatus> Statuses()
    {
        var statuses = new List<ObjectStatus>(set.All.Count);
        foreach (var resource in set.All)
        {
            var reason = ledger.Reason(resource);
            var state = !ledger.Serves(resource) ? ObjectState.Inert : reason.Length == 0 ? ObjectState.Serving : ObjectState.Partly;
            statuses.Add(new ObjectStatus(resource, state, reason));
        }
        return statuses;
    }

    private void Secrets()
    {
        var named = set.Gateways
            .SelectMany(g => g.Spec.Servers ?? [])
            .SelectMany(s => Credentials(s.Tls))
            .ToHashSet(StringComparer.Ordinal);
        foreach (var secret in set.Secrets)
        {
            if (secret.Namespace == identity.Namespace && named.Contains(secret.Name))
                ledger.Miss(secret, "TLS is not in force yet");
            else
                ledger.Explain(secret, $"nothing names it as its credential in the namespace {identity.Namespace}");
        }
    }

    private static IEnumerable<string> Credentials(ServerTls? tls)
    {
        foreach (var name in (tls?.CredentialNames ?? []).Append(tls?.CredentialName))
        {
            if (string.IsNullOrEmpty(name))
                continue;
            yield return name;
            yield return $"{name}-cacert";
        }
        if (tls?.CaCertCredentialName is { Length: > 0 } authority)
            yield return authority;
    }
}
