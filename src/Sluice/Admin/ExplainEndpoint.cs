using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Sluice.DataPlane.Pipeline;
using Sluice.Reports;

namespace Sluice.Admin;

/// <summary>Explains requests by the configuration in force.</summary>
internal sealed class ExplainEndpoint(AdminParts parts)
{
    public IEnumerable<AdminEndpoint> All() =>
        [AdminEndpoint.Post("/explain", "Says what would become of a request: one call of `explain --calls`, or an array of them", ExplainAsync)];

    private async ValueTask<AdminReply> ExplainAsync(HttpContext context)
    {
        var snapshot = parts.Live.Current;
        try
        {
            using var body = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted).ConfigureAwait(false);
            if (body.RootElement.ValueKind == JsonValueKind.Array)
            {
                var calls = body.RootElement.Deserialize(ReportJson.Readable.ExplainCallArray)!;
                return AdminReply.Json([.. calls.Select(call => Explainer.Explain(snapshot, call))], ReportJson.Readable.ExplainAnswerArray);
            }
            var one = body.RootElement.Deserialize(ReportJson.Readable.ExplainCall);
            return one is null
                ? AdminReply.Text(StatusCodes.Status400BadRequest, "wanted a call, or an array of calls")
                : AdminReply.Json(Explainer.Explain(snapshot, one), ReportJson.Readable.ExplainAnswer);
        }
        catch (JsonException e)
        {
            return AdminReply.Text(StatusCodes.Status400BadRequest, $"this is no JSON call: {e.Message}");
        }
    }
}
