using Sluice.Api.Networking;
using Sluice.Api.Resources;
using Sluice.ControlPlane.Discovery;

namespace Sluice.ControlPlane.Compilation;

/// <summary>Says of each VirtualService what of it leads nowhere, once all listeners are made.</summary>
internal sealed class VirtualServiceReport(
    IReadOnlyList<Resource<GatewaySpec>> gateways, GatewayIdentity identity, GatewayPorts ports, ObjectLedger ledger)
{
    private readonly Dictionary<string, Resource<GatewaySpec>> _gateways =
        gateways.ToDictionary(g => $"{g.Namespace}/{g.Name}", StringComparer.Ordinal);

    /// <summary>Writes the reasons into the ledger.</summary>
    public void Report(BoundVirtualService virtualService)
    {
        var isBound = false;
        foreach (var name in virtualService.Gateways)
        {
            if (WhyNotBound(name) is not { } reason)
                isBound = true;
            // That another gateway serves it as well is no flaw; that a Gateway does not exist is one.
            else if (!ledger.Serves(virtualService.Source) || name != NameResolver.Mesh && !_gateways.ContainsKey(name))
                ledger.Miss(virtualService.Source, reason);
        }
        if (!isBound)
            return;
        foreach (var host in virtualService.Uncovered)
            ledger.Miss(virtualService.Source, $"no server of its Gateways covers the host {host}");
        if (virtualService.Uncovered.Count == virtualService.Hosts.Length)
            return;
        var spec = virtualService.Source.Spec;
        Section(virtualService, "spec.http", spec.Http is { Count: > 0 }, virtualService.ServesHttp);
        Section(virtualService, "spec.tls", spec.Tls is { Count: > 0 }, virtualService.ServesTls);
        Section(virtualService, "spec.tcp", spec.Tcp is { Count: > 0 }, virtualService.ServesTcp);
    }

    private string? WhyNotBound(string name)
    {
        if (name == NameResolver.Mesh)
            return identity.Mesh is not null ? null : "it is bound to the gateway mesh, and the listener for that is off (--mesh)";
        return !_gateways.TryGetValue(name, out var gateway) ? $"Gateway {name} does not exist"
            : GatewayMerger.WhyNotSelected(gateway, identity, ports) is { } reason ? $"Gateway {name}: {reason}"
            : null;
    }

    private void Section(BoundVirtualService virtualService, string path, bool isWritten, bool isServed)
    {
        if (!isWritten || isServed)
            return;
        var reason = $"{path}: no rule applies to a server of its Gateways";
        if (ledger.Serves(virtualService.Source))
            ledger.Miss(virtualService.Source, reason);
        else
            ledger.Explain(virtualService.Source, reason);
    }
}
