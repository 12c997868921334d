using System.Collections.Concurrent;
using System.Globalization;
using Prometheus;

namespace Sluice.DataPlane.Telemetry;

/// <summary>Istio's standard metrics of requests: <c>istio_requests_total</c>, <c>istio_request_duration_milliseconds</c>,
/// <c>istio_request_bytes</c> and <c>istio_response_bytes</c>, with Istio's labels
/// (https://istio.io/latest/docs/reference/config/metrics/).</summary>
/// <remarks>The two sizes count the head as HTTP/1.1 writes it (also for HTTP/2, whose compressed size depends on what was sent before)
/// and the body without its framing. A series is looked up by what tells it apart from others, and its label texts are built once.</remarks>
public sealed class RequestMetrics
{
    private static readonly double[] Durations =
        [0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 30000, 60000, 300000, 600000, 1800000, 3600000];

    private static readonly string[] Labels =
    [
        "reporter", "source_workload", "source_canonical_service", "source_canonical_revision", "source_workload_namespace",
        "source_principal", "source_app", "source_version", "source_cluster", "destination_workload",
        "destination_workload_namespace", "destination_principal", "destination_app", "destination_version", "destination_service",
        "destination_canonical_service", "destination_canonical_revision", "destination_service_name",
        "destination_service_namespace", "destination_cluster", "request_protocol", "response_code", "grpc_response_status",
        "response_flags", "connection_security_policy",
    ];

    private readonly ConcurrentDictionary<SeriesKey, Series> _series = new();
    private readonly Func<SeriesKey, Series> _create;
    private readonly GatewayLabels _gateway;
    private readonly Counter _requests;
    private readonly Histogram _durations;
    private readonly Histogram _requestBytes;
    private readonly Histogram _responseBytes;

    /// <param name="registry">Where the metrics are shown.</param>
    /// <param name="gateway">Who reports.</param>
    public RequestMetrics(CollectorRegistry registry, GatewayLabels gateway)
    {
        _gateway = gateway;
        _create = Create;
        var factory = Metrics.WithCustomRegistry(registry);
        var histogram = new HistogramConfiguration { Buckets = Durations, LabelNames = Labels };
        _requests = factory.CreateCounter("istio_requests_total", "Requests that ended.", Labels);
        _durations = factory.CreateHistogram(
            "istio_request_duration_milliseconds", "From the request's head to the end of the answer.", histogram);
        _requestBytes = factory.CreateHistogram("istio_request_bytes", "Head and body bytes of requests.", histogram);
        _responseBytes = factory.CreateHistogram("istio_response_bytes", "Head and body bytes of answers.", histogram);
    }

    /// <summary>Counts a request that has ended.</summary>
    public void Observe(RequestInfo info)
    {
        var key = new SeriesKey(info.Destination, info.Status, info.Flags, info.IsGrpc, info.IsGrpc ? info.GrpcStatus ?? -1 : -1);
        var series = _series.GetOrAdd(key, _create);
        series.Requests.Inc();
        series.Durations.Observe(info.Duration.TotalMilliseconds);
        series.RequestBytes.Observe(info.RequestHeadBytes + info.BytesReceived);
        series.ResponseBytes.Observe(info.ResponseHeadBytes + info.BytesSent);
    }

    private Series Create(SeriesKey key)
    {
        const string Unknown = "unknown";
        var to = key.Destination;
        string[] values =
        [
            "source", _gateway.Workload, _gateway.Workload, _gateway.Revision, _gateway.Namespace,
            Unknown, _gateway.App, _gateway.Revision, "Kubernetes", to.Workload,
            to.WorkloadNamespace, Unknown, to.App, to.Version, to.Service,
            to.CanonicalService, to.CanonicalRevision, to.ServiceName,
            to.ServiceNamespace, to.Service == Unknown ? Unknown : "Kubernetes", key.IsGrpc ? "grpc" : "http",
            key.Status.ToString(CultureInfo.InvariantCulture),
            key.GrpcStatus < 0 ? "" : key.GrpcStatus.ToString(CultureInfo.InvariantCulture), key.Flags.ToText(), Unknown,
        ];
        return new Series(
            _requests.WithLabels(values), _durations.WithLabels(values), _requestBytes.WithLabels(values), _responseBytes.WithLabels(values));
    }

    private readonly record struct SeriesKey(
        DestinationLabels Destination, int Status, ResponseFlags Flags, bool IsGrpc, int GrpcStatus);

    private sealed record Series(
        Counter.Child Requests, Histogram.Child Durations, Histogram.Child RequestBytes, Histogram.Child ResponseBytes);
}
