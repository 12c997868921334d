using System.CommandLine;
using System.Globalization;
using Sluice.ControlPlane.Compilation;
using Sluice.Reports;

namespace Sluice.Commands;

/// <summary><c>sluice validate PATH...</c>: a static check of files and folders.</summary>
internal sealed class ValidateCommand
{
    private readonly Terminal _terminal;
    private readonly ConfigurationFlags _configuration = new();
    private readonly Flag<string> _output = Flag<string>.One(
        "--output", "FORMAT", "text, json or sarif [default: text]", "text", FlagText.OneOf("text", "json", "sarif"), "-o");
    private readonly Switch _strict = new("--strict", "Exit with 79 when there are warnings");
    private readonly Argument<string[]> _paths = new("PATH")
    {
        Description = "Files, or folders read recursively",
        Arity = ArgumentArity.OneOrMore,
        CustomParser = result => [.. result.Tokens.Select(t => t.Value)],
    };

    private ValidateCommand(Terminal terminal) => _terminal = terminal;

    public static Command Create(Terminal terminal)
    {
        var verb = new ValidateCommand(terminal);
        var command = new Command("validate", "Check configuration files, one line a finding") { verb._paths, verb._output.Option, verb._strict.Option };
        verb._configuration.AddTo(command);
        command.SetAction((result, cancellation) => Task.FromResult(verb.Run(result, cancellation)));
        return command;
    }

    private int Run(ParseResult result, CancellationToken cancellation)
    {
        var output = _output.Read(result, _terminal);
        var strict = _strict.Read(result, _terminal);
        var load = Loading.Load(
            result.GetRequiredValue(_paths),
            _configuration.MeshConfig(result, _terminal),
            _configuration.Identity(result, _terminal),
            cancellation);
        var report = FindingsReport.Of(load.Findings, load.Config.All.Count);
        Write(report, load.Objects, output);
        return report.Errors > 0 ? ExitCode.InvalidConfiguration
            : strict && report.Warnings > 0 ? ExitCode.Warnings
            : ExitCode.Ok;
    }

    private void Write(FindingsReport report, IReadOnlyList<ObjectStatus> objects, string output)
    {
        switch (output)
        {
            case "json":
                _terminal.Out.WriteLine(ReportJson.Text(report, ReportJson.Readable.FindingsReport));
                break;
            case "sarif":
                _terminal.Out.WriteLine(ReportJson.Text(SarifReport.Of(report), SarifJson.Default.SarifReport));
                break;
            default:
                foreach (var finding in report.Findings)
                    _terminal.Out.WriteLine(finding);
                // Only findings go to standard output, so that it can be counted and sorted.
                WriteSummary(report, objects);
                break;
        }
    }

    private void WriteSummary(FindingsReport report, IReadOnlyList<ObjectStatus> objects)
    {
        foreach (var status in objects)
        {
            if (status.State != ObjectState.Serving)
                _terminal.Error.WriteLine(ObjectStatusView.Of(status));
        }
        var states = Enum.GetValues<ObjectState>()
            .Select(state => (Word: ObjectStatusView.Word(state), Count: objects.Count(o => o.State == state)))
            .Where(s => s.Count > 0)
            .Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Count} {s.Word}"))
            .ToArray();
        var detail = states.Length == 0 ? "" : $" ({string.Join(", ", states)})";
        _terminal.Error.WriteLine(
            $"{Counted(report.Objects, "object")}{detail}: {Counted(report.Errors, "error")}, {Counted(report.Warnings, "warning")}");
    }

    private static string Counted(int count, string word) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {word}{(count == 1 ? "" : "s")}");
}
