using Sluice.Api.Findings;
using Sluice.Api.Kubernetes;
using Sluice.ControlPlane.Validation.Checks;

namespace Sluice.ControlPlane.Validation.Analysis;

/// <summary>Ports of Services whose name says no protocol: what they speak is then guessed.</summary>
internal static class ServicePorts
{
    private static readonly string[] SystemNamespaces = ["kube-system", "kube-public", "kube-node-lease", "local-path-storage"];

    /// <summary>Looks at all Services.</summary>
    public static void Run(ConfigIndex index, List<Finding> findings)
    {
        foreach (var (service, root) in ConfigIndex.Whole(index.Set.Services, findings))
        {
            if (SystemNamespaces.Contains(service.Namespace) || service.Namespace == index.RootNamespace) continue;
            foreach (var (port, at) in root["spec"]["ports"].Each(service.Spec.Ports))
            {
                if (port.Protocol is not (null or "" or "TCP") || port.AppProtocol is { Length: > 0 } || SaysProtocol(port))
                    continue;
                at.Info(Codes.PortName,
                    $"{at.Path}{(port.Name is null ? "" : $" \"{port.Name}\"")} ({port.Port}) says no protocol: HTTP/1.1 is "
                    + "spoken to it",
                    "begin its name with the protocol, e.g. grpc-api, or set appProtocol");
            }
        }
    }

    private static bool SaysProtocol(ServiceSpecPort port)
    {
        if (port.Name is not { Length: > 0 } name) return false;
        var prefix = name.StartsWith("grpc-web", StringComparison.OrdinalIgnoreCase) ? "grpc-web" : name.Split('-')[0];
        return Protocols.KindOf(prefix) != ProtocolKind.Unknown;
    }
}
