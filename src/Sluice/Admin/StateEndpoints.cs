using Microsoft.AspNetCore.Http;
using Sluice.DataPlane.Pipeline;
using Sluice.Hosting;
using Sluice.Reports;

namespace Sluice.Admin;

/// <summary>The admin paths that tell how the gateway is.</summary>
internal sealed class StateEndpoints(AdminParts parts)
{
    public IEnumerable<AdminEndpoint> All() =>
    [
        AdminEndpoint.Get("/ready", "200 when the gateway takes new clients, else 503", Ready),
        AdminEndpoint.Get("/server_info", "Version, state, uptime", ServerInfo),
        AdminEndpoint.Get("/listeners", "The ports and their open connections", Listeners),
        AdminEndpoint.Get("/clusters", "The upstream clusters and how their endpoints are", Clusters),
        AdminEndpoint.Get("/names", "The names that endpoints are written as, and their addresses", Names),
        AdminEndpoint.Get("/certs", "The certificates that the configuration names, and when they expire", Certificates),
        AdminEndpoint.Get("/stats/prometheus", "Metrics, as text", () => MetricsEndpoints.Text(parts.Registry)),
    ];

    private AdminReply Ready() => HealthEndpoints.Ready(parts.Readiness);

    private AdminReply ServerInfo() => AdminReply.Json(
        new ServerInfoReport(
            BuildInfo.Version,
            BuildInfo.Commit,
            BuildInfo.Runtime,
            parts.Readiness.State switch
            {
                ServerState.Starting => "starting",
                ServerState.Live => "live",
                _ => "draining",
            },
            (long)parts.Time.GetElapsedTime(parts.Started).TotalSeconds,
            parts.Live.Current.Generation),
        ReportJson.Readable.ServerInfoReport);

    private AdminReply Listeners()
    {
        var connections = parts.Binding.Bound.ToDictionary(p => (ListenerKey)p.Spec.Key, p => p.ConnectionCount);
        var listeners = parts.Live.Current.Listeners
            .Select(l => (View: ListenerView.Of(l, parts.Identity.Bind), Connections: connections.GetValueOrDefault(new ListenerKey(l.Bind, l.Port))))
            .OrderBy(l => l.View.Port)
            .ThenBy(l => l.View.Name, StringComparer.Ordinal)
            .Select(l => new OpenListenerView(
                l.View.Name, l.View.Bind, l.View.Port, l.View.ServerPort, l.View.Kind, l.View.FilterChains, l.Connections));
        return AdminReply.Json(new ListenersReport([.. listeners]), ReportJson.Readable.ListenersReport);
    }

    private AdminReply Names() => AdminReply.Json(NamesReport.Of(parts.Names), ReportJson.Readable.NamesReport);

    private AdminReply Certificates() => AdminReply.Json(
        CertificatesReport.Of(parts.Reload.Status.Certificates, parts.Time.GetUtcNow()), ReportJson.Readable.CertificatesReport);

    private AdminReply Clusters() => AdminReply.Json(ClustersReport.Of(parts.Live.Current), ReportJson.Readable.ClustersReport);
}

/// <summary>The health checks, on the status port.</summary>
internal static class HealthEndpoints
{
    public static IEnumerable<AdminEndpoint> All(Readiness readiness) =>
    [
        AdminEndpoint.Get("/healthz/ready", "200 when the gateway takes new clients, else 503", () => Ready(readiness)),
        AdminEndpoint.Get("/healthz/live", "200 as long as the process answers", () => AdminReply.Text(StatusCodes.Status200OK, "live")),
    ];

    public static AdminReply Ready(Readiness readiness) => readiness.State switch
    {
        ServerState.Live => AdminReply.Text(StatusCodes.Status200OK, "ready"),
        ServerState.Starting => AdminReply.Text(StatusCodes.Status503ServiceUnavailable, "starting"),
        _ => AdminReply.Text(StatusCodes.Status503ServiceUnavailable, "draining"),
    };
}
