using System.Globalization;

namespace Sluice.DataPlane.Pipeline;

/// <summary>An explanation for reading, at most 100 columns wide where names allow it.</summary>
public static class ExplainText
{
    private const int StepWidth = 17;
    private const int VerdictWidth = 12;
    private const int Columns = 100;

    /// <summary>Writes an answer: what happens, then why.</summary>
    public static void Write(ExplainAnswer answer, TextWriter output)
    {
        output.WriteLine(Headline(answer));
        foreach (var (label, value) in Names(answer))
        {
            if (value is not null)
                output.WriteLine($"  {label,-13} {value}");
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
        foreach (var cluster in answer.Clusters)
            yield return ("cluster", string.Create(CultureInfo.InvariantCulture, $"{cluster.Cluster}, weight {cluster.Weight}"));
        yield return ("endpoints", answer.Endpoints.Count == 0 ? null : string.Join(", ", answer.Endpoints));
    }

    private static void Write(ExplainStep step, TextWriter output)
    {
        var line = $"  {step.Step.PadRight(StepWidth)}{step.Verdict.PadRight(VerdictWidth)}{step.Detail}";
        if (step.At is null)
            output.WriteLine(line);
        else if (line.Length + step.At.Length + 2 <= Columns)
            output.WriteLine(line + step.At.PadLeft(Columns - line.Length));
        else
            output.WriteLine($"{line}  {step.At}");
    }
}
