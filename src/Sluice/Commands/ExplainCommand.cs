using System.CommandLine;
using System.Net;
using Sluice.DataPlane.Pipeline;
using Sluice.Reports;

namespace Sluice.Commands;

/// <summary><c>sluice explain</c>: what the gateway would do with a request, and why.</summary>
internal sealed class ExplainCommand
{
    // Explaining binds nothing: the address only has to be one, so that calls to the mesh listener can be explained as well. No Gateway
    // server has port 0.
    private static readonly IPEndPoint AnyMesh = new(IPAddress.Any, 0);

    private readonly Terminal _terminal;
    private readonly ConfigurationFlags _configuration = new();
    private readonly Flag<IReadOnlyList<string>> _config = ConfigurationFlags.Config();
    private readonly Flag<string> _output = Flag<string>.One(
        "--output", "FORMAT", "text or json [default: text]", "text", FlagText.OneOf("text", "json"), "-o");

    private readonly Flag<IReadOnlyList<string>> _headers = Flag<IReadOnlyList<string>>.Many(
        "--header", "NAME: VALUE", "A header field of the request", [], texts => texts, "-H");

    private readonly Flag<string?> _calls = Flag<string?>.One(
        "--calls", "FILE", "A JSON array of calls instead of one request; - for standard input", null, FlagText.Name);

    private readonly Argument<string?> _method = new("METHOD") { Arity = ArgumentArity.ZeroOrOne, Description = "Method of the request" };
    private readonly Argument<string?> _url = new("URL") { Arity = ArgumentArity.ZeroOrOne, Description = "URL of the request" };

    private ExplainCommand(Terminal terminal) => _terminal = terminal;

    public static Command Create(Terminal terminal)
    {
        var verb = new ExplainCommand(terminal);
        var command = new Command("explain", "Say what the gateway would do with a request, and why")
        {
            verb._method, verb._url, verb._headers.Option, verb._calls.Option, verb._config.Option, verb._output.Option,
        };
        verb._configuration.AddTo(command);
        command.SetAction((result, cancellation) => Task.FromResult(verb.Run(result, cancellation)));
        return command;
    }

    private int Run(ParseResult result, CancellationToken cancellation)
    {
        var output = _output.Read(result, _terminal);
        var (calls, asArray) = ReadCalls(result);
        var load = Loading.Load(
            _config.Read(result, _terminal), _configuration.MeshConfig(result, _terminal),
            _configuration.Identity(result, _terminal) with { Mesh = AnyMesh }, cancellation);
        if (load.Compiled is null)
        {
            Loading.Complain(load.Findings, _terminal.Error);
            return ExitCode.InvalidConfiguration;
        }

        ExplainAnswer[] answers = [.. calls.Select(call => Explainer.Explain(load.Compiled.Snapshot, call))];
        if (output == "json")
        {
            _terminal.Out.WriteLine(asArray
                ? ReportJson.Text(answers, ReportJson.Readable.ExplainAnswerArray)
                : ReportJson.Text(answers[0], ReportJson.Readable.ExplainAnswer));
            return ExitCode.Ok;
        }
        for (var i = 0; i < answers.Length; i++)
        {
            if (i > 0)
                _terminal.Out.WriteLine();
            if (asArray)
                _terminal.Out.WriteLine($"{calls[i].Method} {calls[i].Host}{calls[i].Path}");
            ExplainText.Write(answers[i], _terminal.Out);
        }
        return ExitCode.Ok;
    }

    private static ExplainCall OneCall(string method, string url, IReadOnlyList<string> fields)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            throw new UsageException($"'{url}' is no http or https URL");
        if (uri.UserInfo.Length > 0)
            throw new UsageException($"'{url}' has credentials in it, which clients don't send there; write -H 'authorization: ...'");
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var header in fields)
        {
            var colon = header.IndexOf(':', StringComparison.Ordinal);
            var name = colon < 0 ? "" : header[..colon].Trim();
            var value = header[(colon + 1)..].Trim();
            if (!ExplainJson.IsField(name, value))
                throw new UsageException($"'{header}' is no header; write -H 'name: value'");
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
            // Addresses are no server names.
            Sni = isTls && uri.HostNameType == UriHostNameType.Dns ? uri.IdnHost : null,
            Host = host ?? (slash < 0 ? authority : authority[..slash]),
            Path = path.StartsWith('/') ? path : "/" + path,
            Headers = headers,
        };
    }

    // What is on the command line goes before a variable that names a file.
    private (ExplainCall[] Calls, bool AsArray) ReadCalls(ParseResult result)
    {
        var (method, url) = (result.GetValue(_method), result.GetValue(_url));
        if (method is not null && url is not null)
            return ([OneCall(method, url, _headers.Read(result, _terminal))], false);
        if (method is not null || _calls.Read(result, _terminal) is not { } file)
            throw new UsageException("wanted METHOD and URL, as in: explain GET http://shop.example.com/cart");
        try
        {
            return ExplainJson.ReadCalls(file == "-" ? _terminal.In.ReadToEnd() : File.ReadAllText(file));
        }
        catch (FormatException e)
        {
            throw new UsageException($"{file}: {e.Message}");
        }
    }
}
