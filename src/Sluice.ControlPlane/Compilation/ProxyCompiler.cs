using Sluice.Api.Findings;
using Sluice.Api.Networking;
using Sluice.ControlPlane.Discovery;
using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Listeners;
using Sluice.DataPlane.Routing;
using TlsMode = Sluice.DataPlane.Listeners.TlsMode;

namespace Sluice.ControlPlane.Compilation;

/// <summary>Compiles the filter chains of servers that pass bytes on: TCP, TLS that is terminated before, TLS that is passed through.</summary>
/// <remarks>Of TCP rules only the first that applies counts, and of a match only what does not depend on the connection: <c>port</c> and
/// <c>gateways</c>.</remarks>
internal sealed class ProxyCompiler(
    VirtualServiceTable virtualServices, ServiceRegistry services, ClusterTable clusters, NameResolver names, ObjectLedger ledger)
{
    /// <summary>The chain of a TCP server, or of one that terminates TLS without HTTP: the first VirtualService with a rule that applies.
    /// None when there is no such rule.</summary>
    public FilterChain? Tcp(ServerPlan server, string[] sni)
    {
        foreach (var virtualService in Bound(server))
        {
            var rules = virtualService.Source.Spec.Tcp ?? [];
            for (var i = 0; i < rules.Count; i++)
            {
                var rule = rules[i];
                if (rule.Route is not { Count: > 0 })
                    continue;
                if (rule.Match is { Count: > 0 } matches && !matches.Any(m => Applies(m, server, virtualService)))
                    continue;
                virtualService.ServesTcp = true;
                ledger.Serve(virtualService.Source);
                return Chain(server, sni, virtualService, $"spec.tcp[{i}]", rule.Route);
            }
        }
        return null;
    }

    /// <summary>The chains of a server that routes by server name: one for each match of a <c>tls</c> rule.</summary>
    /// <param name="server">The server.</param>
    /// <param name="taken">Server names on this listener so far; a match with one of them is left out.</param>
    public IEnumerable<FilterChain> ByServerName(ServerPlan server, HashSet<string> taken)
    {
        foreach (var virtualService in Bound(server))
        {
            var rules = virtualService.Source.Spec.Tls ?? [];
            for (var i = 0; i < rules.Count; i++)
            {
                if (rules[i].Route is not { Count: > 0 } destinations)
                    continue;
                for (var j = 0; j < (rules[i].Match?.Count ?? 0); j++)
                {
                    var match = rules[i].Match![j];
                    if (!Applies(match, server, virtualService))
                        continue;
                    virtualService.ServesTls = true;
                    ledger.Serve(virtualService.Source);
                    var sni = Sni(match.SniHosts ?? []);
                    var path = $"spec.tls[{i}].match[{j}].sniHosts";
                    if (Repeated(sni, taken) is { } repeated)
                    {
                        ledger.Report(virtualService.Source, path, Severity.Warning, FindingCodes.GivesWay,
                            $"the match is left out: {repeated} is served by another one on port {server.Port}");
                        ledger.Miss(virtualService.Source, $"{path}: {repeated} is served by another match");
                        continue;
                    }
                    yield return Chain(server, sni, virtualService, $"spec.tls[{i}]", destinations);
                }
            }
        }
    }

    /// <summary>The chains of a server in mode AUTO_PASSTHROUGH: one for each cluster of the services that its hosts cover, by the server
    /// name <c>outbound_.PORT_.SUBSET_.HOST</c>.</summary>
    public IEnumerable<FilterChain> ByCluster(ServerPlan server)
    {
        foreach (var cluster in clusters.All)
        {
            var name = cluster.Name;
            if (!server.HostsFor(cluster.ServiceNamespace).Exists(h => HostNames.IsWithin(name.Host, h)))
                continue;
            services.Reach(name.Host);
            clusters.Reach(cluster);
            yield return new FilterChain
            {
                Sni = [$"outbound_.{name.Port}_.{name.Subset}_.{name.Host}".ToLowerInvariant()],
                Tls = TlsMode.AutoPassthrough,
                Clusters = new WeightedClusters([Entry(cluster.Text, cluster, 1)]),
                At = server.At,
                Source = server.Gateway.Id,
            };
        }
    }

    /// <summary>Server names of a list of hosts: in lower case; empty when any name is among them.</summary>
    public static string[] Sni(IEnumerable<string> hosts)
    {
        var names = hosts.Select(h => h.ToLowerInvariant()).Distinct().ToArray();
        return names.Contains("*") ? [] : names;
    }

    /// <summary>Takes the names of a chain; returns one that was taken before, in which case none is taken.</summary>
    public static string? Repeated(string[] sni, HashSet<string> taken)
    {
        string[] keys = sni.Length == 0 ? ["*"] : sni;
        if (Array.Find(keys, taken.Contains) is { } repeated)
            return repeated;
        taken.UnionWith(keys);
        return null;
    }

    private IEnumerable<BoundVirtualService> Bound(ServerPlan server)
    {
        foreach (var virtualService in virtualServices.Of(server.GatewayName))
        {
            var hosts = server.HostsFor(virtualService.Source.Namespace);
            if (!virtualService.Hosts.Any(own => hosts.Exists(h => HostNames.Overlap(h, own))))
                continue;
            virtualService.Cover(hosts);
            yield return virtualService;
        }
    }

    private static bool Applies(L4MatchAttributes match, ServerPlan server, BoundVirtualService virtualService) =>
        Applies(match.Port, match.Gateways, server, virtualService);

    private static bool Applies(TlsMatchAttributes match, ServerPlan server, BoundVirtualService virtualService) =>
        Applies(match.Port, match.Gateways, server, virtualService);

    private static bool Applies(uint? port, IReadOnlyList<string>? gateways, ServerPlan server, BoundVirtualService virtualService) =>
        (port is not > 0 || port == server.DeclaredPort)
        && (gateways is not { Count: > 0 }
            || gateways.Any(g => NameResolver.Gateway(g, virtualService.Source.Namespace) == server.GatewayName));

    private FilterChain Chain(
        ServerPlan server, string[] sni, BoundVirtualService virtualService, string path, IReadOnlyList<RouteDestination> destinations)
    {
        var source = virtualService.Source;
        var entries = new List<WeightedCluster>(destinations.Count);
        for (var i = 0; i < destinations.Count; i++)
        {
            var weight = destinations.Count == 1 ? 1 : destinations[i].Weight ?? 0;
            if (weight <= 0)
                continue;
            var destination = destinations[i].Destination;
            var port = destination?.Port?.Number is > 0 and var number ? (int?)number : null;
            var host = names.Host(destination?.Host ?? "", source.Namespace);
            var target = clusters.Find(host, port, destination?.Subset, source.Namespace, server.DeclaredPort);
            if (target.Missing is { } missing)
                ledger.Miss(source, $"{path}.route[{i}].destination: {missing}");
            entries.Add(Entry(target.Name, target.Cluster, weight));
        }
        if (entries.Count == 0)
        {
            ledger.Miss(source, $"{path} has no destination");
            entries.Add(Entry("", null, 1));
        }
        return new FilterChain
        {
            Sni = sni,
            Tls = server.Tls,
            Clusters = new WeightedClusters([.. entries]),
            At = source.Locate(path).ToString(),
            Source = source.Id,
        };
    }

    private static WeightedCluster Entry(string name, Cluster? cluster, int weight) =>
        new(name, cluster, weight, HeaderMutator.None, HeaderMutator.None);
}
