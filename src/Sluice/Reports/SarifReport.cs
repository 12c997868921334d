using System.Text.Json.Serialization;
using Sluice.Api.Findings;

namespace Sluice.Reports;

/// <summary>Findings in SARIF 2.1.0, which code hosts show beside the lines of a change.</summary>
internal sealed record SarifReport([property: JsonPropertyName("$schema")] string Schema, string Version, SarifRun[] Runs)
{
    /// <summary>One run with all findings.</summary>
    public static SarifReport Of(FindingsReport report) => new(
        "https://json.schemastore.org/sarif-2.1.0.json",
        "2.1.0",
        [new SarifRun(
            new SarifTool(new SarifDriver(
                "sluice",
                BuildInfo.Version,
                [.. report.Findings.Select(f => f.Code).Distinct().Order(StringComparer.Ordinal).Select(c => new SarifRule(c))])),
            [.. report.Findings.Select(Result)])]);

    private static SarifResult Result(FindingView finding) => new(
        finding.Code,
        finding.Severity switch
        {
            Severity.Error => "error",
            Severity.Warning => "warning",
            _ => "note",
        },
        new SarifText(finding.Hint.Length > 0 ? $"{finding.Message} ({finding.Hint})" : finding.Message),
        [new SarifLocation(
            new SarifPhysicalLocation(
                new SarifArtifact(finding.File.Replace('\\', '/')),
                // Regions count from 1; a place that is not known has none.
                finding.Line > 0 ? new SarifRegion(finding.Line, finding.Column > 0 ? finding.Column : null) : null),
            finding.Resource.Length > 0 ? [new SarifLogicalLocation($"{finding.Resource} {finding.Path}".TrimEnd())] : null)]);
}

/// <summary>The run of a tool.</summary>
internal sealed record SarifRun(SarifTool Tool, SarifResult[] Results);

/// <summary>The tool.</summary>
internal sealed record SarifTool(SarifDriver Driver);

/// <summary>Its executable and the rules it knows.</summary>
internal sealed record SarifDriver(string Name, string Version, SarifRule[] Rules);

/// <summary>A rule that found something.</summary>
internal sealed record SarifRule(string Id);

/// <summary>A finding.</summary>
internal sealed record SarifResult(string RuleId, string Level, SarifText Message, SarifLocation[] Locations);

/// <summary>Plain text.</summary>
internal sealed record SarifText(string Text);

/// <summary>Where a finding is, as a place in a file and as a field of an object.</summary>
internal sealed record SarifLocation(SarifPhysicalLocation PhysicalLocation, SarifLogicalLocation[]? LogicalLocations);

/// <summary>A place in a file.</summary>
internal sealed record SarifPhysicalLocation(SarifArtifact ArtifactLocation, SarifRegion? Region);

/// <summary>A file.</summary>
internal sealed record SarifArtifact(string Uri);

/// <summary>Line and column, from 1.</summary>
internal sealed record SarifRegion(int StartLine, int? StartColumn);

/// <summary>A field of an object.</summary>
internal sealed record SarifLogicalLocation(string FullyQualifiedName);
