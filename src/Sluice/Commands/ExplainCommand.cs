using System.CommandLine;
using System.Net;
using Sluice.ControlPlane.Compilation;
using Sluice.DataPlane.Pipeline;
using Sluice.Reports;

namespace Sluice.Commands;

/// <summary><c>sluice explain</c>: what the gateway would do with a request, and why.</summary>
internal sealed class ExplainCommand
{
    private readonly Terminal _terminal;
    private readonly ConfigurationFlags _configuration = new();
    private readonly Flag<IReadOnlyList<string>> _config = ConfigurationFlags.Config();
    private readonly Flag<string> _output = Flag<string>.One(
        "--output", "FORMAT", "text or json [default: text]", "text", FlagText.OneOf("text", "json"), "-o");
    private readonly Flag<IReadOnlyList<string>> _headers = Flag<IReadOnlyList<string>>.Many(
        "--header", "NAME: VALUE", "A header of the request", [], texts => texts, "-H");
    private readonly Flag<string?> _calls = Flag<string?>.One(
        "--calls", "FILE", "A JSON array of calls instead of one request; - for standard input", null, FlagText.Name);
    private readonly Argument<string?> _method = new("METHOD")
    {
        Description = "Method of the request",
        Arity = ArgumentArity.ZeroOrOne,
    };
    private readonly Argument<string?> _url = new("URL")
    {
        Description = "URL of the request; scheme and port are those of the Gateway server",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private ExplainCommand(Terminal terminal) => _terminal = terminal;

    public static Command Create(Terminal terminal)
    {
        var verb = new ExplainCommand(terminal);
        var command = new Command("explain", "Say what the gateway would do with a request, and why")
        {
            verb._method, verb._url, verb._headers.Option, verb._calls.Option, verb._config.Option, verb._output.Option,
        };
        verb._configuration.AddTo(command);
        command.SetAction((result, cancellation) => verb.RunAsync(result, cancellation));
        return command;
    }

    private async Task<int> RunAsync(ParseResult result, CancellationToken cancellation)
    {
        var output = _output.Read(result, _terminal);
        var (calls, asArray) = await ReadCallsAsync(result, cancellation).ConfigureAwait(false);
        var identity = WithMesh(_configuration.Identity(result, _terminal), calls);
        var load = Loading.Load(
            _config.Read(result, _terminal), _configuration.MeshConfig(result, _terminal), identity, cancellation);
        if (load.Compiled is null)
        {
            Loading.Complain(load.Findings, _terminal.Error);
            return ExitCode.InvalidConfiguration;
        }
        var explainer = new Explainer(load.Compiled.Snapshot);
        ExplainAnswer[] answers = [.. calls.Select(explainer.Explain)];
        if (output == "json")
            _terminal.Out.WriteLine(ExplainJson.Text(answers, asArray));
        else
            ExplainText.Write(calls, answers, _terminal.Out);
        return ExitCode.Ok;
    }

    private async Task<(IReadOnlyList<ExplainCall> Calls, bool AsArray)> ReadCallsAsync(ParseResult result, CancellationToken cancellation)
    {
        var (method, url) = (result.GetValue(_method), result.GetValue(_url));
        try
        {
            if (method is not null && url is not null)
                return ([ExplainInput.FromUrl(method, url, _headers.Read(result, _terminal))], false);
            if (method is not null)
                throw new UsageException(method.Contains("://", StringComparison.Ordinal) ? "METHOD is missing before the URL" : "URL is missing");
            var file = _calls.Read(result, _terminal) ?? throw new UsageException("METHOD and URL are missing, or --calls");
            var json = file == "-"
                ? await _terminal.In.ReadToEndAsync(cancellation).ConfigureAwait(false)
                : await File.ReadAllTextAsync(file, cancellation).ConfigureAwait(false);
            return ExplainJson.ReadCalls(json);
        }
        catch (FormatException e)
        {
            throw new UsageException(e.Message);
        }
    }

    // A call that goes by the mesh listener needs one; where it would listen plays no part.
    private static GatewayIdentity WithMesh(GatewayIdentity identity, IReadOnlyList<ExplainCall> calls) =>
        calls.Any(c => c.Gateway == Explainer.Mesh) ? identity with { Mesh = new IPEndPoint(IPAddress.Any, 0) } : identity;
}
