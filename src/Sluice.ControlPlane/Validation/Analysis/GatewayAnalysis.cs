using Sluice.Api.Findings;
using Sluice.Api.Kubernetes;
using Sluice.Api.Networking;
using Sluice.Api.Resources;
using Sluice.ControlPlane.Validation.Checks;

namespace Sluice.ControlPlane.Validation.Analysis;

/// <summary>Whether a Gateway's selector leads to a workload, its credentials exist, and its ports are open on the workload's
/// Service.</summary>
internal sealed class GatewayAnalysis
{
    private readonly ConfigIndex _index;
    private readonly CredentialAnalysis _credentials;
    private readonly ILookup<string, Resource<ServiceSpec>> _services;
    private readonly Dictionary<string, HashSet<uint>> _portsBySelector = new(StringComparer.Ordinal);

    private GatewayAnalysis(ConfigIndex index)
    {
        _index = index;
        _credentials = new CredentialAnalysis(index);
        _services = index.Set.Services.ToLookup(service => service.Namespace, StringComparer.Ordinal);
    }

    /// <summary>Looks at all Gateways.</summary>
    public static void Run(ConfigIndex index, List<Finding> findings)
    {
        var analysis = new GatewayAnalysis(index);
        foreach (var (gateway, root) in ConfigIndex.Whole(index.Set.Gateways, findings))
            analysis.Check(gateway.Spec, root["spec"]);
    }

    private void Check(GatewaySpec gateway, Field at)
    {
        var isOurs = Labels.Select(gateway.Selector, _index.Identity.Labels);
        var workload = _index.Workloads.SelectAnywhere(gateway.Selector).FirstOrDefault();
        if (!isOurs && workload is null)
        {
            ReportSelector(at["selector"], gateway);
            return;
        }

        var place = isOurs ? _index.Identity.Namespace : workload!.Source.Namespace;
        foreach (var (server, each) in at["servers"].Each(gateway.Servers))
        {
            if (server.Tls is { } tls) _credentials.Check(each["tls"], tls, place);
        }

        if (workload is not null && gateway.Selector is { Count: > 0 }) CheckPorts(at, gateway);
    }

    private void ReportSelector(Field at, GatewaySpec gateway)
    {
        var selector = Labels.Text(gateway.Selector);
        var hint = $"this gateway's labels are {Labels.Text(_index.Identity.Labels)}";
        if (_index.Workloads.Any) at.Error(Codes.NotFound, $"{at.Path} {selector} selects no workload", hint);
        else
            at.Warning(Codes.ForeignGateway,
                $"{at.Path} {selector} does not select this gateway: its servers are not served here", hint);
    }

    private void CheckPorts(Field at, GatewaySpec gateway)
    {
        var selector = Labels.Text(gateway.Selector);
        if (!_portsBySelector.TryGetValue(selector, out var open))
            _portsBySelector[selector] = open = OpenPorts(gateway.Selector!);
        foreach (var (server, each) in at["servers"].Each(gateway.Servers))
        {
            if (server.Port?.Number is not { } number || number == 0 || open.Contains(number)) continue;
            var portAt = each["port"]["number"];
            portAt.Warning(Codes.PortNotOnService,
                $"{portAt.Path} {number} is not a port of a Service that selects the gateway's workload ({selector}): it can't "
                    + "be reached through it",
                open.Count == 0 ? "add the port to the Service" : $"open are {string.Join(", ", open.Order())}");
        }
    }

    /// <summary>Ports under which the workload can be reached: those of the Services that select it, and those they lead
    /// to.</summary>
    private HashSet<uint> OpenPorts(IReadOnlyDictionary<string, string> selector)
    {
        var open = new HashSet<uint>();
        foreach (var workload in _index.Workloads.SelectAnywhere(selector))
        {
            foreach (var service in _services[workload.Source.Namespace])
            {
                if (service.Spec.Selector is not { Count: > 0 } selects || !Labels.Select(selects, workload.Labels)) continue;
                foreach (var port in service.Spec.Ports ?? []) AddPort(open, port, workload);
            }
        }

        return open;
    }

    private static void AddPort(HashSet<uint> open, ServiceSpecPort port, Workload workload)
    {
        if (port.Protocol is not (null or "" or "TCP")) return;
        if (port.Port is > 0) open.Add((uint)port.Port);
        if (port.TargetPort is not { } target) return;
        if (!target.IsName)
        {
            open.Add((uint)target.Number);
            return;
        }

        foreach (var container in (workload.Source as Resource<Pod>)?.Spec.Spec?.Containers ?? [])
        {
            foreach (var named in container.Ports ?? [])
            {
                if (named.Name == target.Name && named.ContainerPort is > 0) open.Add((uint)named.ContainerPort);
            }
        }
    }
}
