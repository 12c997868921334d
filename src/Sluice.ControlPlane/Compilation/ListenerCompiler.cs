using Sluice.Api.Findings;
using Sluice.ControlPlane.Discovery;
using Sluice.DataPlane.Listeners;

namespace Sluice.ControlPlane.Compilation;

/// <summary>Makes the listeners of the Gateways.</summary>
/// <remarks>A listener for which nothing is left to serve is not opened: clients are refused the connection, as Istio's are.</remarks>
internal sealed class ListenerCompiler(VirtualHostCompiler virtualHosts, ProxyCompiler proxies, ObjectLedger ledger)
{
    /// <summary>Compiles the plans into listeners.</summary>
    public List<Listener> Compile(IReadOnlyList<ListenerPlan> plans)
    {
        var listeners = new List<Listener>(plans.Count);
        foreach (var plan in plans)
        {
            FilterChain[] chains = plan.Kind switch
            {
                ListenerKind.Http => [Http(plan)],
                ListenerKind.Tcp => Tcp(plan) is { } chain ? [chain] : [],
                _ => [.. Tls(plan)],
            };
            if (chains.Length == 0)
                continue;
            listeners.Add(new Listener
            {
                Name = plan.Name,
                Bind = plan.Bind,
                Port = plan.Port,
                ServerPort = plan.Servers[0].DeclaredPort,
                Kind = plan.Kind,
                FilterChains = chains,
            });
        }
        return listeners;
    }

    private FilterChain Http(ListenerPlan plan)
    {
        var first = plan.Servers[0];
        plan.Servers.ForEach(s => ledger.Serve(s.Gateway));
        return new FilterChain
        {
            Sni = [],
            Tls = TlsMode.None,
            Routes = virtualHosts.Compile(first.RouteConfigName!, plan.Servers),
            At = first.At,
            Source = first.Gateway.Id,
        };
    }

    private FilterChain? Tcp(ListenerPlan plan)
    {
        var server = plan.Servers[0];
        var chain = proxies.Tcp(server, []);
        Settle(server, chain is not null, "no VirtualService has a tcp rule for it, so the port is not opened");
        return chain;
    }

    private IEnumerable<FilterChain> Tls(ListenerPlan plan)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (var server in plan.Servers)
        {
            var any = false;
            foreach (var chain in Tls(server, taken))
            {
                any = true;
                yield return chain;
            }
            Settle(server, any, server.Kind == ServerKind.Https
                ? "its server names are served by another server"
                : "no VirtualService has a rule left for it, so its server names are not served");
        }
    }

    private IEnumerable<FilterChain> Tls(ServerPlan server, HashSet<string> taken)
    {
        switch (server.Kind)
        {
            case ServerKind.Https:
                return Terminate(server, taken) is { } sni ? [Https(server, sni)] : [];
            case ServerKind.TlsTerminate when proxies.Tcp(server, ProxyCompiler.Sni(server.BareHosts)) is { } chain:
                return Terminate(server, taken) is null ? [] : [chain];
            case ServerKind.TlsAutoPassthrough:
                return proxies.ByCluster(server).Where(c => ProxyCompiler.Repeated(c.Sni, taken) is null);
            default:
                // Rules by server name serve a server that terminates TLS, too, when it has no rule for TCP.
                return proxies.ByServerName(server, taken);
        }
    }

    private FilterChain Https(ServerPlan server, string[] sni) => new()
    {
        Sni = sni,
        Tls = server.Tls,
        Routes = virtualHosts.Compile(server.RouteConfigName!, [server]),
        At = server.At,
        Source = server.Gateway.Id,
    };

    // The server's names, unless another has one of them.
    private string[]? Terminate(ServerPlan server, HashSet<string> taken)
    {
        var sni = ProxyCompiler.Sni(server.BareHosts);
        if (ProxyCompiler.Repeated(sni, taken) is not { } repeated)
            return sni;
        ledger.Report(server.Gateway, server.Path, Severity.Warning, FindingCodes.GivesWay,
            $"the server is left out: {repeated} is served by another one on port {server.Port}");
        return null;
    }

    private void Settle(ServerPlan server, bool served, string reason)
    {
        if (served)
            ledger.Serve(server.Gateway);
        else
            ledger.Miss(server.Gateway, $"{server.Path}: {reason}");
    }
}
