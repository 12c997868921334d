using System.CommandLine;
using Sluice.Reports;

namespace Sluice.Commands;

/// <summary><c>sluice routes</c>: the compiled routing table.</summary>
internal sealed class RoutesCommand
{
    private readonly Terminal _terminal;
    private readonly ConfigurationFlags _configuration = new();
    private readonly Flag<IReadOnlyList<string>> _config = ConfigurationFlags.Config();
    private readonly Flag<string> _output = Flag<string>.One(
        "--output", "FORMAT", "text or json [default: text]", "text", FlagText.OneOf("text", "json"), "-o");

    private RoutesCommand(Terminal terminal) => _terminal = terminal;

    public static Command Create(Terminal terminal)
    {
        var verb = new RoutesCommand(terminal);
        var command = new Command("routes", "Show the compiled routing table") { verb._config.Option, verb._output.Option };
        verb._configuration.AddTo(command);
        command.SetAction((result, cancellation) => Task.FromResult(verb.Run(result, cancellation)));
        return command;
    }

    private int Run(ParseResult result, CancellationToken cancellation)
    {
        var output = _output.Read(result, _terminal);
        var identity = _configuration.Identity(result, _terminal);
        var load = Loading.Load(
            _config.Read(result, _terminal), _configuration.MeshConfig(result, _terminal), identity, cancellation);
        if (load.Compiled is null)
        {
            Loading.Complain(load.Findings, _terminal.Error);
            return ExitCode.InvalidConfiguration;
        }
        var report = RoutesReport.Of(load.Compiled.Snapshot, identity.Bind);
        if (output == "json")
            _terminal.Out.WriteLine(ReportJson.Text(report, ReportJson.Readable.RoutesReport));
        else
            RoutesText.Write(report, _terminal.Out);
        return ExitCode.Ok;
    }
}
