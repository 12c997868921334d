using System.Text.Json.Serialization;
using Sluice.Api.Networking;
using Sluice.Api.Telemetry;

namespace Sluice.Api.Mesh;

/// <summary>Settings of a proxy; the annotation <c>proxy.istio.io/config</c> has the same form.</summary>
public sealed record ProxyConfig
{
    /// <summary>How requests are traced.</summary>
    public ProxyTracing? Tracing { get; init; }

    /// <summary>How the service is named in traces.</summary>
    public TracingServiceName? TracingServiceName { get; init; }

    /// <summary>What stands in front of the gateway.</summary>
    public GatewayTopology? GatewayTopology { get; init; }

    /// <summary>Headers that the proxy adds by itself.</summary>
    public ProxyHeaders? ProxyHeaders { get; init; }

    /// <summary>Number of worker threads; Sluice always uses all cores.</summary>
    public int? Concurrency { get; init; }

    /// <summary>Time over which connections are drained after a listener changed.</summary>
    public TimeSpan? DrainDuration { get; init; }

    /// <summary>Time that requests get when the process ends; absent means 5s.</summary>
    public TimeSpan? TerminationDrainDuration { get; init; }

    /// <summary>Name of the mesh, shown in traces.</summary>
    public string? MeshId { get; init; }

    /// <summary>Old form of <c>tracing.zipkin.address</c>.</summary>
    public string? ZipkinAddress { get; init; }
}

/// <summary>How a service is named in traces.</summary>
public enum TracingServiceName
{
    /// <summary>By its label <c>app</c> and its namespace.</summary>
    [JsonStringEnumMemberName("APP_LABEL_AND_NAMESPACE")]
    AppLabelAndNamespace,

    /// <summary>By its canonical name.</summary>
    [JsonStringEnumMemberName("CANONICAL_NAME_ONLY")]
    CanonicalNameOnly,

    /// <summary>By its canonical name and its namespace.</summary>
    [JsonStringEnumMemberName("CANONICAL_NAME_AND_NAMESPACE")]
    CanonicalNameAndNamespace,
}

/// <summary>How a proxy traces requests.</summary>
public sealed record ProxyTracing
{
    /// <summary>A Zipkin collector.</summary>
    public TracerAddress? Zipkin { get; init; }

    /// <summary>A Datadog agent.</summary>
    public TracerAddress? Datadog { get; init; }

    /// <summary>An OpenCensus agent.</summary>
    public TracerAddress? OpenCensusAgent { get; init; }

    /// <summary>Tags on each span, by name.</summary>
    public IReadOnlyDictionary<string, CustomTag>? CustomTags { get; init; }

    /// <summary>Length at which the path in a span is cut off; absent means 256.</summary>
    public uint? MaxPathTagLength { get; init; }

    /// <summary>Share of the requests that is traced, 0.0 to 100.0; absent means 1.</summary>
    public double? Sampling { get; init; }

    /// <summary>TLS towards the collector.</summary>
    public ClientTlsSettings? TlsSettings { get; init; }

    /// <summary>Add Istio's own tags; absent means yes.</summary>
    public bool? EnableIstioTags { get; init; }
}

/// <summary>Where a collector is.</summary>
public sealed record TracerAddress
{
    /// <summary><c>host:port</c>.</summary>
    public string? Address { get; init; }
}

/// <summary>What stands in front of the gateway.</summary>
public sealed record GatewayTopology
{
    /// <summary>Number of proxies whose <c>x-forwarded-for</c> is believed; absent means 0.</summary>
    public uint? NumTrustedProxies { get; init; }

    /// <summary>What happens to <c>x-forwarded-client-cert</c>; absent means <c>SANITIZE_SET</c>.</summary>
    public ForwardClientCertDetails? ForwardClientCertDetails { get; init; }

    /// <summary>When present, connections begin with a PROXY header.</summary>
    public ProxyProtocolConfiguration? ProxyProtocol { get; init; }
}

/// <summary>Connections begin with a PROXY header; it has no settings.</summary>
public sealed record ProxyProtocolConfiguration;

/// <summary>What happens to <c>x-forwarded-client-cert</c>.</summary>
public enum ForwardClientCertDetails
{
    /// <summary>As if absent.</summary>
    [JsonStringEnumMemberName("UNDEFINED")]
    Undefined,

    /// <summary>It is removed.</summary>
    [JsonStringEnumMemberName("SANITIZE")]
    Sanitize,

    /// <summary>It is passed on when the client has a certificate.</summary>
    [JsonStringEnumMemberName("FORWARD_ONLY")]
    ForwardOnly,

    /// <summary>The client's certificate is appended to it.</summary>
    [JsonStringEnumMemberName("APPEND_FORWARD")]
    AppendForward,

    /// <summary>The client's certificate replaces it.</summary>
    [JsonStringEnumMemberName("SANITIZE_SET")]
    SanitizeSet,

    /// <summary>It is passed on in any case.</summary>
    [JsonStringEnumMemberName("ALWAYS_FORWARD_ONLY")]
    AlwaysForwardOnly,
}
