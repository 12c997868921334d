using Sluice.Api.Kubernetes;
using Sluice.Api.Mesh;
using Sluice.Api.Resources;
using Sluice.ControlPlane.Sources;

namespace Sluice.ControlPlane.Discovery;

/// <summary>All services that this gateway may send to, found by host name.</summary>
internal sealed class ServiceRegistry
{
    private const string ServiceExportAnnotation = "networking.istio.io/exportTo";

    private readonly Dictionary<string, List<RegistryService>> _byHost = new(StringComparer.Ordinal);
    private readonly List<RegistryService> _all = [];
    private readonly HashSet<RegistryService> _reached = [];

    private ServiceRegistry()
    {
    }

    /// <summary>In Istio's order of precedence: Kubernetes Services, then ServiceEntries.</summary>
    public IReadOnlyList<RegistryService> All => _all;

    /// <summary>Puts together what a configuration says about services.</summary>
    /// <param name="set">The configuration.</param>
    /// <param name="mesh">The MeshConfig in force.</param>
    /// <param name="ns">Namespace of this gateway: services that are not exported to it don't exist for it.</param>
    /// <param name="names">Completes names.</param>
    /// <param name="ledger">Takes what becomes of each object.</param>
    public static ServiceRegistry Build(ConfigSet set, MeshConfig mesh, string ns, NameResolver names, ObjectLedger ledger)
    {
        var registry = new ServiceRegistry();
        var workloads = new Workloads(set.Pods, set.WorkloadEntries);
        var kubernetes = new KubernetesServices(set, workloads, names, ledger);
        foreach (var service in set.Services)
        {
            var exportTo = service.Metadata.Annotations.TryGetValue(ServiceExportAnnotation, out var written)
                ? written.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                : null;
            var described = kubernetes.Describe(service);
            if (ExportScope.Reach(exportTo, service.Namespace, ns, mesh.DefaultServiceExportTo) == ExportReach.None)
                ledger.Miss(service, $"the annotation {ServiceExportAnnotation} does not include the namespace {ns}");
            else
                registry.Add(described);
        }
        kubernetes.ReportStrays();
        var entries = new ServiceEntries(workloads, ledger);
        foreach (var entry in set.ServiceEntries)
        {
            var visible = ExportScope.Reach(entry.Spec.ExportTo, entry.Namespace, ns, mesh.DefaultServiceExportTo) != ExportReach.None;
            foreach (var described in entries.Describe(entry))
            {
                if (!visible)
                    ledger.Miss(entry, $"spec.exportTo does not include the namespace {ns}");
                else if (registry.Descriptions(described.Host) is [{ Source: Resource<ServiceSpec> service }, ..])
                    ledger.Miss(entry, $"{service.Id} has the host {described.Host}; the entry adds no endpoints to it");
                else
                    registry.Add(described);
            }
        }
        foreach (var pod in set.Pods)
            ledger.Explain(pod, "no Service or ServiceEntry selects it");
        foreach (var entry in set.WorkloadEntries)
            ledger.Explain(entry, "no Service or ServiceEntry selects it");
        return registry;
    }

    /// <summary>The service of a host: of several descriptions the one of the namespace that asks, else the first.</summary>
    public RegistryService? Find(string host, string ns)
    {
        if (!_byHost.TryGetValue(host, out var services))
            return null;
        foreach (var service in services)
        {
            if (service.Namespace == ns)
                return service;
        }
        return services[0];
    }

    /// <summary>All descriptions of a host, in order of precedence; the first one that has a port serves it.</summary>
    public IReadOnlyList<RegistryService> Descriptions(string host) => _byHost.GetValueOrDefault(host) ?? [];

    /// <summary>Notes that a route leads to the host.</summary>
    public void Reach(string host)
    {
        foreach (var service in Descriptions(host))
            _reached.Add(service);
    }

    /// <summary>Whether a route leads to the service.</summary>
    public bool IsReached(RegistryService service) => _reached.Contains(service);

    private void Add(RegistryService service)
    {
        _all.Add(service);
        if (!_byHost.TryGetValue(service.Host, out var services))
            _byHost[service.Host] = services = [];
        services.Add(service);
    }
}
