using System.Globalization;

namespace Sluice.DataPlane.Pipeline;

/// <summary>An explanation for reading, at most 100 columns wide where names allow it.</summary>
public static class ExplainText
{
    private const int StepWidth = 17;
    private const int VerdictWidth = 12;
    private const int DetailIndent = 2 + StepWidth + VerdictWidth;
    private const int NameIndent = 16;
    private const int ShownEndpoints = 10;
    private const int Columns = 100;

    /// <summary>Writes an answer: what happens, then why.</summary>
    public static void Write(ExplainAnswer answer, TextWriter output)
    {
        output.WriteLine(Headline(answer));
        foreach (var (label, value) in Names(answer))
        {
            if (value is null)
                continue;
            var start = $"  {label,-13} ";
            foreach (var line in Wrap(value, Columns - NameIndent))
            {
                output.WriteLine(start + line);
                start = Indent(NameIndent);
            }
        }
        output.WriteLine();
        foreach (var step in answer.Why)
            Write(step, output);
    }

    private static string Headline(ExplainAnswer answer) => answer switch
    {
        { Error: null, Status: null, Cluster: { } cluster } => $"goes to {cluster}",
        { Error: null, Status: null } => $"goes to one of {answer.Clusters.Count} clusters",
        { Error: null, Status: { } status } => $"the gateway answers {status}",
        { Error: { } error, Status: { } status } => $"the gateway answers {status} ({error})",
        { Error: { } error } => $"no answer: {error}",
    };

    private static IEnumerable<(string Label, string? Value)> Names(ExplainAnswer answer)
    {
        yield return ("listener", answer.Listener);
        yield return ("route config", answer.RouteConfig);
        yield return ("virtual host", answer.VirtualHost);
        yield return ("route", answer.Route);
        // Among others only: a weight says nothing by itself.
        var isOne = answer.Clusters.Count == 1;
        foreach (var cluster in answer.Clusters)
            yield return ("cluster", cluster.Cluster + (isOne ? "" : string.Create(CultureInfo.InvariantCulture, $", weight {cluster.Weight}")));
        if (answer.Endpoints.Count == 0)
            yield break;
        var more = answer.Endpoints.Count > ShownEndpoints ? $" and {answer.Endpoints.Count - ShownEndpoints} more" : "";
        yield return ("endpoints", string.Join(", ", answer.Endpoints.Take(ShownEndpoints)) + more);
    }

    private static void Write(ExplainStep step, TextWriter output)
    {
        var lines = Wrap(step.Detail, Columns - DetailIndent).ToList();
        for (var i = 0; i < lines.Count; i++)
        {
            var line = (i == 0 ? $"  {step.Step,-StepWidth}{step.Verdict,-VerdictWidth}" : Indent(DetailIndent)) + lines[i];
            var hasRoom = i == lines.Count - 1 && step.At is not null && line.Length + 2 + step.At.Length <= Columns;
            output.WriteLine(hasRoom ? line + step.At!.PadLeft(Columns - line.Length) : line);
            if (i == lines.Count - 1 && step.At is not null && !hasRoom)
                output.WriteLine(Indent(Math.Min(DetailIndent, Math.Max(2, Columns - step.At.Length))) + step.At);
        }
    }

    // Breaks at spaces; a word that is wider than the line stays whole.
    private static IEnumerable<string> Wrap(string text, int width)
    {
        while (text.Length > width)
        {
            var space = text.LastIndexOf(' ', width);
            if (space <= 0)
                space = text.IndexOf(' ', width);
            if (space < 0)
                break;
            yield return text[..space];
            text = text[(space + 1)..];
        }
        yield return text;
    }

    private static string Indent(int width) => new(' ', width);
}
