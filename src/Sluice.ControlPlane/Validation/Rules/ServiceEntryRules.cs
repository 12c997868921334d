using Sluice.Api.Networking;
using Sluice.Api.Resources;
using Sluice.ControlPlane.Validation.Checks;

namespace Sluice.ControlPlane.Validation.Rules;

/// <summary>Value rules of a ServiceEntry. What depends on its resolution is in <see cref="ResolutionRules"/>.</summary>
internal static class ServiceEntryRules
{
    /// <summary>Checks one ServiceEntry.</summary>
    public static void Check(Resource<ServiceEntrySpec> entry, Field root)
    {
        var spec = entry.Spec;
        var at = root["spec"];
        CheckSelector(at, spec);
        CheckHosts(at["hosts"], spec);
        Addresses.CheckBlocks(at["addresses"], spec.Addresses);
        CheckPorts(at["ports"], spec, spec.Addresses is { Count: > 0 } || entry.Status is { HasAddresses: true });
        ResolutionRules.Check(at, entry);
        CheckHostsPerPort(at["hosts"], spec);
        Exports.Check(at["exportTo"], spec.ExportTo, entry.Namespace, mayHide: true);
    }

    private static void CheckSelector(Field at, ServiceEntrySpec spec)
    {
        if (spec.WorkloadSelector is not { } selector) return;
        Labels.CheckSelector(at["workloadSelector"], at["workloadSelector"]["labels"], selector.Labels);
        if (spec.Endpoints is not null)
        {
            at.Error(Codes.Exclusive, "workloadSelector and endpoints can't both be set in spec: keep one");
        }
    }

    private static void CheckHosts(Field at, ServiceEntrySpec spec)
    {
        if (spec.Hosts is null or { Count: 0 })
            at.Error(Codes.Required, "spec.hosts is missing: a ServiceEntry needs at least one host");
        foreach (var (host, each) in at.Each(spec.Hosts))
        {
            if (host == "*")
                each.Error(Codes.HostName, $"{each.Path} is *: a ServiceEntry names its hosts", "e.g. *.example.com");
            else Hosts.CheckWildcardDomain(each, host);

            if (Hosts.IsPartialWildcard(host) && Hosts.IsWildcardDomain(host) && spec.Resolution != ServiceResolution.DynamicDns)
            {
                each.Warning(Codes.SchemaWarning,
                    $"{each.Path} \"{host}\" covers part of a label, which most clients don't match",
                    $"write *.{host.TrimStart('*', '-')}");
            }
        }
    }

    private static void CheckPorts(Field at, ServiceEntrySpec spec, bool hasAddresses)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var numbers = new HashSet<uint>();
        foreach (var (port, each) in at.Each(spec.Ports))
        {
            Names.CheckLabel(each["name"], port.Name, "a port");
            Numbers.CheckPort(each["number"], port.Number);
            Protocols.CheckOptional(each["protocol"], port.Protocol);
            if (port.TargetPort is { } target) Numbers.CheckPort(each["targetPort"], target);
            if (port.Name is { Length: > 0 } name && !names.Add(name))
            {
                each["name"].Error(Codes.Duplicate,
                    $"{each.Path}.name \"{name}\" is taken: port names are unique in a ServiceEntry");
            }

            if (port.Number is { } number && !numbers.Add(number))
            {
                each["number"].Error(Codes.Duplicate,
                    $"{each.Path}.number {number} is taken: port numbers are unique in a ServiceEntry");
            }

            if (!hasAddresses && (string.IsNullOrEmpty(port.Protocol) || IsTcp(port.Protocol)))
            {
                each.Warning(Codes.AddressesRequired,
                    $"{each.Path} speaks {(string.IsNullOrEmpty(port.Protocol) ? "no declared protocol" : "TCP")}, but "
                        + "spec.addresses is empty: in a mesh such "
                    + "traffic is told apart by address only", "add addresses, or a protocol");
            }
        }
    }

    /// <summary>Several hosts on one port need a protocol that names the host, unless the client's address decides
    /// (NONE).</summary>
    private static void CheckHostsPerPort(Field at, ServiceEntrySpec spec)
    {
        if (spec.Resolution is null or ServiceResolution.None || spec.Hosts is not { Count: > 1 }) return;
        foreach (var port in spec.Ports ?? [])
        {
            if (Protocols.KindOf(port.Protocol) is ProtocolKind.Http or ProtocolKind.Tls) continue;
            at.Error(Codes.Resolution,
                $"spec.hosts names several hosts, but port {port.Number} speaks {port.Protocol ?? "no declared protocol"}, "
                    + "which does not say which is meant",
                "use one ServiceEntry for each host");
            return;
        }
    }

    private static bool IsTcp(string protocol) => protocol.Equals("TCP", StringComparison.OrdinalIgnoreCase);
}
