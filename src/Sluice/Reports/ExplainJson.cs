using System.Buffers;
using System.Text.Json;
using Sluice.DataPlane.Pipeline;

namespace Sluice.Reports;

/// <summary>Calls to be explained, as JSON.</summary>
internal static class ExplainJson
{
    // RFC 9110 §5.6.2.
    private static readonly SearchValues<char> Token =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private static readonly SearchValues<char> NeverInValues = SearchValues.Create("\0\r\n");

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
            throw new FormatException($"this is not a call, nor an array of calls: {Reason(json, e)}");
        }
    }

    /// <summary>Whether a header field can be sent as it is.</summary>
    public static bool IsField(string name, string? value) =>
        name.Length > 0 && !name.AsSpan().ContainsAnyExcept(Token) && value is not null && !value.AsSpan().ContainsAny(NeverInValues);

    // The serializer's own words are about types and options of this program.
    private static string Reason(string json, JsonException e)
    {
        if (e.Path is { } path)
            return path == "$" ? "it is neither an object nor an array of objects" : $"{path} is no field of a call, or not of its type";
        return string.IsNullOrWhiteSpace(json)
            ? "it is empty"
            : $"it is no JSON from line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}";
    }

    /// <summary>A field that holds a word must hold a known one: a misspelt one would be explained as something else.</summary>
    private static ExplainCall Checked(ExplainCall? call)
    {
        if (call is null)
            throw new FormatException("null is not a call");
        Check("protocol", call.Protocol, "http", "http2", "tcp");
        Check("tls", call.Tls, "plaintext", "tls", "mtls");
        Check("gateway", call.Gateway ?? "mesh", "mesh");
        foreach (var (name, value) in call.Headers ?? new Dictionary<string, string>())
        {
            if (!IsField(name, value))
                throw new FormatException($"headers has '{name}', which is no header field or has no value that can be sent");
        }
        return call;
    }

    private static void Check(string field, string value, params ReadOnlySpan<string> known)
    {
        if (!known.Contains(value))
            throw new FormatException($"{field} is '{value}', which is none of {string.Join(", ", known!)}");
    }
}
