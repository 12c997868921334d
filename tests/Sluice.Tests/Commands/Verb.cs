using System.Text.Json;
using Sluice.Commands;

namespace Sluice.Tests.Commands;

/// <summary>A verb run in this process, and what it left behind.</summary>
internal sealed record Verb(int Exit, string Out, string Error)
{
    private static readonly Dictionary<string, string> NoVariables = [];

    /// <summary>Runs a command line without environment variables.</summary>
    public static Task<Verb> RunAsync(params string[] args) => RunAsync(NoVariables, "", args);

    /// <summary>Runs a command line.</summary>
    public static async Task<Verb> RunAsync(IReadOnlyDictionary<string, string> variables, string input, params string[] args)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var terminal = new Terminal(new StringReader(input), output, error, variables.GetValueOrDefault);
        var exit = await CommandLine.Invoke(args, terminal);
        return new Verb(exit, output.ToString(), error.ToString());
    }

    /// <summary>Standard output as JSON.</summary>
    public JsonElement Json() => JsonDocument.Parse(Out).RootElement;

    /// <summary>Standard output line by line.</summary>
    public string[] Lines() => Out.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
}
