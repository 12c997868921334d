using Sluice.Api.Networking;
using Sluice.Api.Resources;
using Sluice.ControlPlane.Validation.Checks;

namespace Sluice.ControlPlane.Validation.Rules;

/// <summary>Value rules of a VirtualService: hosts, gateways, and that it routes at all. The routes have rules of their
/// own.</summary>
internal static class VirtualServiceRules
{
    private const string Mesh = "mesh";

    /// <summary>Checks one VirtualService.</summary>
    public static void Check(Resource<VirtualServiceSpec> service, Field root)
    {
        var spec = service.Spec;
        var at = root["spec"];
        var isDelegate = spec.Hosts is null or { Count: 0 };
        if (isDelegate) CheckDelegate(at, spec);

        // Claims and bare wildcards only exist at gateways.
        var atGateway = spec.Gateways is { Count: > 0 } && !spec.Gateways.Contains(Mesh);
        Names.CheckGateways(at["gateways"], spec.Gateways);
        CheckHosts(at["hosts"], spec, atGateway);

        if (spec.Http is not { Count: > 0 } && spec.Tls is not { Count: > 0 } && spec.Tcp is not { Count: > 0 })
        {
            at.Error(Codes.Required, "spec has no routes: one of http, tls or tcp is needed");
        }

        foreach (var (route, each) in at["http"].Each(spec.Http)) HttpRouteRules.Check(each, route, isDelegate, atGateway);
        foreach (var (route, each) in at["tls"].Each(spec.Tls)) L4RouteRules.CheckTls(each, route, spec.Hosts ?? [], atGateway);
        foreach (var (route, each) in at["tcp"].Each(spec.Tcp)) L4RouteRules.CheckTcp(each, route);
        Exports.Check(at["exportTo"], spec.ExportTo, service.Namespace);
        ReachabilityRules.Check(at, spec);
        StickyWeightsRules.Check(service, root);
    }

    private static void CheckDelegate(Field at, VirtualServiceSpec spec)
    {
        const string What = "is set, but a VirtualService without hosts is only used through another one's delegate";
        if (spec.Gateways is { Count: > 0 })
            at["gateways"].Error(Codes.Delegate, $"spec.gateways {What}", "add hosts, or remove gateways");
        if (spec.Tls is { Count: > 0 }) at["tls"].Error(Codes.Delegate, $"spec.tls {What}", "only http routes can be delegated");
        if (spec.Tcp is { Count: > 0 }) at["tcp"].Error(Codes.Delegate, $"spec.tcp {What}", "only http routes can be delegated");
    }

    private static void CheckHosts(Field at, VirtualServiceSpec spec, bool atGateway)
    {
        var routesBySni = spec.Tls?.Any(route => route.Match?.Any(match => match.SniHosts is { Count: > 0 }) == true) == true;
        var valid = true;
        foreach (var (host, each) in at.Each(spec.Hosts))
        {
            if (Addresses.IsIp(host)) continue;
            if (atGateway ? !Hosts.IsGatewayDomain(host, routesBySni) : !Hosts.IsWildcardDomain(host))
            {
                Hosts.RefuseHost(each, host);
                valid = false;
            }
            else if (!atGateway && host == "*")
            {
                each.Error(Codes.HostName, $"{each.Path} is *, which only works at a gateway",
                    "name a Gateway in spec.gateways, or a host here");
                valid = false;
            }
        }

        if (valid && spec.Hosts is { Count: > 1 }) CheckOverlaps(at, spec.Hosts);
    }

    /// <summary>Hosts of one VirtualService must not overlap. Names are compared through a set, wildcards (few) with each
    /// host.</summary>
    private static void CheckOverlaps(Field at, IReadOnlyList<string> hosts)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var wildcards = new List<string>();
        for (var i = 0; i < hosts.Count; i++)
        {
            var host = hosts[i];
            var isNew = seen.Add(host);
            var cover = isNew ? wildcards.Find(wildcard => Hosts.Overlap(wildcard, host)) : host;
            if (cover is null && host.StartsWith('*'))
                cover = hosts.Take(i).FirstOrDefault(earlier => Hosts.Overlap(host, earlier));
            if (cover is not null)
            {
                at[i].Error(Codes.Duplicate, isNew ? $"{at[i].Path} {host} overlaps {cover}"
                    : $"{at[i].Path} {host} is named twice",
                    "hosts of one VirtualService must not overlap: keep the wider one, or split the VirtualService");
            }

            if (host.StartsWith('*')) wildcards.Add(host);
        }
    }
}
