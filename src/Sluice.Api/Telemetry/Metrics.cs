using System.Text.Json.Serialization;

namespace Sluice.Api.Telemetry;

/// <summary>Which metrics are kept, and with which labels.</summary>
public sealed record Metrics
{
    /// <summary>Where metrics go, e.g. <c>prometheus</c>.</summary>
    public IReadOnlyList<ProviderRef>? Providers { get; init; }

    /// <summary>Changes to single metrics, the later ones on top.</summary>
    public IReadOnlyList<MetricsOverrides>? Overrides { get; init; }

    /// <summary>How often TCP metrics are brought up to date; absent means 5s.</summary>
    public TimeSpan? ReportingInterval { get; init; }
}

/// <summary>Changes to metrics.</summary>
public sealed record MetricsOverrides
{
    /// <summary>The metrics that are changed; absent means all.</summary>
    public MetricSelector? Match { get; init; }

    /// <summary>Drop them.</summary>
    public bool? Disabled { get; init; }

    /// <summary>Changes to labels, by name.</summary>
    public IReadOnlyDictionary<string, TagOverride>? TagOverrides { get; init; }
}

/// <summary>Chooses metrics: by one of the two names, and by side.</summary>
public sealed record MetricSelector
{
    /// <summary>One of Istio's standard metrics.</summary>
    public IstioMetric? Metric { get; init; }

    /// <summary>Any other, by name.</summary>
    public string? CustomMetric { get; init; }

    /// <summary>Side of the call; absent means both.</summary>
    public WorkloadMode? Mode { get; init; }
}

/// <summary>A change to a label.</summary>
public sealed record TagOverride
{
    /// <summary>What is done; absent means <c>UPSERT</c>.</summary>
    public TagOperation? Operation { get; init; }

    /// <summary>A CEL expression for the value, for <c>UPSERT</c>.</summary>
    public string? Value { get; init; }
}

/// <summary>What is done with a label.</summary>
public enum TagOperation
{
    /// <summary>Its value is set.</summary>
    [JsonStringEnumMemberName("UPSERT")]
    Upsert,

    /// <summary>It is dropped.</summary>
    [JsonStringEnumMemberName("REMOVE")]
    Remove,
}

/// <summary>Istio's standard metrics.</summary>
public enum IstioMetric
{
    /// <summary>All of them.</summary>
    [JsonStringEnumMemberName("ALL_METRICS")]
    AllMetrics,

    /// <summary><c>istio_requests_total</c>.</summary>
    [JsonStringEnumMemberName("REQUEST_COUNT")]
    RequestCount,

    /// <summary><c>istio_request_duration_milliseconds</c>.</summary>
    [JsonStringEnumMemberName("REQUEST_DURATION")]
    RequestDuration,

    /// <summary><c>istio_request_bytes</c>.</summary>
    [JsonStringEnumMemberName("REQUEST_SIZE")]
    RequestSize,

    /// <summary><c>istio_response_bytes</c>.</summary>
    [JsonStringEnumMemberName("RESPONSE_SIZE")]
    ResponseSize,

    /// <summary><c>istio_tcp_connections_opened_total</c>.</summary>
    [JsonStringEnumMemberName("TCP_OPENED_CONNECTIONS")]
    TcpOpenedConnections,

    /// <summary><c>istio_tcp_connections_closed_total</c>.</summary>
    [JsonStringEnumMemberName("TCP_CLOSED_CONNECTIONS")]
    TcpClosedConnections,

    /// <summary><c>istio_tcp_sent_bytes_total</c>.</summary>
    [JsonStringEnumMemberName("TCP_SENT_BYTES")]
    TcpSentBytes,

    /// <summary><c>istio_tcp_received_bytes_total</c>.</summary>
    [JsonStringEnumMemberName("TCP_RECEIVED_BYTES")]
    TcpReceivedBytes,

    /// <summary><c>istio_request_messages_total</c>.</summary>
    [JsonStringEnumMemberName("GRPC_REQUEST_MESSAGES")]
    GrpcRequestMessages,

    /// <summary><c>istio_response_messages_total</c>.</summary>
    [JsonStringEnumMemberName("GRPC_RESPONSE_MESSAGES")]
    GrpcResponseMessages,
}
