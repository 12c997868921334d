using Sluice.Api.Networking;
using Sluice.Api.Resources;
using Sluice.ControlPlane.Validation.Checks;

namespace Sluice.ControlPlane.Validation.Rules;

/// <summary>What a ServiceEntry's resolution asks of its hosts, addresses and endpoints.</summary>
internal static class ResolutionRules
{
    private const string WaypointLabel = "istio.io/use-waypoint";

    /// <summary>Checks one ServiceEntry.</summary>
    public static void Check(Field at, Resource<ServiceEntrySpec> entry)
    {
        var spec = entry.Spec;
        if (spec.Addresses?.Any(address => address.Contains('/')) == true
            && spec.Resolution is not (null or ServiceResolution.None or ServiceResolution.Static))
        {
            at["addresses"].Error(Codes.Resolution,
                "spec.addresses holds a block, which only works with resolution NONE or STATIC");
        }

        switch (spec.Resolution ?? ServiceResolution.None)
        {
            case ServiceResolution.None:
                CheckNone(at, spec);
                break;
            case ServiceResolution.Static:
                foreach (var (endpoint, each) in at["endpoints"].Each(spec.Endpoints))
                {
                    WorkloadEntryRules.CheckEndpoint(each, endpoint, spec.Ports, mayResolve: false);
                }

                break;
            case ServiceResolution.Dns or ServiceResolution.DnsRoundRobin:
                CheckDns(at, spec);
                break;
            case ServiceResolution.DynamicDns:
                CheckDynamic(at, entry);
                break;
        }
    }

    private static void CheckNone(Field at, ServiceEntrySpec spec)
    {
        if (spec.Endpoints is { Count: > 0 })
        {
            at["endpoints"].Error(Codes.Resolution, "spec.endpoints is set, but resolution NONE sends to where the client wanted",
                "write resolution: STATIC");
        }

        if (spec.WorkloadSelector is not null)
        {
            at["workloadSelector"].Warning(Codes.SchemaWarning, "spec.workloadSelector has no effect with resolution NONE",
                "write resolution: STATIC");
        }
    }

    private static void CheckDns(Field at, ServiceEntrySpec spec)
    {
        if (spec.Endpoints is null or { Count: 0 })
        {
            foreach (var (host, each) in at["hosts"].Each(spec.Hosts))
            {
                if (Hosts.IsFullyQualified(host) || !Hosts.IsWildcardDomain(host)) continue;
                each.Error(Codes.Resolution, $"{each.Path} \"{host}\" can't be resolved",
                    "add endpoints, or name the host in full");
            }
        }

        if (spec.Resolution == ServiceResolution.DnsRoundRobin && spec.Endpoints is { Count: > 1 })
        {
            at["endpoints"].Error(Codes.Resolution,
                $"spec.endpoints has {spec.Endpoints.Count} entries: DNS_ROUND_ROBIN resolves one name", "use DNS");
        }

        foreach (var (endpoint, each) in at["endpoints"].Each(spec.Endpoints))
        {
            if (Addresses.IsUnix(endpoint.Address))
            {
                each["address"].Error(Codes.Resolution, $"{each.Path}.address is a Unix socket, which DNS can't resolve",
                    "use STATIC");
            }
            else
            {
                WorkloadEntryRules.CheckEndpoint(each, endpoint, spec.Ports, mayResolve: true);
            }
        }

        if (spec.Addresses is { Count: > 0 } && spec.Hosts is { Count: > 1 }
            && spec.Ports?.Any(port => Protocols.KindOf(port.Protocol) is ProtocolKind.Tcp or ProtocolKind.Tls) == true)
        {
            at["hosts"].Warning(Codes.SchemaWarning,
                "spec.hosts names several hosts that share addresses and a TCP port: the first one gets all traffic");
        }
    }

    private static void CheckDynamic(Field at, Resource<ServiceEntrySpec> entry)
    {
        var spec = entry.Spec;
        foreach (var (host, each) in at["hosts"].Each(spec.Hosts))
        {
            if (host.StartsWith("*.", StringComparison.Ordinal) || !Hosts.IsWildcardDomain(host) || host == "*") continue;
            each.Error(Codes.Resolution, $"{each.Path} \"{host}\" is no wildcard, which DYNAMIC_DNS is for",
                "write *.example.com, or use DNS");
        }

        if (spec.Addresses is { Count: > 0 })
            at["addresses"].Error(Codes.Resolution, "spec.addresses can't be combined with DYNAMIC_DNS");
        if (spec.Endpoints is { Count: > 0 })
            at["endpoints"].Error(Codes.Resolution, "spec.endpoints can't be combined with DYNAMIC_DNS");
        if (spec.WorkloadSelector is not null)
        {
            at["workloadSelector"].Error(Codes.Resolution, "spec.workloadSelector can't be combined with DYNAMIC_DNS");
        }

        foreach (var (port, each) in at["ports"].Each(spec.Ports))
        {
            if (Protocols.KindOf(port.Protocol) is ProtocolKind.Http or ProtocolKind.Tls) continue;
            each["protocol"].Error(Codes.Resolution,
                $"{each.Path}.protocol is {port.Protocol ?? "missing"}: DYNAMIC_DNS reads the host from HTTP or TLS",
                    "use HTTP, HTTP2, GRPC or TLS");
        }

        if (spec.Location == ServiceLocation.MeshInternal && entry.Metadata.Labels.ContainsKey(WaypointLabel))
        {
            at["location"].Error(Codes.Resolution,
                "spec.location MESH_INTERNAL can't be combined with DYNAMIC_DNS behind a waypoint");
        }
    }
}
