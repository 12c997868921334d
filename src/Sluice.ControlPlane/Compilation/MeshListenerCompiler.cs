using System.Net;
using Sluice.ControlPlane.Discovery;
using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Listeners;
using Sluice.DataPlane.Routing;

namespace Sluice.ControlPlane.Compilation;

/// <summary>Makes the listener for calls between services (<c>--mesh</c>): every service by its names, and the VirtualServices bound to
/// <c>mesh</c> in place of the plain way to it.</summary>
/// <remarks>As for Istio's sidecars, the first VirtualService for a host has it for itself. Its rules are compiled for each port of the
/// service; a port for which it has none keeps the plain way.</remarks>
internal sealed class MeshListenerCompiler(
    GatewayIdentity identity,
    VirtualServiceTable virtualServices,
    RouteCompiler routes,
    ServiceRegistry services,
    ClusterTable clusters,
    RetryPolicy defaultRetry,
    ObjectLedger ledger)
{
    private const int HttpPort = 80;

    private readonly string _domainSuffix = $".svc.{identity.Domain}";

    /// <summary>Makes the listener.</summary>
    public Listener Compile(IPEndPoint address)
    {
        var bound = Bound();
        var hosts = new List<VirtualHost>();
        foreach (var host in services.All.Select(s => s.Host).Distinct())
            AddService(hosts, services.Descriptions(host), bound);
        foreach (var virtualService in virtualServices.Of(NameResolver.Mesh))
        {
            foreach (var host in virtualService.Hosts)
            {
                if (services.Descriptions(host).Count == 0 && bound.At(host) == virtualService)
                    AddForeign(hosts, host, virtualService);
            }
        }
        return new Listener
        {
            Name = $"{address.Address}_{address.Port}",
            Bind = address.Address.ToString(),
            Port = address.Port,
            ServerPort = address.Port,
            Kind = ListenerKind.Http,
            TrustsCallers = true,
            FilterChains =
            [
                new FilterChain
                {
                    Sni = [],
                    Tls = TlsMode.None,
                    Routes = new RouteConfig(NameResolver.Mesh, [.. hosts]),
                    At = "--mesh",
                    Source = NameResolver.Mesh,
                },
            ],
        };
    }

    private HostMap<BoundVirtualService> Bound()
    {
        var bound = new HostMap<BoundVirtualService>();
        foreach (var virtualService in virtualServices.Of(NameResolver.Mesh))
        {
            foreach (var host in virtualService.Hosts)
            {
                if (bound.TryAdd(host, virtualService))
                    continue;
                virtualService.Uncovered.Remove(host);
                ledger.Miss(virtualService.Source, $"{bound.At(host)!.Source.Id} has the host {host} in the mesh already");
            }
        }
        return bound;
    }

    private void AddService(List<VirtualHost> hosts, IReadOnlyList<RegistryService> descriptions, HostMap<BoundVirtualService> bound)
    {
        var host = descriptions[0].Host;
        var ports = descriptions.SelectMany(d => d.Ports.Select(p => (Service: d, p.Number, p.Protocol))).DistinctBy(p => p.Number).ToList();
        if (ports.Count == 0 && descriptions[0].ExternalName is not null)
            ports.Add((descriptions[0], HttpPort, PortProtocol.Http));
        if (ports.Count == 0)
            return;
        services.Reach(host);
        var http = ports.FindIndex(p => p.Protocol is PortProtocol.Http or PortProtocol.Http2 or PortProtocol.Auto);
        var standard = Math.Max(http, 0);
        for (var i = 0; i < ports.Count; i++)
        {
            var (service, port, _) = ports[i];
            // Names under a wildcard are found without their port only.
            if (i != standard && HostNames.IsWildcard(host))
                continue;
            if (clusters.Find(service, port) is not { } cluster)
                continue;
            var own = bound.Find(host) is { } virtualService ? Routes(virtualService, host, port) : [];
            hosts.Add(Host(host, port, i == standard, own.Length > 0 ? own : [Plain(service, cluster, port)]));
        }
    }

    // A host that is no service, on the port that a name without one stands for.
    private void AddForeign(List<VirtualHost> hosts, string host, BoundVirtualService virtualService)
    {
        var own = Routes(virtualService, host, HttpPort);
        if (own.Length > 0)
            hosts.Add(Host(host, HttpPort, true, own));
    }

    private Route[] Routes(BoundVirtualService virtualService, string host, int port)
    {
        virtualService.Cover([host]);
        var compiled = routes.Compile(virtualService, new RouteScope(NameResolver.Mesh, port, false));
        if (compiled.Length > 0)
        {
            virtualService.ServesHttp = true;
            ledger.Serve(virtualService.Source);
        }
        return compiled;
    }

    private Route Plain(RegistryService service, Cluster cluster, int port)
    {
        var hash = clusters.Hash(service, cluster, port);
        var destination = new WeightedCluster(cluster.Text, cluster, 1, HeaderMutator.None, HeaderMutator.None) { Hash = hash };
        return new Route
        {
            Name = "default",
            Matcher = RouteMatcher.Any,
            Action = new ForwardAction
            {
                Clusters = new WeightedClusters([destination]),
                Retry = RetryCompiler.Compile(null, defaultRetry, isHashed: hash is not null),
            },
            At = service.Source.Position.ToString(),
        };
    }

    private VirtualHost Host(string host, int port, bool isStandard, Route[] own)
    {
        var names = Names(host.ToLowerInvariant());
        return new VirtualHost
        {
            Name = HostNames.WithPort(host.ToLowerInvariant(), port),
            // The standard port's names answer for ports that the service does not have, too.
            Domains = isStandard ? [.. names] : [.. names.Select(n => $"{n}:{port}")],
            Routes = own,
        };
    }

    // The names by which a service of the cluster's domain is called; the shortest only inside the namespace of the callers.
    private IEnumerable<string> Names(string host)
    {
        yield return host;
        if (!host.EndsWith(_domainSuffix, StringComparison.Ordinal))
            yield break;
        var service = host[..^_domainSuffix.Length];
        yield return $"{service}.svc";
        yield return service;
        if (service.EndsWith($".{identity.Namespace}", StringComparison.Ordinal))
            yield return service[..^(identity.Namespace.Length + 1)];
    }
}
