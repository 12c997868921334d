using System.Globalization;
using Sluice.DataPlane.Pipeline;

namespace Sluice.Reports;

/// <summary>Explanations for reading: the call, each decision on a line with its place, and what comes of it.</summary>
internal static class ExplainText
{
    private const int StepWidth = 14;
    private const int VerdictWidth = 12;

    /// <summary>Writes all answers, with an empty line between them.</summary>
    public static void Write(IReadOnlyList<ExplainCall> calls, ExplainAnswer[] answers, TextWriter output)
    {
        for (var i = 0; i < answers.Length; i++)
        {
            if (i > 0)
                output.WriteLine();
            Write(calls[i], answers[i], output);
        }
    }

    private static void Write(ExplainCall call, ExplainAnswer answer, TextWriter output)
    {
        output.WriteLine(Call(call));
        foreach (var step in answer.Why)
        {
            var at = step.At is null ? "" : $"  [{step.At}]";
            output.WriteLine($"  {step.Step.PadRight(StepWidth)} {step.Verdict.PadRight(VerdictWidth)} {step.Detail}{at}");
        }
        output.WriteLine($"=> {Outcome(answer)}");
    }

    private static string Call(ExplainCall call) => call.Protocol == CallProtocol.Tcp
        ? string.Create(CultureInfo.InvariantCulture, $"TCP to port {call.Port}{(call.Sni is null ? "" : $", TLS for {call.Sni}")}")
        : string.Create(
            CultureInfo.InvariantCulture,
            $"{call.Method} {(call.Tls == CallTls.Plaintext ? "http" : "https")}://{call.Host}{call.Path} on port {call.Port}");

    private static string Outcome(ExplainAnswer answer)
    {
        if (answer.Status is { } status)
            return string.Create(CultureInfo.InvariantCulture, $"the gateway answers {status}{(answer.Error is null ? "" : $" ({answer.Error})")}");
        if (answer.Error is not null)
            return $"the connection fails ({answer.Error})";
        var clusters = string.Join(", ", answer.Clusters.Select(c => answer.Clusters.Count == 1
            ? c.Cluster
            : string.Create(CultureInfo.InvariantCulture, $"{c.Cluster} ({c.Weight})")));
        var endpoints = answer.Endpoints.Count == 0 ? "" : $" at {string.Join(", ", answer.Endpoints)}";
        return $"forwarded to {clusters}{endpoints}";
    }
}
