using Sluice.Api.Findings;
using Sluice.Api.Kubernetes;
using Sluice.Api.Resources;
using Sluice.ControlPlane.Discovery;
using Sluice.ControlPlane.Validation.Checks;

namespace Sluice.ControlPlane.Validation.Analysis;

/// <summary>Ports of Services: whether they say what is spoken, and whether the Pods have the port that they name.</summary>
internal sealed class ServicePorts
{
    private static readonly string[] SystemNamespaces = ["kube-system", "kube-public", "kube-node-lease", "local-path-storage"];

    /// <summary>What <c>appProtocol</c> is mostly meant to be.</summary>
    private static readonly string[] KnownProtocols =
        ["http", "http2", "grpc", "grpc-web", "https", "tls", "tcp", "mongo", "mysql", "redis", "kubernetes.io/h2c",
            "kubernetes.io/ws", "kubernetes.io/wss"];

    private readonly ConfigIndex _index;

    /// <summary>Services whose endpoints are written down, so that <c>targetPort</c> is not looked at.</summary>
    private readonly HashSet<(string Namespace, string? Name)> _withEndpoints;

    private ServicePorts(ConfigIndex index)
    {
        _index = index;
        _withEndpoints = [.. index.Set.Endpoints.Select(endpoints => (endpoints.Namespace, (string?)endpoints.Name)),
            .. index.Set.EndpointSlices.Select(slice =>
                (slice.Namespace, slice.Metadata.Labels.GetValueOrDefault("kubernetes.io/service-name")))];
    }

    /// <summary>Looks at all Services.</summary>
    public static void Run(ConfigIndex index, List<Finding> findings)
    {
        var analysis = new ServicePorts(index);
        foreach (var (service, root) in ConfigIndex.Whole(index.Set.Services, findings))
        {
            var isSystem = SystemNamespaces.Contains(service.Namespace) || service.Namespace == index.RootNamespace;
            foreach (var (port, at) in root["spec"]["ports"].Each(service.Spec.Ports))
            {
                if (!isSystem) CheckProtocol(at, port);
                if (port.TargetPort is { IsName: true } target) analysis.CheckTarget(at["targetPort"], target.Name!, service);
            }
        }
    }

    private static void CheckProtocol(Field at, ServiceSpecPort port)
    {
        if (PortProtocols.OfService(port.Protocol, port.AppProtocol, port.Name, port.Port ?? 0) != PortProtocol.Auto) return;
        if (port.AppProtocol is { Length: > 0 } word)
        {
            at["appProtocol"].Warning(Codes.UnknownAppProtocol,
                $"{at.Path}.appProtocol \"{word}\" is no protocol that is known: HTTP/1.1 is spoken to it",
                Suggestions.DidYouMean(word, KnownProtocols) ?? $"e.g. {string.Join(", ", KnownProtocols.Take(3))}");
            return;
        }

        at.Info(Codes.PortName,
            $"{at.Path}{(port.Name is null ? "" : $" \"{port.Name}\"")} ({port.Port}) says no protocol: HTTP/1.1 is "
            + "spoken to it",
            "begin its name with the protocol, e.g. grpc-api, or set appProtocol");
    }

    private void CheckTarget(Field at, string name, Resource<ServiceSpec> service)
    {
        if (service.Spec.Selector is not { Count: > 0 } selector || _withEndpoints.Contains((service.Namespace, service.Name)))
            return;
        var selected = _index.Workloads.Select(service.Namespace, selector).Select(workload => workload.Source).ToList();
        var ports = selected.OfType<Resource<Pod>>().SelectMany(pod => pod.Spec.Spec?.Containers ?? [])
            .SelectMany(container => container.Ports ?? []).Select(port => port.Name).OfType<string>().ToList();
        if (selected.Count == 0 || selected.Exists(source => source is not Resource<Pod>) || ports.Contains(name)) return;
        at.Warning(Codes.TargetPortNotFound,
            $"{at.Path} {name}: none of the Pods of {service.Name} has a port of this name, so requests get 503",
            Suggestions.DidYouMean(name, ports) ?? (ports.Count == 0 ? "name the port in the Pods' containers" : $"they have "
                + string.Join(", ", ports.Distinct())));
    }
}
