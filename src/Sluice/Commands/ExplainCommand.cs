using System.CommandLine;
using System.Net;
using System.Text.Json;
using Sluice.DataPlane.Pipeline;
using Sluice.Reports;

namespace Sluice.Commands;

/// <summary><c>sluice explain</c>: what the gateway would do with a request, and why.</summary>
internal sealed class ExplainCommand
{
    // Explaining binds nothing: the address only has to be one, so that calls to the mesh listener can be explained as well.
    private static readonly IPEndPoint AnyMesh = new(IPAddress.Loopback, 15001);

    private readonly Terminal _terminal;
    private readonly ConfigurationFlags _configuration = new();
    private readonly Flag<IReadOnlyList<string>> _config = ConfigurationFlags.Config();
    private readonly Flag<string> _output = Flag<string>.One(
        "--output", "FORMAT", "text or json [default: text]", "text", FlagText.OneOf("text", "json"), "-o");

    private readonly Option<string[]> _headers = new("--header", "-H")
    {
        HelpName = "NAME: VALUE", Description = "A header field of the request", AllowMultipleArgumentsPerToken = false,
    };

    private readonly Option<string?> _calls = new("--calls")
    {
        HelpName = "FILE", Description = "A JSON array of calls instead of one request; - for standard input",
    };

    private readonly Argument<string?> _method = new("METHOD") { Arity = ArgumentArity.ZeroOrOne, Description = "Method of the request" };
    private readonly Argument<string?> _url = new("URL") { Arity = ArgumentArity.ZeroOrOne, Description = "URL of the request" };

    private ExplainCommand(Terminal terminal) => _terminal = terminal;

    public static Command Create(Terminal terminal)
    {
        var verb = new ExplainCommand(terminal);
        var command = new Command("explain", "Say what the gateway would do with a request, and why")
        {
            verb._method, verb._url, verb._headers, verb._calls, verb._config.Option, verb._output.Option,
        };
        verb._configuration.AddTo(command);
        command.SetAction((result, cancellation) => Task.FromResult(verb.Run(result, cancellation)));
        return command;
    }

    private int Run(ParseResult result, CancellationToken cancellation)
    {
        var several = result.GetValue(_calls);
        var calls = several is not null ? ReadCalls(several) : [OneCall(result)];
        var load = Loading.Load(
            _config.Read(result, _terminal), _configuration.MeshConfig(result, _terminal),
            _configuration.Identity(result, _terminal) with { Mesh = AnyMesh }, cancellation);
        if (load.Compiled is null)
        {
            Loading.Complain(load.Findings, _terminal.Error);
            return ExitCode.InvalidConfiguration;
        }

        ExplainAnswer[] answers = [.. calls.Select(call => Explainer.Explain(load.Compiled.Snapshot, call))];
        if (_output.Read(result, _terminal) == "json")
        {
            _terminal.Out.WriteLine(several is not null
                ? ReportJson.Text(answers, ReportJson.Readable.ExplainAnswerArray)
                : ReportJson.Text(answers[0], ReportJson.Readable.ExplainAnswer));
            return ExitCode.Ok;
        }
        for (var i = 0; i < answers.Length; i++)
        {
            if (i > 0)
                _terminal.Out.WriteLine();
            if (several is not null)
                _terminal.Out.WriteLine($"{calls[i].Method} {calls[i].Host}{calls[i].Path}");
            ExplainText.Write(answers[i], _terminal.Out);
        }
        return ExitCode.Ok;
    }

    private ExplainCall OneCall(ParseResult result)
    {
        if (result.GetValue(_method) is not { } method || result.GetValue(_url) is not { } url)
            throw new UsageException("wanted METHOD and URL, as in: explain GET http://shop.example.com/cart");
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            throw new UsageException($"'{url}' is no http or https URL");
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var header in result.GetValue(_headers) ?? [])
        {
            var colon = header.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0)
                throw new UsageException($"'{header}' is no header; write -H 'name: value'");
            var name = header[..colon].Trim();
            var value = header[(colon + 1)..].Trim();
            headers[name] = headers.TryGetValue(name, out var before) ? $"{before},{value}" : value;
        }
        var isTls = uri.Scheme == "https";
        headers.Remove("host", out var host);
        // The path byte for byte, as a client would send it: not what Uri makes of it.
        var authority = url[(url.IndexOf("://", StringComparison.Ordinal) + 3)..];
        var slash = authority.IndexOfAny(['/', '?']);
        var path = slash < 0 ? "/" : authority[slash..].Split('#')[0];
        return new ExplainCall
        {
            Method = method,
            Port = uri.Port,
            Tls = isTls ? "tls" : "plaintext",
            Sni = isTls ? uri.Host : null,
            Host = host ?? (slash < 0 ? authority : authority[..slash]),
            Path = path.StartsWith('/') ? path : "/" + path,
            Headers = headers,
        };
    }

    private ExplainCall[] ReadCalls(string file)
    {
        var text = file == "-" ? _terminal.In.ReadToEnd() : File.ReadAllText(file);
        try
        {
            return JsonSerializer.Deserialize(text, ReportJson.Readable.ExplainCallArray)
                ?? throw new UsageException($"{file} is null; wanted an array of calls");
        }
        catch (JsonException e)
        {
            throw new UsageException($"{file} is no JSON array of calls: {e.Message}");
        }
    }
}
