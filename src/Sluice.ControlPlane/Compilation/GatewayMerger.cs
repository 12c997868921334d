using System.Net;
using Sluice.Api.Findings;
using Sluice.Api.Networking;
using Sluice.Api.Resources;
using Sluice.ControlPlane.Discovery;
using Sluice.DataPlane.Listeners;

namespace Sluice.ControlPlane.Compilation;

/// <summary>Decides which Gateway servers are bound, to which ports, and which give way to others on the same port and address.</summary>
/// <remarks>Gateways go in Istio's order, servers in that of their list; who comes first stays. Plain HTTP servers share a listener and a
/// route configuration. TLS servers share a listener and are told apart by server name. Everything else is a conflict.</remarks>
internal sealed class GatewayMerger(GatewayIdentity identity, GatewayPorts ports, ObjectLedger ledger)
{
    private readonly Dictionary<(string? Bind, int Port), ListenerPlan> _plans = [];
    private readonly List<ListenerPlan> _ordered = [];
    private readonly HashSet<(string? Bind, int Port, string Host)> _tlsHosts = [];
    private readonly HashSet<string> _httpsRoutes = [];

    /// <summary>The listeners to make, and the servers of each.</summary>
    /// <param name="gateways">In Istio's order.</param>
    public IReadOnlyList<ListenerPlan> Merge(IReadOnlyList<Resource<GatewaySpec>> gateways)
    {
        foreach (var gateway in gateways)
        {
            if (!IsSelected(gateway))
                continue;
            for (var i = 0; i < (gateway.Spec.Servers?.Count ?? 0); i++)
                Add(gateway, i);
        }
        return _ordered;
    }

    /// <summary>Why a Gateway is not this gateway's; null when it is.</summary>
    public static string? WhyNotSelected(Resource<GatewaySpec> gateway, GatewayIdentity identity, GatewayPorts ports)
    {
        if (GatewayPorts.BoundServices(gateway) is { } services)
            return ports.Exists(services, gateway.Namespace) ? null : $"no Service {string.Join(", ", services)} in {gateway.Namespace}";
        return Labels.Include(identity.Labels, gateway.Spec.Selector) ? null
            : $"spec.selector ({string.Join(",", gateway.Spec.Selector!.Select(l => $"{l.Key}={l.Value}"))}) selects another gateway";
    }

    private bool IsSelected(Resource<GatewaySpec> gateway)
    {
        if (WhyNotSelected(gateway, identity, ports) is not { } reason)
            return true;
        ledger.Miss(gateway, reason);
        return false;
    }

    private void Add(Resource<GatewaySpec> gateway, int index)
    {
        var server = gateway.Spec.Servers![index];
        var path = $"spec.servers[{index}]";
        foreach (var field in FieldsNotInForce.Server)
        {
            if (field.IsWritten(server))
                ledger.NotInForce(gateway, $"{path}.{field.Path}", field.Consequence);
        }
        if (ServerPlan.KindOf(server) is not { } kind)
        {
            ledger.Miss(gateway, $"{path}: the protocol {server.Port?.Protocol} and its TLS settings don't go together");
            return;
        }
        if (!string.IsNullOrEmpty(server.Bind) && !IPAddress.TryParse(server.Bind, out _))
        {
            ledger.NotInForce(gateway, $"{path}.bind", "only IP addresses can be bound; the server is left out");
            return;
        }
        var hosts = Hosts(server, gateway.Namespace);
        var declared = (int)(server.Port?.Number ?? 0);
        var bound = false;
        foreach (var port in ports.Resolve(gateway, declared))
        {
            bound = true;
            Place(new ServerPlan(gateway, index, kind, port, hosts));
        }
        if (!bound)
            ledger.Miss(gateway, $"{path}.port: the Services that the Gateway is bound to have no port {declared}");
    }

    private void Place(ServerPlan server)
    {
        if (server.Listener == ListenerKind.Tls && RepeatedHosts(server) is { Count: > 0 } repeated)
        {
            GiveWay(server, $"another TLS server on port {server.Port} has the hosts {string.Join(", ", repeated)}");
            return;
        }
        if (!_plans.TryGetValue((server.Bind, server.Port), out var plan))
        {
            plan = new ListenerPlan(server.Bind, server.Port, server.Listener, []);
            _plans.Add((server.Bind, server.Port), plan);
            _ordered.Add(plan);
        }
        else if (plan.Kind != server.Listener || plan.Kind == ListenerKind.Tcp)
        {
            var first = plan.Servers[0];
            GiveWay(server, $"port {server.Port} speaks {plan.Kind.ToString().ToUpperInvariant()} for {first.Gateway.Id} already");
            return;
        }
        if (server.Kind == ServerKind.Https && !_httpsRoutes.Add($"{server.Port} {server.RouteConfigName}"))
        {
            GiveWay(server, $"the port name {server.Server.Port?.Name} is used by another server of the Gateway");
            return;
        }
        plan.Servers.Add(server);
    }

    private List<string> RepeatedHosts(ServerPlan server) =>
        server.Hosts.Where(host => !_tlsHosts.Add((server.Bind, server.Port, host))).ToList();

    private void GiveWay(ServerPlan server, string reason)
    {
        ledger.Report(server.Gateway, server.Path, Severity.Warning, FindingCodes.GivesWay, $"the server is left out: {reason}");
        ledger.Miss(server.Gateway, $"{server.Path}: {reason}");
    }

    // "./x" means the Gateway's own namespace, "*/x" and "x" any.
    private static string[] Hosts(Server server, string ns) => [.. (server.Hosts ?? []).Select(host => host switch
    {
        ['.', '/', ..] => ns + host[1..],
        ['*', '/', ..] => host[2..],
        _ => host,
    })];
}
