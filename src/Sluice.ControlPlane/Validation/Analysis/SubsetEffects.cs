using Sluice.Api.Findings;
using Sluice.Api.Networking;
using Sluice.Api.Resources;

namespace Sluice.ControlPlane.Validation.Analysis;

/// <summary>Routes of a gateway to a service whose subsets are chosen by a VirtualService of the service itself: that one only
/// acts on calls
/// within the mesh, so the gateway's requests go to all subsets.</summary>
internal static class SubsetEffects
{
    /// <summary>Looks at all VirtualServices.</summary>
    public static void Run(ConfigIndex index, List<Finding> findings)
    {
        var inMesh = SplitServices(index);
        foreach (var (service, root) in ConfigIndex.Whole(index.Set.VirtualServices, findings))
        {
            if (service.Spec.Gateways is not { Count: > 0 }) continue;
            foreach (var (route, at) in root["spec"]["http"].Each(service.Spec.Http))
            {
                foreach (var (weighted, each) in at["route"].Each(route.Route))
                    Check(each["destination"], weighted.Destination, service, inMesh, index);
            }
        }
    }

    private static void Check(
        Field at, Destination? destination, Resource<VirtualServiceSpec> owner,
            Dictionary<string, List<Resource<VirtualServiceSpec>>> inMesh, ConfigIndex index)
    {
        if (destination is not { Host: { Length: > 0 } host } || destination.Subset is { Length: > 0 }) return;
        if (!inMesh.TryGetValue(index.Services.Expand(host, owner.Namespace), out var services)) return;
        foreach (var other in services)
        {
            if (other == owner) continue;
            at["host"].Warning(Codes.SubsetWithoutEffect,
                $"{at.Path}.host {host} goes to all subsets: {other.Id}, which chooses among them, has no effect on requests "
                    + "from a gateway",
                "name the subset here, too");
        }
    }

    /// <summary>VirtualServices that send calls of a host to a subset of it.</summary>
    private static Dictionary<string, List<Resource<VirtualServiceSpec>>> SplitServices(ConfigIndex index)
    {
        var byHost = new Dictionary<string, List<Resource<VirtualServiceSpec>>>(StringComparer.Ordinal);
        foreach (var service in index.Set.VirtualServices)
        {
            var own = (service.Spec.Hosts ?? []).Select(host => index.Services.Expand(host, service.Namespace))
                .ToHashSet(StringComparer.Ordinal);
            var split = (service.Spec.Http ?? []).SelectMany(route => route.Route ?? [])
                .Where(weighted => weighted.Destination is { Subset.Length: > 0, Host.Length: > 0 })
                .Select(weighted => index.Services.Expand(weighted.Destination!.Host!, service.Namespace)).Where(own.Contains)
                    .Distinct();
            foreach (var host in split)
            {
                if (!byHost.TryGetValue(host, out var list)) byHost[host] = list = [];
                list.Add(service);
            }
        }

        return byHost;
    }
}
