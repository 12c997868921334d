namespace Sluice.Commands;

/// <summary>What a verb sees of the process around it, so that tests can run verbs side by side in one process.</summary>
/// <param name="In">Standard input.</param>
/// <param name="Out">Standard output: what was asked for.</param>
/// <param name="Error">Standard error: what went wrong, and log lines.</param>
/// <param name="Environment">Reads an environment variable; null when it is not set.</param>
internal sealed record Terminal(TextReader In, TextWriter Out, TextWriter Error, Func<string, string?> Environment)
{
    /// <summary>The process's own streams and variables.</summary>
    public static Terminal OfProcess() =>
        new(System.Console.In, System.Console.Out, System.Console.Error, System.Environment.GetEnvironmentVariable);
}
