using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Prometheus;
using Sluice.Admin;
using Sluice.Authority;
using Sluice.Certificates;
using Sluice.ControlPlane.Compilation;
using Sluice.ControlPlane.Discovery.Names;
using Sluice.ControlPlane.Reload;
using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Forwarding;
using Sluice.DataPlane.Pipeline;
using Sluice.DataPlane.Telemetry;
using Sluice.Hosting;
using Sluice.Logging;
using Sluice.Transport.Hub;

namespace Sluice.Commands;

/// <summary>The gateway, put together: here every part is made and handed to those that need it. Read from top to bottom.</summary>
internal sealed class GatewayProcess : IAsyncDisposable
{
    private static readonly TimeSpan LastAnswers = TimeSpan.FromSeconds(1);

    private readonly RunOptions _options;
    private readonly TimeProvider _time = TimeProvider.System;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _log;
    private readonly GatewayServer _server;
    private readonly UpstreamClients _clients = new();
    private readonly UpstreamPools? _pools;
    private readonly Ejections _ejections;
    private readonly AccessLog _accessLog;
    private readonly RequestPipeline _pipeline;
    private readonly NameTable _names;
    private readonly ReloadLoop _reload;
    private readonly ConfigWatcher _watcher;
    private readonly CertificateRenewal? _renewal;
    private readonly CertificateWatch _certificates;
    private readonly Readiness _readiness = new();
    private readonly Shutdown _shutdown;
    private readonly AdminParts _admin;
    private readonly List<OpenPort> _sidePorts = [];

    private GatewayProcess(RunOptions options, Terminal terminal)
    {
        _options = options;
        var started = _time.GetTimestamp();

        // What it says.
        var lines = new LineLoggerProvider(terminal.Error, _time) { Level = options.LogLevel };
        _loggers = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(lines));
        _log = _loggers.CreateLogger("Sluice.Gateway");
        var registry = Metrics.NewCustomRegistry();
        _accessLog = new AccessLog(OpenAccessLog, (path, e) => GatewayLog.AccessLogFailed(_log, path, e), registry, _time);

        // What serves a request.
        var live = new LiveSnapshot();
        _server = new GatewayServer(options.Limits, _loggers, _time, options.Transport);
        _pools = options.NativeCarrier ? new UpstreamPools(_server.Upstream, _time) : null;
        _ejections = new Ejections(() => live.Current.Clusters.Values, registry, _time, _loggers.CreateLogger<Ejections>());
        _pipeline = new RequestPipeline(new PipelineParts
        {
            Live = live,
            ListenerOf = ListenerOf,
            Forwarder = _server.Forwarder,
            Clients = _clients,
            Pools = _pools,
            Ejections = _ejections,
            Metrics = new RequestMetrics(registry, Labels(options)),
            AccessLog = _accessLog,
            Registry = registry,
            IsDraining = () => _readiness.State == ServerState.Draining,
            Time = _time,
            Logger = _loggers.CreateLogger<RequestPipeline>(),
        });

        // What changes the configuration.
        var binding = new ListenerBinding(_server.Hub);
        var ports = new SnapshotPorts(binding, options.Identity.Bind);
        var loader = new ConfigLoader(options.Config, options.MeshConfig, options.Identity, _time);
        _names = new NameTable(SystemLookup.AddressesAsync, _time, RandomNumberGenerator.GetInt32, _loggers.CreateLogger<NameTable>());
        var endpoints = new NamedEndpoints(_names, live, _time);
        _reload = new ReloadLoop(loader, live, ports.Steps, endpoints, _time, _loggers.CreateLogger<ReloadLoop>());
        _watcher = new ConfigWatcher(options.Config, options.MeshConfig, _reload.Signal, _time, _loggers.CreateLogger<ConfigWatcher>());
        _reload.Attempted += _ => _watcher.Watch(_reload.Status.Config?.NamedFiles.Locations ?? []);
        _certificates = new CertificateWatch(() => _reload.Status.Certificates, _time, _loggers.CreateLogger<CertificateWatch>());
        _reload.Attempted += _ => _certificates.Look();
        _renewal = options.Identity.Certs is { } folder ? Renewal(folder, options.Identity) : null;

        // What ends it, and what shows it.
        var drain = new Drain(_server, _readiness, options.Drain, _time, _log);
        _shutdown = new Shutdown(drain);
        _admin = new AdminParts
        {
            Live = live,
            Ejections = _ejections,
            Pools = _pools,
            Reload = _reload,
            Names = _names,
            Binding = binding,
            Readiness = _readiness,
            Drain = drain,
            Shutdown = _shutdown,
            Registry = registry,
            Log = lines,
            Identity = options.Identity,
            Time = _time,
            Started = started,
        };
        GatewayMetrics.Register(_admin);
        ClusterMetrics.Register(_admin);
        NameMetrics.Register(registry, _names);
        CertificateMetrics.Register(_admin);
    }

    /// <summary>Runs the gateway until it is told to stop.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    /// <param name="options">What the command line says.</param>
    /// <param name="terminal">Where it logs.</param>
    /// <param name="ready">Called once when the gateway serves, with the first snapshot.</param>
    public static async Task<int> RunAsync(RunOptions options, Terminal terminal, Action<Snapshot> ready)
    {
        await using var process = new GatewayProcess(options, terminal);
        return await process.RunAsync(ready).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await CloseSidePortsAsync().ConfigureAwait(false);
        await _watcher.DisposeAsync().ConfigureAwait(false);
        _ejections.Dispose();
        await _names.DisposeAsync().ConfigureAwait(false);
        _pools?.Dispose();
        await _server.DisposeAsync().ConfigureAwait(false);
        await _accessLog.DisposeAsync().ConfigureAwait(false);
        _shutdown.Dispose();
        _clients.Dispose();
        _loggers.Dispose();
    }

    private async Task<int> RunAsync(Action<Snapshot> ready)
    {
        _shutdown.ListenToSignals();
        // Before the first load: unanswered, the signal would end a process that is about to serve. It is answered once the loop runs.
        using var hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true;
            _ = _reload.ReloadNow();
        });
        await _server.StartAsync(_pipeline, CancellationToken.None).ConfigureAwait(false);
        if (!await OpenSidePortsAsync().ConfigureAwait(false))
            return ExitCode.AddressUnavailable;

        _renewal?.RenewDue();
        // Watching begins before the first load, so that no change falls between the two.
        _watcher.Start();
        var first = await _reload.FirstLoadAsync(CancellationToken.None).ConfigureAwait(false);
        if (!first.Ok)
            // Why stands in the log already, each finding with its place.
            return first.BindErrors.Count > 0 ? ExitCode.AddressUnavailable : ExitCode.InvalidConfiguration;
        _readiness.MarkLive();
        var took = _time.GetElapsedTime(_admin.Started);
        GatewayLog.Ready(_log, first.Generation, took.TotalMilliseconds);
        ready(_admin.Live.Current);

        using var stop = new CancellationTokenSource();
        var reloading = _reload.RunAsync(stop.Token);
        var renewing = _renewal?.RunAsync(stop.Token) ?? Task.CompletedTask;
        var looking = _certificates.RunAsync(stop.Token);
        await _shutdown.Completed.ConfigureAwait(false);
        await stop.CancelAsync().ConfigureAwait(false);
        await reloading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await renewing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await looking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return ExitCode.Ok;
    }

    private async Task<bool> OpenSidePortsAsync()
    {
        var health = new AdminRouter(HealthEndpoints.All(_readiness), allowsHost: null);
        var metrics = new AdminRouter(MetricsEndpoints.All(_admin.Registry), allowsHost: null);
        return await OpenSidePortAsync("status", _options.Status, health).ConfigureAwait(false)
            && await OpenSidePortAsync("metrics", _options.Metrics, metrics).ConfigureAwait(false)
            && (_options.Admin is null
                || await OpenSidePortAsync("admin", _options.Admin, AdminApi.Router(_admin, _options.Admin.Host)).ConfigureAwait(false));
    }

    private async Task<bool> OpenSidePortAsync(string name, HostPort at, AdminRouter router)
    {
        var address = at.Resolve();
        var result = await new SideServer(name, router.Handle).OpenAsync(_server.Hub, address.Address, address.Port).ConfigureAwait(false);
        if (!result.Succeeded)
        {
            GatewayLog.NotBound(_log, name, result.Error.ToString());
            return false;
        }
        _sidePorts.Add(result.Port);
        var bound = result.Port.EndPoints[0];
        GatewayLog.Listening(_log, name, bound);
        return true;
    }

    /// <summary>Lets the answers leave that are on their way, that of /quitquitquit above all.</summary>
    private async Task CloseSidePortsAsync()
    {
        foreach (var port in _sidePorts)
        {
            await port.StopAcceptingAsync().ConfigureAwait(false);
            port.RequestClose();
        }
        await Task.WhenAll(_sidePorts.Select(p => p.WhenEmptyAsync(CancellationToken.None)))
            .WaitAsync(LastAnswers, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // Requests of side servers never reach the pipeline: their keys are the servers.
    private static ListenerKey ListenerOf(IFeatureCollection features) => (ListenerKey)features.GetRequiredFeature<ListenerFeature>().Key;

    private CertificateRenewal Renewal(string folder, GatewayIdentity identity) => new(
        folder,
        identity.Workload,
        [identity.Workload, $"spiffe://{identity.Domain}/ns/{identity.Namespace}/sa/{identity.Workload}"],
        _time,
        _loggers.CreateLogger<CertificateRenewal>());

    private static GatewayLabels Labels(RunOptions options)
    {
        var identity = options.Identity;
        return new GatewayLabels(
            identity.Workload,
            identity.Namespace,
            identity.Labels.GetValueOrDefault("app", identity.Workload),
            identity.Labels.GetValueOrDefault("version", GatewayLabels.Default.Revision));
    }

    private static Stream OpenAccessLog(string path) => path switch
    {
        "/dev/stdout" => System.Console.OpenStandardOutput(),
        "/dev/stderr" => System.Console.OpenStandardError(),
        _ => new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0),
    };
}
