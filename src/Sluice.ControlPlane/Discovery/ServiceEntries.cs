using System.Net;
using Sluice.Api.Findings;
using Sluice.Api.Networking;
using Sluice.Api.Resources;
using Sluice.DataPlane.Clusters;

namespace Sluice.ControlPlane.Discovery;

/// <summary>Describes ServiceEntries: each host is a service with the entry's ports and endpoints.</summary>
/// <remarks>https://istio.io/latest/docs/reference/config/networking/service-entry/. With the resolution DNS each
/// address of a name is an endpoint, with DNS_ROUND_ROBIN the name is one. With NONE there is no name and no address to go to at a gateway but
/// those of selected workloads, as with STATIC.</remarks>
internal sealed class ServiceEntries(Workloads workloads, ObjectLedger ledger)
{
    /// <summary>Describes an entry: one service a host.</summary>
    public IEnumerable<RegistryService> Describe(Resource<ServiceEntrySpec> entry)
    {
        var members = Members(entry);
        // Also where nothing is written: it is the default.
        if (entry.Spec.Resolution is null or ServiceResolution.None && members.Count == 0)
        {
            ledger.Report(entry, "spec.resolution", Severity.Info, FindingCodes.NoOriginalDestination,
                "the resolution is NONE, but at an edge there is no original destination: without workloads that a selector picks, requests get 503",
                "choose STATIC with endpoints, or DNS");
        }
        foreach (var host in entry.Spec.Hosts ?? [])
        {
            yield return new RegistryService
            {
                Source = entry,
                Host = host,
                Name = host,
                Ports = Ports(entry, host, members),
                Distribution = TrafficDistributions.Of(entry.Metadata.Annotations),
            };
        }
    }

    private static RegistryPort[] Ports(Resource<ServiceEntrySpec> entry, string host, List<Member> members)
    {
        var ports = new List<RegistryPort>();
        foreach (var port in entry.Spec.Ports ?? [])
        {
            var number = (int)(port.Number ?? 0);
            var protocol = PortProtocols.OfEntry(port.Protocol);
            if (number is < 1 or > ushort.MaxValue || protocol == PortProtocol.Udp || ports.Exists(p => p.Number == number))
                continue;
            var fallback = port.TargetPort is > 0 and var target ? (int)target : number;
            var one = entry.Spec.Resolution == ServiceResolution.DnsRoundRobin;
            var endpoints = members.Count == 0 && IsResolvedByName(entry.Spec.Resolution) && !HostNames.IsWildcard(host)
                ? [new ServiceEndpoint(Workload.Bare(host), fallback) { IsOneOfName = one }]
                : members.Select(m => new ServiceEndpoint(m.Workload, m.Port(port.Name ?? "") ?? fallback)
                {
                    IsResting = m.IsResting,
                    IsOneOfName = one,
                });
            ports.Add(new RegistryPort(number, port.Name ?? "", protocol, ServiceEndpoint.Distinct(endpoints)));
        }
        return [.. ports];
    }

    private List<Member> Members(Resource<ServiceEntrySpec> entry)
    {
        var members = new List<Member>();
        for (var i = 0; i < (entry.Spec.Endpoints?.Count ?? 0); i++)
        {
            var endpoint = entry.Spec.Endpoints![i];
            if (IsUsable(entry, $"spec.endpoints[{i}].address", endpoint.Address, entry.Spec.Resolution))
                members.Add(new Member(workloads.Describe(endpoint, entry.Namespace), endpoint.Ports));
        }
        if (entry.Spec.WorkloadSelector?.Labels is not { Count: > 0 } selector)
            return members;
        foreach (var selected in workloads.Entries(entry.Namespace, selector))
        {
            if (!IsUsable(selected.Source, "spec.address", selected.Source.Spec.Address, entry.Spec.Resolution))
                continue;
            ledger.Serve(selected.Source);
            members.Add(new Member(selected.Workload, selected.Source.Spec.Ports));
        }
        foreach (var pod in workloads.Pods(entry.Namespace, selector))
        {
            ledger.Serve(pod.Source);
            members.Add(new Member(pod.Workload, null) { IsResting = !pod.Ready });
        }
        return members;
    }

    private bool IsUsable(Resource owner, string path, string? address, ServiceResolution? resolution)
    {
        if (string.IsNullOrEmpty(address))
        {
            ledger.Miss(owner, $"{path} is empty");
            return false;
        }
        if (Endpoint.IsUnix(address) ? !IsResolvedByName(resolution) : IsResolvedByName(resolution) || IPAddress.TryParse(address, out _))
            return true;
        if (Endpoint.IsUnix(address))
        {
            ledger.Report(owner, path, Severity.Warning, FindingCodes.NoEffectHere,
                $"{address} is a Unix socket, which the resolutions DNS and DNS_ROUND_ROBIN don't allow; the endpoint is left out");
            ledger.Miss(owner, $"{path} is a Unix socket");
            return false;
        }
        ledger.Report(owner, path, Severity.Warning, FindingCodes.NoEffectHere,
            $"{address} is a name, which only the resolutions DNS and DNS_ROUND_ROBIN allow; the endpoint is left out");
        ledger.Miss(owner, $"{path} is not an IP address");
        return false;
    }

    private static bool IsResolvedByName(ServiceResolution? resolution) =>
        resolution is ServiceResolution.Dns or ServiceResolution.DnsRoundRobin;

    /// <summary>An endpoint with the ports it has of its own, by the name of the service's port.</summary>
    private readonly record struct Member(Workload Workload, IReadOnlyDictionary<string, uint>? Ports)
    {
        public bool IsResting { get; init; }

        public int? Port(string name) => Ports is not null && Ports.TryGetValue(name, out var own) ? (int)own : null;
    }
}
