using Sluice.Api.Networking;
using Sluice.ControlPlane.Validation.Checks;

namespace Sluice.ControlPlane.Validation.Rules;

/// <summary>Value rules of tls and tcp routes.</summary>
internal static class L4RouteRules
{
    /// <summary>Checks one tls route; its SNI hosts must be among the hosts of the VirtualService.</summary>
    public static void CheckTls(Field at, TlsRoute route, IReadOnlyList<string> hosts, bool atGateway)
    {
        if (route.Match is null or { Count: 0 })
        {
            at["match"].Error(Codes.Required, $"{at.Path}.match is missing: a tls route is chosen by its sniHosts");
        }

        foreach (var (match, each) in at["match"].Each(route.Match))
        {
            CheckSniHosts(each["sniHosts"], match.SniHosts, hosts, atGateway);
            CheckCommon(each, match.DestinationSubnets, match.Port, match.SourceLabels, match.Gateways);
        }

        CheckRoute(at, route.Route);
    }

    /// <summary>Checks one tcp route.</summary>
    public static void CheckTcp(Field at, TcpRoute route)
    {
        foreach (var (match, each) in at["match"].Each(route.Match))
        {
            CheckCommon(each, match.DestinationSubnets, match.Port, match.SourceLabels, match.Gateways);
        }

        CheckRoute(at, route.Route);
    }

    private static void CheckRoute(Field at, IReadOnlyList<RouteDestination>? destinations)
    {
        if (destinations is null or { Count: 0 })
        {
            at["route"].Error(Codes.Required, $"{at.Path}.route is missing: say where connections go");
        }

        DestinationRules.Check(at["route"], destinations);
    }

    private static void CheckSniHosts(Field at, IReadOnlyList<string>? sniHosts, IReadOnlyList<string> hosts, bool atGateway)
    {
        if (sniHosts is null or { Count: 0 })
            at.Error(Codes.Required, $"{at.Path} is missing: a tls route needs at least one SNI host");
        foreach (var (host, each) in at.Each(sniHosts))
        {
            if (Addresses.IsIp(host))
            {
                each.Warning(Codes.SchemaWarning, $"{each.Path} {host} is an IP address, which clients don't send as SNI");
            }
            else if (atGateway ? !Hosts.IsGatewayDomain(host, sni: true) : !Hosts.IsWildcardDomain(host))
            {
                Hosts.RefuseHost(each, host);
            }
            else if (!hosts.Any(wide => Hosts.IsWithin(host, wide)))
            {
                each.Error(Codes.SniHost, $"{each.Path} {host} is not covered by spec.hosts ({string.Join(", ", hosts)})",
                    "add it there");
            }
        }
    }

    private static void CheckCommon(
        Field at, IReadOnlyList<string>? subnets, uint? port, IReadOnlyDictionary<string, string>? labels,
            IReadOnlyList<string>? gateways)
    {
        Addresses.CheckBlocks(at["destinationSubnets"], subnets);
        Numbers.CheckOptionalPort(at["port"], port);
        Labels.Check(at["sourceLabels"], labels);
        Names.CheckGateways(at["gateways"], gateways);
    }
}
