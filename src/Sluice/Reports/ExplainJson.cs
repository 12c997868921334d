using System.Text.Json;
using Sluice.DataPlane.Pipeline;

namespace Sluice.Reports;

/// <summary>Calls to be explained, as JSON.</summary>
internal static class ExplainJson
{
    /// <summary>Reads one call, or an array of them.</summary>
    /// <returns>The calls, and whether they came as an array.</returns>
    /// <exception cref="FormatException">It is neither.</exception>
    public static (ExplainCall[] Calls, bool AsArray) ReadCalls(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var asArray = document.RootElement.ValueKind == JsonValueKind.Array;
            ExplainCall?[] calls = asArray
                ? document.RootElement.Deserialize(ReportJson.Readable.ExplainCallArray)!
                : [document.RootElement.Deserialize(ReportJson.Readable.ExplainCall)];
            return ([.. calls.Select(Checked)], asArray);
        }
        catch (JsonException e)
        {
            // The serializer's own words are about types of this program.
            var what = e.Path is { Length: > 1 } path ? $"{path} is no field of a call, or not of its type" : e.Message;
            throw new FormatException($"this is not a call, nor an array of calls: {what}");
        }
    }

    /// <summary>A field that holds a word must hold a known one: a misspelt one would be explained as something else.</summary>
    private static ExplainCall Checked(ExplainCall? call)
    {
        if (call is null)
            throw new FormatException("null is not a call");
        Check("protocol", call.Protocol, "http", "http2", "tcp");
        Check("tls", call.Tls, "plaintext", "tls", "mtls");
        Check("gateway", call.Gateway ?? "mesh", "mesh");
        return call;
    }

    private static void Check(string field, string value, params ReadOnlySpan<string> known)
    {
        if (!known.Contains(value))
            throw new FormatException($"{field} is '{value}', which is none of {string.Join(", ", known!)}");
    }
}
