using System.CommandLine;
using Sluice.Reports;

namespace Sluice.Commands;

/// <summary><c>sluice version</c>: version, commit, runtime.</summary>
internal static class VersionCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new Command("version", "Print version, commit and runtime");
        command.SetAction(_ =>
        {
            terminal.Out.WriteLine(BuildInfo.Text);
            return ExitCode.Ok;
        });
        return command;
    }
}
