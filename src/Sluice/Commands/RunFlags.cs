using System.CommandLine;
using Microsoft.Extensions.Logging;
using Sluice.ControlPlane.Compilation;
using Sluice.Hosting;
using Sluice.Logging;
using Sluice.Transport.Epoll;

namespace Sluice.Commands;

/// <summary>The flags of <c>run</c>, which <c>demo</c> takes, too.</summary>
/// <param name="portMap">What <c>--port-map</c> says when it is not given.</param>
internal sealed class RunFlags(IReadOnlyDictionary<int, int> portMap)
{
    private readonly ConfigurationFlags _configuration = new(portMap);
    private readonly Flag<IReadOnlyList<string>> _config = ConfigurationFlags.Config();

    private readonly Flag<HostPort?> _admin = Flag<HostPort?>.One(
        "--admin", "HOST:PORT", "Admin API; off turns it off [default: 127.0.0.1:15000]",
        new HostPort("127.0.0.1", 15000), HostPort.ParseOrOff);

    private readonly Flag<HostPort> _status = Flag<HostPort>.One(
        "--status", "HOST:PORT", "Health checks: /healthz/ready, /healthz/live [default: 0.0.0.0:15021]",
        new HostPort("0.0.0.0", 15021), HostPort.Parse);

    private readonly Flag<HostPort> _metrics = Flag<HostPort>.One(
        "--metrics", "HOST:PORT", "Metrics: /stats/prometheus, /metrics [default: 0.0.0.0:15090]",
        new HostPort("0.0.0.0", 15090), HostPort.Parse);

    private readonly Flag<HostPort?> _mesh = Flag<HostPort?>.One(
        "--mesh", "HOST:PORT", "A listener for calls between services [default: off]", null, HostPort.ParseOrOff);

    private readonly Flag<string> _workload = Flag<string>.One(
        "--workload", "NAME", "This gateway's name in metrics and traces [default: istio-ingressgateway]",
        new GatewayIdentity().Workload, FlagText.Name);

    private readonly Flag<TimeSpan> _drainDelay = Flag<TimeSpan>.One(
        "--drain-delay", "TIME", "How long to go on accepting after SIGTERM [default: 5s]", new DrainOptions().Delay, FlagText.Time);

    private readonly Flag<TimeSpan> _drainTimeout = Flag<TimeSpan>.One(
        "--drain-timeout", "TIME", "How long requests in flight may take after that [default: 45s]",
        new DrainOptions().Timeout, FlagText.Time);

    private readonly Flag<LimitOptions> _limits = Flag<LimitOptions>.Many(
        "--limit", "NAME=VALUE", $"A limit: {string.Join(", ", LimitFlags.Names)}", new LimitOptions(), LimitFlags.Parse);

    private readonly Switch _http10 = new("--http10", "Serve HTTP/1.0, which is answered with 426 otherwise");

    private readonly Flag<LogLevel> _logLevel = Flag<LogLevel>.One(
        "--log-level", "LEVEL", $"{string.Join(", ", LogLevels.Words)} [default: info]", LogLevel.Information, LogLevels.Parse);

    private readonly Flag<string> _carrier = Flag<string>.One(
        "--carrier", "NAME", "Who carries plain HTTP/1.1: native, yarp [default: native]", "native", FlagText.OneOf("native", "yarp"));

    private readonly Flag<TransportKind> _transport = Flag<TransportKind>.One(
        "--transport", "NAME", "What moves the bytes: epoll (Linux), sockets [default: epoll where it is to be had]",
        GatewayTransport.Default, Transport);

    private readonly Switch _reusePort = new("--reuse-port", "Share the ports with another process (not in this build)");

    /// <summary>Makes the flags known to a verb.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_config.Option);
        _configuration.AddTo(command);
        Option[] options =
        [
            _admin.Option, _status.Option, _metrics.Option, _mesh.Option, _workload.Option, _drainDelay.Option, _drainTimeout.Option,
            _limits.Option, _http10.Option, _logLevel.Option, _carrier.Option, _transport.Option, _reusePort.Option,
        ];
        foreach (var option in options)
            command.Options.Add(option);
    }

    /// <summary>Whether the user said where the configuration is.</summary>
    public bool NamesConfig(ParseResult result, Terminal terminal) => _config.IsGiven(result, terminal);

    /// <summary>What flags and variables say together.</summary>
    /// <exception cref="UsageException">One of them makes no sense.</exception>
    public RunOptions Read(ParseResult result, Terminal terminal)
    {
        if (_reusePort.Read(result, terminal))
            throw new UsageException("--reuse-port: this build binds its ports exclusively; start the second process once the first has gone");
        return new RunOptions
        {
            Config = _config.Read(result, terminal),
            MeshConfig = _configuration.MeshConfig(result, terminal),
            Identity = _configuration.Identity(result, terminal) with
            {
                Mesh = _mesh.Read(result, terminal)?.Resolve(),
                Workload = _workload.Read(result, terminal),
                Http10 = _http10.Read(result, terminal),
            },
            Admin = _admin.Read(result, terminal),
            Status = _status.Read(result, terminal),
            Metrics = _metrics.Read(result, terminal),
            Drain = new DrainOptions { Delay = _drainDelay.Read(result, terminal), Timeout = _drainTimeout.Read(result, terminal) },
            Limits = _limits.Read(result, terminal),
            NativeCarrier = _carrier.Read(result, terminal) == "native",
            Transport = _transport.Read(result, terminal),
            LogLevel = _logLevel.Read(result, terminal),
        };
    }

    private static TransportKind Transport(string text) => text switch
    {
        "sockets" => TransportKind.Sockets,
        "epoll" when EpollTransport.IsSupported => TransportKind.Epoll,
        "epoll" => throw new FormatException("epoll is to be had on 64-bit Linux only; sockets works everywhere"),
        _ => throw new FormatException($"'{text}' is neither epoll nor sockets"),
    };
}
