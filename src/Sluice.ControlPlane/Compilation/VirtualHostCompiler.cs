using Sluice.ControlPlane.Discovery;
using Sluice.DataPlane.Routing;

namespace Sluice.ControlPlane.Compilation;

/// <summary>Compiles the route configuration of one or several HTTP servers: which hosts they serve, and the routes of each.</summary>
/// <remarks>A virtual host is what a server and a VirtualService bound to its Gateway have in common. Where several VirtualServices have
/// the same host, their routes follow each other in order, and the catch-alls go to the end, so that one's default does not hide the
/// other's special cases.</remarks>
internal sealed class VirtualHostCompiler(VirtualServiceTable virtualServices, RouteCompiler routes, ObjectLedger ledger)
{
    /// <summary>Compiles the servers that share a route configuration.</summary>
    public RouteConfig Compile(string name, IReadOnlyList<ServerPlan> servers)
    {
        var hosts = new Builder();
        foreach (var server in servers)
        {
            Add(server, hosts);
            if (server.RedirectsToHttps)
            {
                foreach (var host in server.BareHosts)
                    hosts.At(host, server.DeclaredPort).RequireTls = true;
            }
        }
        return new RouteConfig(name, hosts.Finish(servers[0].DeclaredPort));
    }

    private void Add(ServerPlan server, Builder hosts)
    {
        var scope = new RouteScope(server.GatewayName, server.DeclaredPort, server.Server.Tls is not null);
        foreach (var virtualService in virtualServices.Candidates(server.GatewayName, [.. server.BareHosts]))
        {
            if (virtualService.Http.Length == 0)
                continue;
            var common = HostNames.Intersect(server.HostsFor(virtualService.Source.Namespace), virtualService.Hosts);
            if (common.Count == 0)
                continue;
            virtualService.Cover(common);
            var compiled = routes.Compile(virtualService, scope);
            if (compiled.Length == 0)
                continue;
            virtualService.ServesHttp = true;
            ledger.Serve(virtualService.Source);
            foreach (var host in common)
            {
                var virtualHost = hosts.At(host, server.DeclaredPort);
                virtualHost.Add(compiled);
                virtualHost.RequireTls |= server.RedirectsToHttps;
            }
        }
    }

    /// <summary>Virtual hosts in the making, in the order of their first mention.</summary>
    private sealed class Builder
    {
        private readonly Dictionary<string, HostRoutes> _byHost = new(StringComparer.Ordinal);
        private readonly List<HostRoutes> _ordered = [];

        public HostRoutes At(string host, int port)
        {
            var domain = host.ToLowerInvariant();
            if (!_byHost.TryGetValue(domain, out var found))
            {
                _byHost[domain] = found = new HostRoutes(domain, port);
                _ordered.Add(found);
            }
            return found;
        }

        public VirtualHost[] Finish(int port) => _ordered.Count > 0
            ? [.. _ordered.Select(h => h.Finish())]
            : [new VirtualHost { Name = $"blackhole:{port}", Domains = ["*"], Routes = [] }];
    }

    /// <summary>One virtual host in the making.</summary>
    private sealed class HostRoutes(string domain, int port)
    {
        private readonly List<Route[]> _parts = [];

        public bool RequireTls { get; set; }

        public void Add(Route[] part) => _parts.Add(part);

        public VirtualHost Finish() => new()
        {
            Name = HostNames.WithPort(domain, port),
            Domains = [HostNames.AsDomain(domain)],
            Routes = Join(),
            RequireTls = RequireTls,
        };

        // The routes of a single VirtualService have their catch-all at the end already, and may be shared.
        private Route[] Join() => _parts switch
        {
            [] => [],
            [var only] => only,
            _ => [.. _parts.SelectMany(p => p).Where(r => !r.Matcher.IsCatchAll),
                .. _parts.SelectMany(p => p).Where(r => r.Matcher.IsCatchAll)],
        };
    }
}
