using Microsoft.AspNetCore.Http;
using Sluice.Reports;

namespace Sluice.Admin;

/// <summary>The admin paths that tell what the configuration says, and what came of it.</summary>
internal sealed class ConfigEndpoints(AdminParts parts)
{
    public IEnumerable<AdminEndpoint> All() =>
    [
        AdminEndpoint.Get("/config_status", "What is in force, how the last reload went, what became of each object", Status),
        AdminEndpoint.Get("/config_dump", "The objects as they were read, and the routes made from them", Dump),
        AdminEndpoint.Get("/routes", "The compiled routing table", Routes),
        AdminEndpoint.Post("/reload", "Reads the configuration again, now", Reload),
    ];

    private AdminReply Status()
    {
        var status = parts.Reload.Status;
        var report = new ConfigStatusReport(
            status.Generation,
            status.Hash,
            status.LoadedAt is { } at ? Timestamp.Of(at) : null,
            status.LastReload is { } last ? LastReloadView.Of(last) : null,
            [.. status.Objects.Select(ObjectStatusView.Of)]);
        return AdminReply.Json(report, ReportJson.Readable.ConfigStatusReport);
    }

    private AdminReply Dump()
    {
        // The two are read one after the other; a reload between them shows in the generation of neither.
        var snapshot = parts.Live.Current;
        var objects = parts.Reload.Status.Config?.All ?? [];
        return AdminReply.Json(
            new ConfigDumpReport(snapshot.Generation, ObjectDump.Of(objects), RoutesReport.Of(snapshot, parts.Identity.Bind)),
            ReportJson.Readable.ConfigDumpReport);
    }

    private AdminReply Routes() =>
        AdminReply.Json(RoutesReport.Of(parts.Live.Current, parts.Identity.Bind), ReportJson.Readable.RoutesReport);

    private async ValueTask<AdminReply> Reload(HttpContext context)
    {
        try
        {
            var attempt = await parts.Reload.ReloadNow().WaitAsync(context.RequestAborted).ConfigureAwait(false);
            return AdminReply.Json(new ReloadReport(LastReloadView.Of(attempt)), ReportJson.Readable.ReloadReport);
        }
        catch (OperationCanceledException)
        {
            return AdminReply.Text(StatusCodes.Status503ServiceUnavailable, "the gateway is stopping");
        }
    }
}
