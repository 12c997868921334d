using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Sluice.Api.Findings;
using Sluice.DataPlane.Pipeline;

namespace Sluice.Reports;

/// <summary>Metadata and form of all JSON that is shown to people and scripts.</summary>
[JsonSerializable(typeof(FindingsReport))]
[JsonSerializable(typeof(RoutesReport))]
[JsonSerializable(typeof(ServerInfoReport))]
[JsonSerializable(typeof(ConfigDumpReport))]
[JsonSerializable(typeof(ConfigStatusReport))]
[JsonSerializable(typeof(ReloadReport))]
[JsonSerializable(typeof(ListenersReport))]
[JsonSerializable(typeof(ClustersReport))]
[JsonSerializable(typeof(NamesReport))]
[JsonSerializable(typeof(CertificatesReport))]
[JsonSerializable(typeof(ExplainCall))]
[JsonSerializable(typeof(ExplainCall[]))]
[JsonSerializable(typeof(ExplainAnswer))]
[JsonSerializable(typeof(ExplainAnswer[]))]
internal sealed partial class ReportJson : JsonSerializerContext
{
    /// <summary>The one to use. Names stay readable, because answers are never part of an HTML page.</summary>
    public static ReportJson Readable { get; } = new(new JsonSerializerOptions(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        // A misspelt field of a call must not pass for one that was left out.
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        Converters = { new SeverityConverter() },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    /// <summary>Text of a report, without a line end.</summary>
    public static string Text<T>(T report, JsonTypeInfo<T> type) => JsonSerializer.Serialize(report, type);
}

/// <summary>SARIF wants absent fields instead of nulls.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SarifReport))]
internal sealed partial class SarifJson : JsonSerializerContext;

/// <summary>Severities in lower case.</summary>
internal sealed class SeverityConverter() : JsonStringEnumConverter<Severity>(JsonNamingPolicy.CamelCase, allowIntegerValues: false);
