using System.Collections.Frozen;
using Sluice.ControlPlane.Discovery;
using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Routing;

namespace Sluice.ControlPlane.Compilation;

/// <summary>The clusters of the snapshot in the making, and the rules by which a route's destination finds its cluster.</summary>
internal sealed class ClusterTable(ServiceRegistry services, ClusterCompiler compiler)
{
    private readonly Dictionary<ClusterName, Cluster> _clusters = [];
    private readonly HashSet<Cluster> _reached = [];

    /// <summary>Compiles the clusters of all services: one for each port, and one for each subset of it.</summary>
    public void Fill()
    {
        foreach (var service in services.All)
        {
            foreach (var port in service.Ports)
            {
                foreach (var cluster in compiler.Compile(service, port))
                    _clusters.TryAdd(cluster.Name, cluster);
            }
        }
    }

    /// <summary>Finds where a destination leads, and notes that a route leads there.</summary>
    /// <param name="host">Full host name.</param>
    /// <param name="port">The port that the destination names; null when it names none.</param>
    /// <param name="subset">The subset; null or empty for the whole service.</param>
    /// <param name="ns">Namespace of the VirtualService: its own services go first.</param>
    /// <param name="listenerPort">The listener's port, which stands in for a port that the destination should name.</param>
    public Target Find(string host, int? port, string? subset, string ns, int listenerPort)
    {
        var service = services.Find(host, ns);
        services.Reach(host);
        if (service?.ExternalName is { } other)
            services.Reach(other);
        var number = port ?? (service is { Ports.Length: 1 } ? service.Ports[0].Number : listenerPort);
        var target = service?.ExternalName ?? host;
        var name = new ClusterName(number, subset ?? "", target);
        if (!_clusters.TryGetValue(name, out var cluster) && service is { ExternalName: not null })
            cluster = Alias(service, name);
        if (cluster is not null)
            Reach(cluster);
        return cluster is not null
            ? new Target(cluster.Text, cluster, null) { Hash = service is null ? null : compiler.Hash(service, cluster, subset, port) }
            : new Target(name.ToString(), null, Missing(service, host, number, subset));
    }

    /// <summary>The cluster of a service's port; null when there is none.</summary>
    public Cluster? Find(RegistryService service, int port)
    {
        var name = new ClusterName(port, "", service.ExternalName ?? service.Host);
        if (!_clusters.TryGetValue(name, out var cluster) && service.ExternalName is not null)
            cluster = Alias(service, name);
        if (cluster is not null)
            Reach(cluster);
        return cluster;
    }

    /// <summary>Notes that a route leads to the cluster.</summary>
    public void Reach(Cluster cluster) => _reached.Add(cluster);

    /// <summary>The clusters that routes lead to and whose endpoints have names. Nobody asks for the names of the others.</summary>
    public IReadOnlyList<NamedCluster> Named => [.. compiler.Named.Where(n => _reached.Contains(n.Cluster))];

    /// <summary>The key by which clients of a service's port keep to an endpoint; null for none.</summary>
    public HashPolicy? Hash(RegistryService service, Cluster cluster, int port) => compiler.Hash(service, cluster, null, port);

    /// <summary>All clusters so far.</summary>
    public IReadOnlyCollection<Cluster> All => _clusters.Values;

    /// <summary>All clusters by their names.</summary>
    public FrozenDictionary<string, Cluster> Freeze() => _clusters.Values.ToFrozenDictionary(c => c.Text, StringComparer.Ordinal);

    // A Service of type ExternalName stands for a host. If that is a service of its own, its clusters serve; else the name does.
    private Cluster? Alias(RegistryService service, ClusterName name)
    {
        if (name.Subset.Length > 0 || services.Descriptions(name.Host).Count > 0)
            return null;
        if (service.Ports.Length > 0 && service.Port(name.Port) is null)
            return null;
        var cluster = compiler.CompileAlias(service, name);
        _clusters.Add(name, cluster);
        return cluster;
    }

    private static string Missing(RegistryService? service, string host, int port, string? subset)
    {
        if (service is null)
            return $"no service has the host {host}";
        return string.IsNullOrEmpty(subset) || service.Port(port) is null
            ? $"{service.Source.Id} has no port {port}"
            : $"no DestinationRule defines the subset {subset} of {host}";
    }
}

/// <summary>Where a destination leads.</summary>
/// <param name="Name">Name of the cluster, also of one that does not exist.</param>
/// <param name="Cluster">The cluster; null when there is none.</param>
/// <param name="Missing">What is missing, when there is none.</param>
internal readonly record struct Target(string Name, Cluster? Cluster, string? Missing)
{
    /// <summary>The key by which clients keep to an endpoint; null for none.</summary>
    public HashPolicy? Hash { get; init; }
}
