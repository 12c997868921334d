using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sluice.Api.Mesh;

/// <summary>A service for tracing, logging or authorization: a name, and one of the kinds.</summary>
public sealed record MeshExtensionProvider
{
    /// <summary>Name by which policies refer to it.</summary>
    public string? Name { get; init; }

    /// <summary>Authorization over HTTP.</summary>
    public ExtAuthzHttpProvider? EnvoyExtAuthzHttp { get; init; }

    /// <summary>Authorization over gRPC.</summary>
    public ExtAuthzGrpcProvider? EnvoyExtAuthzGrpc { get; init; }

    /// <summary>Traces to Zipkin.</summary>
    public ZipkinProvider? Zipkin { get; init; }

    /// <summary>Traces by OTLP.</summary>
    public OpenTelemetryProvider? Opentelemetry { get; init; }

    /// <summary>Traces to Datadog.</summary>
    public CollectorProvider? Datadog { get; init; }

    /// <summary>Traces to Lightstep.</summary>
    public CollectorProvider? Lightstep { get; init; }

    /// <summary>Traces to an OpenCensus agent.</summary>
    public CollectorProvider? Opencensus { get; init; }

    /// <summary>Traces to SkyWalking.</summary>
    public SkyWalkingProvider? Skywalking { get; init; }

    /// <summary>Traces to Google Cloud.</summary>
    public StackdriverProvider? Stackdriver { get; init; }

    /// <summary>Metrics to Prometheus.</summary>
    public PrometheusProvider? Prometheus { get; init; }

    /// <summary>Access log to a file.</summary>
    public FileAccessLogProvider? EnvoyFileAccessLog { get; init; }

    /// <summary>Access log to a gRPC service, for HTTP.</summary>
    public AccessLogServiceProvider? EnvoyHttpAls { get; init; }

    /// <summary>Access log to a gRPC service, for TCP.</summary>
    public AccessLogServiceProvider? EnvoyTcpAls { get; init; }

    /// <summary>Access log by OTLP.</summary>
    public OtelAccessLogProvider? EnvoyOtelAls { get; init; }
}

/// <summary>A collector of traces.</summary>
public sealed record CollectorProvider
{
    /// <summary>Its host, <c>[namespace/]host</c>.</summary>
    public string? Service { get; init; }

    /// <summary>Its port.</summary>
    public uint? Port { get; init; }

    /// <summary>Length at which values are cut off; absent means 256.</summary>
    public uint? MaxTagLength { get; init; }

    /// <summary>Token to present; a secret.</summary>
    public string? AccessToken { get; init; }

    /// <summary>Forms of trace headers.</summary>
    public IReadOnlyList<string>? Context { get; init; }
}

/// <summary>A Zipkin collector.</summary>
public sealed record ZipkinProvider
{
    /// <summary>Its host, <c>[namespace/]host</c>.</summary>
    public string? Service { get; init; }

    /// <summary>Its port.</summary>
    public uint? Port { get; init; }

    /// <summary>Length at which values are cut off; absent means 256.</summary>
    public uint? MaxTagLength { get; init; }

    /// <summary>Use trace ids of 64 bits.</summary>
    public bool? Enable64bitTraceId { get; init; }

    /// <summary>Path of its API; absent means <c>/api/v2/spans</c>.</summary>
    public string? Path { get; init; }

    /// <summary>Time for a call to it.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Headers for calls to it.</summary>
    public IReadOnlyList<ProviderHeader>? Headers { get; init; }

    /// <summary>Which trace headers are understood and sent.</summary>
    public TraceContextOption? TraceContextOption { get; init; }
}

/// <summary>Which trace headers are used.</summary>
public enum TraceContextOption
{
    /// <summary>B3 alone.</summary>
    [JsonStringEnumMemberName("USE_B3")]
    UseB3,

    /// <summary>B3 and W3C trace context.</summary>
    [JsonStringEnumMemberName("USE_B3_WITH_W3C_PROPAGATION")]
    UseB3WithW3cPropagation,
}

/// <summary>A collector that speaks OTLP: over gRPC unless <see cref="Http"/> is given.</summary>
public sealed record OpenTelemetryProvider
{
    /// <summary>Its host, <c>[namespace/]host</c>.</summary>
    public string? Service { get; init; }

    /// <summary>Its port.</summary>
    public uint? Port { get; init; }

    /// <summary>Length at which values are cut off; absent means 256.</summary>
    public uint? MaxTagLength { get; init; }

    /// <summary>Send over HTTP.</summary>
    public ProviderHttp? Http { get; init; }

    /// <summary>Settings for gRPC.</summary>
    public ProviderGrpc? Grpc { get; init; }

    /// <summary>Where attributes of the process come from.</summary>
    public ResourceDetectors? ResourceDetectors { get; init; }

    /// <summary>Dynatrace's way of sampling; Sluice does not have it.</summary>
    public DynatraceSampler? DynatraceSampler { get; init; }
}

/// <summary>Calls to a provider over HTTP.</summary>
public sealed record ProviderHttp
{
    /// <summary>Path.</summary>
    public string? Path { get; init; }

    /// <summary>Time for a call.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Headers.</summary>
    public IReadOnlyList<ProviderHeader>? Headers { get; init; }
}

/// <summary>A header for calls to a provider.</summary>
public sealed record ProviderHeader
{
    /// <summary>Name.</summary>
    public string? Name { get; init; }

    /// <summary>Value.</summary>
    public string? Value { get; init; }

    /// <summary>Environment variable with the value.</summary>
    public string? EnvName { get; init; }
}

/// <summary>Calls to a provider over gRPC.</summary>
public sealed record ProviderGrpc
{
    /// <summary>Time for a call.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Headers.</summary>
    public IReadOnlyList<ProviderHeader>? InitialMetadata { get; init; }
}

/// <summary>Where attributes of the process come from.</summary>
public sealed record ResourceDetectors
{
    /// <summary><c>OTEL_RESOURCE_ATTRIBUTES</c>.</summary>
    public EnvironmentDetector? Environment { get; init; }

    /// <summary>Dynatrace's files.</summary>
    public DynatraceDetector? Dynatrace { get; init; }
}

/// <summary>Attributes from the environment; it has no settings.</summary>
public sealed record EnvironmentDetector;

/// <summary>Attributes from Dynatrace's files; it has no settings.</summary>
public sealed record DynatraceDetector;

/// <summary>Dynatrace's way of sampling.</summary>
public sealed record DynatraceSampler
{
    /// <summary>Tenant.</summary>
    public string? Tenant { get; init; }

    /// <summary>Cluster.</summary>
    public int? ClusterId { get; init; }

    /// <summary>Target rate.</summary>
    public uint? RootSpansPerMinute { get; init; }
}

/// <summary>A SkyWalking collector.</summary>
public sealed record SkyWalkingProvider
{
    /// <summary>Its host, <c>[namespace/]host</c>.</summary>
    public string? Service { get; init; }

    /// <summary>Its port.</summary>
    public uint? Port { get; init; }

    /// <summary>Token to present; a secret.</summary>
    public string? AccessToken { get; init; }
}

/// <summary>Google Cloud's traces and logs.</summary>
public sealed record StackdriverProvider
{
    /// <summary>Length at which values are cut off; absent means 256.</summary>
    public uint? MaxTagLength { get; init; }
}

/// <summary>Metrics to Prometheus; it has no settings.</summary>
public sealed record PrometheusProvider;

/// <summary>An access log file.</summary>
public sealed record FileAccessLogProvider
{
    /// <summary>File, e.g. <c>/dev/stdout</c>.</summary>
    public string? Path { get; init; }

    /// <summary>Format of its lines.</summary>
    public AccessLogFormat? LogFormat { get; init; }

    /// <summary>Leave out what is not set.</summary>
    public bool? OmitEmptyValues { get; init; }
}

/// <summary>Format of access log lines: one of the two.</summary>
public sealed record AccessLogFormat
{
    /// <summary>A line of text with <c>%OPERATORS%</c>.</summary>
    public string? Text { get; init; }

    /// <summary>A JSON object with operators as values.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Labels { get; init; }
}

/// <summary>A gRPC service for access logs.</summary>
public sealed record AccessLogServiceProvider
{
    /// <summary>Its host, <c>[namespace/]host</c>.</summary>
    public string? Service { get; init; }

    /// <summary>Its port.</summary>
    public uint? Port { get; init; }

    /// <summary>Name of the log.</summary>
    public string? LogName { get; init; }

    /// <summary>Filter state to add.</summary>
    public IReadOnlyList<string>? FilterStateObjectsToLog { get; init; }

    /// <summary>Request headers to add.</summary>
    public IReadOnlyList<string>? AdditionalRequestHeadersToLog { get; init; }

    /// <summary>Response headers to add.</summary>
    public IReadOnlyList<string>? AdditionalResponseHeadersToLog { get; init; }

    /// <summary>Response trailers to add.</summary>
    public IReadOnlyList<string>? AdditionalResponseTrailersToLog { get; init; }
}

/// <summary>A collector of access logs that speaks OTLP.</summary>
public sealed record OtelAccessLogProvider
{
    /// <summary>Its host, <c>[namespace/]host</c>.</summary>
    public string? Service { get; init; }

    /// <summary>Its port.</summary>
    public uint? Port { get; init; }

    /// <summary>Name of the log.</summary>
    public string? LogName { get; init; }

    /// <summary>Format of its lines.</summary>
    public AccessLogFormat? LogFormat { get; init; }
}
