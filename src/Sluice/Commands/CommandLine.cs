using System.CommandLine;
using System.CommandLine.Help;

namespace Sluice.Commands;

/// <summary>The verbs, and what happens when the command line makes no sense.</summary>
internal static class CommandLine
{
    private const string DetailVariable = "SLUICE_STACK_TRACES";

    private const string Description = """
        Sluice is an edge gateway that reads Istio's configuration from files.

        Every flag has an environment variable: --port-map is SLUICE_PORT_MAP, lists are separated by commas; the flag wins.
        """;

    /// <summary>Runs a verb.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> Invoke(string[] args, Terminal terminal)
    {
        var root = Verbs(terminal);
        // A header or a password may begin with an @: no files of arguments.
        var result = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (result.Errors.Count > 0 && result.Action is not HelpAction)
            return Refuse(result, terminal);
        try
        {
            return await result.InvokeAsync(new InvocationConfiguration
            {
                Output = terminal.Out,
                Error = terminal.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            }).ConfigureAwait(false);
        }
        catch (UsageException e)
        {
            terminal.Error.WriteLine($"sluice {result.CommandResult.Command.Name}: {e.Message}");
            return ExitCode.Usage;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            terminal.Error.WriteLine($"sluice {result.CommandResult.Command.Name}: {e.Message}");
            return ExitCode.Failure;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Failure;
        }
        catch (Exception e)
        {
            // Nobody foresaw it, so it is a fault of this program: say so, and keep the stack for those who ask for it.
            var detail = terminal.Environment(DetailVariable) is { Length: > 0 } ? e.ToString() : $"{e.GetType().Name}: {e.Message}";
            terminal.Error.WriteLine($"sluice {result.CommandResult.Command.Name}: internal error, please report it ({detail})");
            return ExitCode.Failure;
        }
    }

    private static RootCommand Verbs(Terminal terminal)
    {
        var root = new RootCommand(Description)
        {
            RunCommand.Create(terminal),
            DemoCommand.Create(terminal),
            ValidateCommand.Create(terminal),
            ExplainCommand.Create(terminal),
            RoutesCommand.Create(terminal),
            CertsCommand.Create(terminal),
            VersionCommand.Create(terminal),
        };
        return root;
    }

    private static int Refuse(ParseResult result, Terminal terminal)
    {
        var command = result.CommandResult.Command;
        var verb = command is RootCommand ? "" : " " + command.Name;
        terminal.Error.WriteLine($"sluice{verb}: {Complaint(result, command)}");
        terminal.Error.WriteLine($"'sluice{verb} --help' lists what there is.");
        return ExitCode.Usage;
    }

    private static string Complaint(ParseResult result, Command command)
    {
        if (result.UnmatchedTokens.Count == 0)
            return command is RootCommand && result.Tokens.Count == 0 ? "a verb is missing" : result.Errors[0].Message.TrimEnd('.');
        var token = result.UnmatchedTokens[0];
        var isFlag = token.StartsWith('-');
        var name = isFlag ? token.Split('=', ':')[0] : token;
        var known = isFlag
            ? command.Options.Where(o => !o.Hidden).Select(o => o.Name)
            : command.Subcommands.Select(c => c.Name);
        var what = isFlag ? "unknown flag" : command is RootCommand ? "unknown verb" : "unexpected argument";
        var meant = Suggestion.For(name, known);
        return $"{what} '{name}'" + (meant is null ? "" : $"; did you mean '{meant}'?");
    }
}
