using Sluice.Api.Mesh;
using Sluice.Api.Networking;

namespace Sluice.ControlPlane.Compilation;

/// <summary>The fields that have their meaning inside a mesh, or for statistics alone, and none for the traffic of a gateway. Istio's
/// gateways leave them aside as well.</summary>
internal static class FieldsWithoutEffect
{
    private const string Mesh = "it matters inside a mesh only";
    private const string Identity = "it is part of an identity that only mutual TLS inside a mesh proves";
    private const string Sidecars = "it configures Istio's own proxies";
    private const string Caller = "a gateway does not look at the caller of a connection";

    /// <summary>Of a Gateway's server.</summary>
    public static readonly FieldCheck<Server>[] Server =
    [
        new("name", s => !string.IsNullOrEmpty(s.Name), "there are no statistics of single servers"),
    ];

    /// <summary>Of a ServiceEntry.</summary>
    public static readonly FieldCheck<ServiceEntrySpec>[] ServiceEntry =
    [
        new("addresses", s => s.Addresses is { Count: > 0 }, "requests are routed by name, not by the address they were sent to"),
        new("location", s => s.Location is not null, Mesh),
    ];

    /// <summary>Of a WorkloadEntry, or of an endpoint in a ServiceEntry.</summary>
    public static readonly FieldCheck<WorkloadEntrySpec>[] WorkloadEntry =
    [
        new("network", e => !string.IsNullOrEmpty(e.Network), Mesh),
    ];

    /// <summary>Of a <c>trafficPolicy</c> and of its entries by port.</summary>
    public static readonly FieldCheck<PortTrafficPolicy>[] PortTrafficPolicy =
    [
        new("outlierDetection.consecutiveErrors", p => p.OutlierDetection?.ConsecutiveErrors is > 0,
            "Istio has replaced it by consecutive5xxErrors and consecutiveGatewayErrors"),
        new("loadBalancer.zoneAwareLbSetting.minClusterSize", p => p.LoadBalancer?.ZoneAwareLbSetting?.MinClusterSize is not null,
            "how the gateways themselves are spread over zones is not known, so those of a region get equal traffic whatever their number"),
    ];

    /// <summary>Of a match in an HTTP rule.</summary>
    public static readonly FieldCheck<HttpMatch>[] HttpMatch =
    [
        new("statPrefix", m => !string.IsNullOrEmpty(m.StatPrefix), "there are no statistics of single matches"),
    ];

    /// <summary>Of a match in a TLS rule.</summary>
    public static readonly FieldCheck<TlsMatchAttributes>[] TlsMatch =
    [
        new("destinationSubnets", m => m.DestinationSubnets is { Count: > 0 }, Caller),
        new("sourceLabels", m => m.SourceLabels is { Count: > 0 }, Caller),
        new("sourceNamespace", m => !string.IsNullOrEmpty(m.SourceNamespace), Caller),
    ];

    /// <summary>Of a match in a TCP rule.</summary>
    public static readonly FieldCheck<L4MatchAttributes>[] TcpMatch =
    [
        new("destinationSubnets", m => m.DestinationSubnets is { Count: > 0 }, Caller),
        new("sourceSubnet", m => !string.IsNullOrEmpty(m.SourceSubnet), Caller),
        new("sourceLabels", m => m.SourceLabels is { Count: > 0 }, Caller),
        new("sourceNamespace", m => !string.IsNullOrEmpty(m.SourceNamespace), Caller),
    ];

    /// <summary>Of the MeshConfig.</summary>
    public static readonly FieldCheck<MeshConfig>[] MeshConfig =
    [
        new("outboundTrafficPolicy", m => m.OutboundTrafficPolicy is not null, Mesh),
        new("meshMTLS", m => m.MeshMTLS is not null, Mesh),
        new("serviceSettings", m => m.ServiceSettings is { Count: > 0 }, Mesh),
        new("defaultConfig.concurrency", m => m.DefaultConfig?.Concurrency is not null, Sidecars),
        new("defaultConfig.meshId", m => !string.IsNullOrEmpty(m.DefaultConfig?.MeshId), Identity),
        new("defaultConfig.proxyHeaders.forwardedClientCert", m => m.DefaultConfig?.ProxyHeaders?.ForwardedClientCert is not null,
            "gateways go by gatewayTopology.forwardClientCertDetails"),
        new("defaultConfig.proxyHeaders.metadataExchangeHeaders",
            m => m.DefaultConfig?.ProxyHeaders?.MetadataExchangeHeaders is not null, Mesh),
    ];
}
