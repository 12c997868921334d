using Microsoft.AspNetCore.Http;
using Prometheus;

namespace Sluice.Admin;

/// <summary>The metrics, on the metrics port.</summary>
internal static class MetricsEndpoints
{
    // Prometheus's text format, the version that every scraper reads.
    private const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static IEnumerable<AdminEndpoint> All(CollectorRegistry registry) =>
    [
        AdminEndpoint.Get("/stats/prometheus", "Metrics, as text", () => Text(registry)),
        AdminEndpoint.Get("/metrics", "The same", () => Text(registry)),
    ];

    public static AdminReply Text(CollectorRegistry registry) =>
        new(StatusCodes.Status200OK, ContentType, Length: null, registry.CollectAndExportAsTextAsync);
}
