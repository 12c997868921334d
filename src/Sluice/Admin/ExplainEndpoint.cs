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
        using var reader = new StreamReader(context.Request.Body);
        var json = await reader.ReadToEndAsync(context.RequestAborted).ConfigureAwait(false);
        try
        {
            var (calls, asArray) = ExplainJson.ReadCalls(json);
            var snapshot = parts.Live.Current;
            return asArray
                ? AdminReply.Json([.. calls.Select(call => Explainer.Explain(snapshot, call))], ReportJson.Readable.ExplainAnswerArray)
                : AdminReply.Json(Explainer.Explain(snapshot, calls[0]), ReportJson.Readable.ExplainAnswer);
        }
        catch (FormatException e)
        {
            return AdminReply.Text(StatusCodes.Status400BadRequest, e.Message);
        }
    }
}
