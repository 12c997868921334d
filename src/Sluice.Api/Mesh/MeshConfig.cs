using System.Text.Json.Serialization;
using Sluice.Api.Networking;

namespace Sluice.Api.Mesh;

/// <summary>The part of Istio's MeshConfig that has a meaning for a gateway. Every field may be absent.</summary>
public sealed record MeshConfig
{
    /// <summary>Time to establish a connection to a service; absent means 10s.</summary>
    public TimeSpan? ConnectTimeout { get; init; }

    /// <summary>Probes on idle connections to services.</summary>
    public TcpKeepalive? TcpKeepalive { get; init; }

    /// <summary>Where the access log goes, e.g. <c>/dev/stdout</c>; absent or empty means nowhere.</summary>
    public string? AccessLogFile { get; init; }

    /// <summary>Format of its lines; absent or empty means Istio's default.</summary>
    public string? AccessLogFormat { get; init; }

    /// <summary>Form of its lines; absent means <c>TEXT</c>.</summary>
    public AccessLogEncoding? AccessLogEncoding { get; init; }

    /// <summary>Whether requests are traced.</summary>
    public bool? EnableTracing { get; init; }

    /// <summary>Settings of each proxy.</summary>
    public ProxyConfig? DefaultConfig { get; init; }

    /// <summary>What happens to destinations nobody knows; without meaning at a gateway.</summary>
    public OutboundTrafficPolicy? OutboundTrafficPolicy { get; init; }

    /// <summary>Trust domain of identities; absent means <c>cluster.local</c>.</summary>
    public string? TrustDomain { get; init; }

    /// <summary>Further names of the trust domain.</summary>
    public IReadOnlyList<string>? TrustDomainAliases { get; init; }

    /// <summary>Who sees a service that does not say; absent means everybody.</summary>
    public IReadOnlyList<string>? DefaultServiceExportTo { get; init; }

    /// <summary>Who sees a VirtualService that does not say; absent means everybody.</summary>
    public IReadOnlyList<string>? DefaultVirtualServiceExportTo { get; init; }

    /// <summary>Who sees a DestinationRule that does not say; absent means everybody.</summary>
    public IReadOnlyList<string>? DefaultDestinationRuleExportTo { get; init; }

    /// <summary>Namespace whose policies apply to the whole mesh; absent means <c>istio-system</c>.</summary>
    public string? RootNamespace { get; init; }

    /// <summary>How traffic is spread over localities.</summary>
    public LocalityLoadBalancerSetting? LocalityLbSetting { get; init; }

    /// <summary>Time after which a name is resolved again when its records don't say; absent means 60s.</summary>
    public TimeSpan? DnsRefreshRate { get; init; }

    /// <summary>Whether HTTP/1.1 requests go out as HTTP/2; absent means no.</summary>
    public H2UpgradePolicy? H2UpgradePolicy { get; init; }

    /// <summary>Retries of routes that have none of their own.</summary>
    public HttpRetry? DefaultHttpRetryPolicy { get; init; }

    /// <summary>Fills in connection pool and outlier detection where a DestinationRule has none.</summary>
    public TrafficPolicy? DefaultTrafficPolicy { get; init; }

    /// <summary>TLS between workloads of the mesh.</summary>
    public MeshTlsConfig? MeshMTLS { get; init; }

    /// <summary>TLS of Gateway servers that don't say.</summary>
    public MeshTlsConfig? TlsDefaults { get; init; }

    /// <summary>Services for tracing, logging and authorization, by name.</summary>
    public IReadOnlyList<MeshExtensionProvider>? ExtensionProviders { get; init; }

    /// <summary>Providers used where nothing else is said.</summary>
    public DefaultProviders? DefaultProviders { get; init; }

    /// <summary>How request paths are normalised.</summary>
    public PathNormalization? PathNormalization { get; init; }

    /// <summary>Settings for services by host.</summary>
    public IReadOnlyList<ServiceSettings>? ServiceSettings { get; init; }
}

/// <summary>Form of an access log line.</summary>
public enum AccessLogEncoding
{
    /// <summary>Text.</summary>
    [JsonStringEnumMemberName("TEXT")]
    Text,

    /// <summary>A JSON object.</summary>
    [JsonStringEnumMemberName("JSON")]
    Json,
}

/// <summary>What happens to destinations nobody knows.</summary>
public sealed record OutboundTrafficPolicy
{
    /// <summary>Whether they are reached.</summary>
    public OutboundTrafficPolicyMode? Mode { get; init; }
}

/// <summary>Whether unknown destinations are reached.</summary>
public enum OutboundTrafficPolicyMode
{
    /// <summary>No.</summary>
    [JsonStringEnumMemberName("REGISTRY_ONLY")]
    RegistryOnly,

    /// <summary>Yes.</summary>
    [JsonStringEnumMemberName("ALLOW_ANY")]
    AllowAny,
}

/// <summary>Defaults for TLS.</summary>
public sealed record MeshTlsConfig
{
    /// <summary>Oldest version that is spoken.</summary>
    public TlsProtocol? MinProtocolVersion { get; init; }

    /// <summary>Curves for the key exchange.</summary>
    public IReadOnlyList<string>? EcdhCurves { get; init; }

    /// <summary>Suites for versions up to 1.2, by OpenSSL name.</summary>
    public IReadOnlyList<string>? CipherSuites { get; init; }
}

/// <summary>Providers used where nothing else is said, by name.</summary>
public sealed record DefaultProviders
{
    /// <summary>For traces.</summary>
    public IReadOnlyList<string>? Tracing { get; init; }

    /// <summary>For metrics.</summary>
    public IReadOnlyList<string>? Metrics { get; init; }

    /// <summary>For access logs.</summary>
    public IReadOnlyList<string>? AccessLogging { get; init; }
}

/// <summary>How request paths are normalised before anything looks at them.</summary>
public sealed record PathNormalization
{
    /// <summary>How far; absent means <c>DEFAULT</c>.</summary>
    public PathNormalizationType? Normalization { get; init; }
}

/// <summary>How far request paths are normalised.</summary>
public enum PathNormalizationType
{
    /// <summary>As <see cref="Base"/>.</summary>
    [JsonStringEnumMemberName("DEFAULT")]
    Default,

    /// <summary>Not at all.</summary>
    [JsonStringEnumMemberName("NONE")]
    None,

    /// <summary>RFC 3986: dot segments, unreserved escapes, backslashes.</summary>
    [JsonStringEnumMemberName("BASE")]
    Base,

    /// <summary>And several slashes become one.</summary>
    [JsonStringEnumMemberName("MERGE_SLASHES")]
    MergeSlashes,

    /// <summary>And escaped slashes are decoded first.</summary>
    [JsonStringEnumMemberName("DECODE_AND_MERGE_SLASHES")]
    DecodeAndMergeSlashes,
}

/// <summary>Settings for services by host.</summary>
public sealed record ServiceSettings
{
    /// <summary>The settings.</summary>
    public ServiceSettingsValues? Settings { get; init; }

    /// <summary>Hosts they are for, <c>*.suffix</c> allowed.</summary>
    public IReadOnlyList<string>? Hosts { get; init; }
}

/// <summary>Settings of a service.</summary>
public sealed record ServiceSettingsValues
{
    /// <summary>Whether its endpoints are only those of the caller's cluster.</summary>
    public bool? ClusterLocal { get; init; }
}
