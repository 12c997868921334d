using Sluice.Api.Findings;

namespace Sluice.Reports;

/// <summary>What <c>validate -o json</c> answers.</summary>
internal sealed record FindingsReport(IReadOnlyList<FindingView> Findings, int Errors, int Warnings, int Objects)
{
    /// <summary>Sorts and counts.</summary>
    /// <param name="findings">In any order.</param>
    /// <param name="objects">How many objects of known kinds were read.</param>
    public static FindingsReport Of(IEnumerable<Finding> findings, int objects)
    {
        var sorted = FindingView.Sorted(findings);
        return new FindingsReport(
            sorted,
            sorted.Count(f => f.Severity == Severity.Error),
            sorted.Count(f => f.Severity == Severity.Warning),
            objects);
    }
}

/// <summary>One finding as JSON shows it.</summary>
internal sealed record FindingView(
    string Code,
    Severity Severity,
    string File,
    int Line,
    int Column,
    string Resource,
    string Path,
    string Message,
    string Hint)
{
    /// <summary>All findings in the order of their places.</summary>
    public static IReadOnlyList<FindingView> Sorted(IEnumerable<Finding> findings) =>
        [.. findings.Select(Of)
            .OrderBy(f => f.File, StringComparer.Ordinal)
            .ThenBy(f => f.Line)
            .ThenBy(f => f.Column)
            .ThenBy(f => f.Code, StringComparer.Ordinal)
            .ThenBy(f => f.Message, StringComparer.Ordinal)];

    /// <summary><c>file:line:col severity CODE message (hint)</c>.</summary>
    public override string ToString() =>
        $"{File}:{Line}:{Column} {Word(Severity)} {Code} {OneLine(Message)}" + (Hint.Length > 0 ? $" ({OneLine(Hint)})" : "");

    /// <summary>The word for a severity.</summary>
    public static string Word(Severity severity) => severity switch
    {
        Severity.Error => "error",
        Severity.Warning => "warning",
        _ => "info",
    };

    private static FindingView Of(Finding finding) => new(
        finding.Code, finding.Severity, finding.Position.File, finding.Position.Line, finding.Position.Column,
        finding.Resource, finding.Path, finding.Message, finding.Hint);

    // A value quoted from a file may hold anything; a finding is one line.
    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
