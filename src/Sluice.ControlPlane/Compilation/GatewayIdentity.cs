using System.Net;

namespace Sluice.ControlPlane.Compilation;

/// <summary>Who this gateway is: what istiod would read from its pod, here from flags. Selectors, name resolution and the binding of
/// ports depend on it.</summary>
public sealed record GatewayIdentity
{
    /// <summary>Workload labels, matched by Gateway <c>selector</c> (<c>--labels</c>).</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } =
        new Dictionary<string, string> { ["istio"] = "ingressgateway" };

    /// <summary>Namespace that the gateway runs in (<c>--namespace</c>); its Secrets serve <c>credentialName</c>. It is also taken for the
    /// mesh's root namespace unless the MeshConfig names another.</summary>
    public string Namespace { get; init; } = "istio-system";

    /// <summary>Name in metrics and traces (<c>--workload</c>).</summary>
    public string Workload { get; init; } = "istio-ingressgateway";

    /// <summary>Domain of the cluster, completes short service names (<c>--domain</c>).</summary>
    public string Domain { get; init; } = "cluster.local";

    /// <summary>Ports to bind instead of those that Gateway servers name (<c>--port-map</c>).</summary>
    public IReadOnlyDictionary<int, int> PortMap { get; init; } = new Dictionary<int, int>();

    /// <summary>Address for servers without <c>bind</c> (<c>--bind</c>); null for every address.</summary>
    public string? Bind { get; init; }

    /// <summary>Address of the listener for calls between services (<c>--mesh</c>); null when it is off.</summary>
    public IPEndPoint? Mesh { get; init; }

    /// <summary>Folder with the gateway's own certificate, <c>WORKLOAD.crt</c> and <c>WORKLOAD.key</c>, and its authority's, <c>ca.crt</c>
    /// (<c>--certs</c>): what the mesh would give it. Null without.</summary>
    public string? Certs { get; init; }

    /// <summary>Whether HTTP/1.0 is served (<c>--http10</c>).</summary>
    public bool Http10 { get; init; }
}
