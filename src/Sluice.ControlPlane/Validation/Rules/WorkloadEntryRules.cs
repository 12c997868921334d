using Sluice.Api.Networking;
using Sluice.Api.Resources;
using Sluice.ControlPlane.Validation.Checks;

namespace Sluice.ControlPlane.Validation.Rules;

/// <summary>Value rules of a WorkloadEntry, by itself or as an endpoint of a ServiceEntry.</summary>
internal static class WorkloadEntryRules
{
    /// <summary>Checks one WorkloadEntry.</summary>
    public static void Check(Resource<WorkloadEntrySpec> entry, Field root) =>
        CheckEndpoint(root["spec"], entry.Spec, servicePorts: null, mayResolve: true);

    /// <summary>Checks an endpoint.</summary>
    /// <param name="at">The endpoint.</param>
    /// <param name="endpoint">Its content.</param>
    /// <param name="servicePorts">Ports of the service it belongs to; null when that is not known.</param>
    /// <param name="mayResolve">Whether its address may be a host name.</param>
    public static void CheckEndpoint(Field at, WorkloadEntrySpec endpoint, IReadOnlyList<ServicePort>? servicePorts,
        bool mayResolve)
    {
        if (CheckAddress(at, endpoint, mayResolve) && servicePorts is { Count: not 1 })
        {
            at["address"].Error(Codes.UnixSocket,
                $"{at.Path}.address is a Unix socket, which serves one port, but the ServiceEntry has {servicePorts.Count}");
        }

        CheckPorts(at["ports"], endpoint, servicePorts);
        Labels.Check(at["labels"], endpoint.Labels);
    }

    /// <returns>Whether the address is a Unix socket's.</returns>
    private static bool CheckAddress(Field at, WorkloadEntrySpec endpoint, bool mayResolve)
    {
        var addressAt = at["address"];
        if (string.IsNullOrEmpty(endpoint.Address))
        {
            if (string.IsNullOrEmpty(endpoint.Network))
                addressAt.Error(Codes.Required, $"{addressAt.Path} is missing: an endpoint needs an address");
            else
                addressAt.Warning(Codes.SchemaWarning,
                    $"{addressAt.Path} is missing: only other networks' gateways can reach {endpoint.Network}");
            return false;
        }

        if (Addresses.IsUnix(endpoint.Address))
        {
            Addresses.CheckUnix(addressAt, endpoint.Address);
            if (endpoint.Ports is { Count: > 0 })
                at["ports"].Error(Codes.UnixSocket, $"{at.Path}.ports is set, but a Unix socket has no port");
            return true;
        }

        if (Addresses.IsIp(endpoint.Address)) return false;
        if (!mayResolve)
        {
            addressAt.Error(Codes.Address,
                $"{addressAt.Path} \"{endpoint.Address}\" is not an IP address, which resolution STATIC asks for",
                Hosts.IsFullyQualified(endpoint.Address) ? "write resolution: DNS" : "");
        }
        else if (!Hosts.IsFullyQualified(endpoint.Address))
        {
            addressAt.Error(Codes.Address, $"{addressAt.Path} \"{endpoint.Address}\" is neither an IP address nor a host name");
        }

        return false;
    }

    private static void CheckPorts(Field at, WorkloadEntrySpec endpoint, IReadOnlyList<ServicePort>? servicePorts)
    {
        foreach (var (name, port, each) in at.Each(endpoint.Ports))
        {
            if (!Names.IsLabel(name)) each.Error(Codes.Name, $"{at.Path} has the key \"{name}\", which is not a port's name");
            Numbers.CheckPort(each, port);
            if (servicePorts is null || servicePorts.Any(service => service.Name == name)) continue;
            each.Error(Codes.Resolution, $"{each.Path} is for a port that the ServiceEntry does not have",
                Suggestions.DidYouMean(name, servicePorts.Select(service => service.Name ?? "")) ?? "");
        }
    }
}
