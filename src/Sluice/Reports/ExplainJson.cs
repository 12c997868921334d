using System.Text.Json;
using Sluice.DataPlane.Pipeline;

namespace Sluice.Reports;

/// <summary>Calls and explanations as JSON.</summary>
internal static class ExplainJson
{
    /// <summary>Reads one call, or an array of them.</summary>
    /// <returns>The calls, and whether they came as an array.</returns>
    /// <exception cref="FormatException">It is neither.</exception>
    public static (IReadOnlyList<ExplainCall> Calls, bool AsArray) ReadCalls(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var asArray = document.RootElement.ValueKind == JsonValueKind.Array;
            ExplainCall?[] calls = asArray
                ? document.RootElement.Deserialize(ReportJson.Readable.ExplainCallArray)!
                : [document.RootElement.Deserialize(ReportJson.Readable.ExplainCall)];
            return ([.. calls.Select(c => c ?? throw new FormatException("null is not a call"))], asArray);
        }
        catch (JsonException e)
        {
            // The serializer's own words are about types of this program.
            var what = e.Path is { Length: > 1 } path ? $"{path} is no field of a call, or not of its type" : e.Message;
            throw new FormatException($"this is not a call, nor an array of calls: {what}");
        }
    }

    /// <summary>One answer, or an array of them.</summary>
    /// <param name="answers">In the order of the calls.</param>
    /// <param name="asArray">Whether the calls came as an array.</param>
    public static string Text(ExplainAnswer[] answers, bool asArray) => asArray
        ? ReportJson.Text(answers, ReportJson.Readable.ExplainAnswerArray)
        : ReportJson.Text(answers[0], ReportJson.Readable.ExplainAnswer);
}
