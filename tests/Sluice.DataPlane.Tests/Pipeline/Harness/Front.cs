using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Prometheus;
using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Forwarding;
using Sluice.DataPlane.Pipeline;
using Sluice.DataPlane.Telemetry;
using Sluice.Transport.Epoll;
using Sluice.Transport.Server;
using Sluice.Transport.Upstream;
using Yarp.ReverseProxy.Forwarder;

namespace Sluice.DataPlane.Tests.Pipeline.Harness;

/// <summary>A gateway in the test: a <see cref="RequestPipeline"/> behind a port for HTTP/1.1 and one for HTTP/2.</summary>
internal sealed class Front : IAsyncDisposable
{
    private readonly WebApplication _host;
    private readonly IServer _server;
    private readonly UpstreamClients _clients = new();
    private readonly AccessLog _accessLog;
    private readonly EpollTransport? _epoll;
    private readonly UpstreamPools? _pools;

    private Http1Server? _http1;

    private Front(Snapshot snapshot, Func<int, int>? dice, TimeProvider? time)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddHttpForwarder();
        builder.WebHost.ConfigureKestrel(options =>
        {
            KestrelRequirements.Apply(options);
            options.Listen(IPAddress.Loopback, 0, o => o.Run(connection => _http1!.ServeAsync(connection)));
            options.Listen(IPAddress.Loopback, 0, o => o.Protocols = HttpProtocols.Http2);
        });
        // The same behaviour over both carriers and both transports: the suite runs once for each, chosen as in the product.
        if (Chosen("SLUICE_TRANSPORT") != "sockets" && EpollTransport.IsSupported)
        {
            _epoll = new EpollTransport(Environment.ProcessorCount, TimeProvider.System, NullLogger.Instance);
            builder.Services.AddSingleton<IConnectionListenerFactory>(_epoll);
        }
        if (!IsYarp)
            _pools = new UpstreamPools(_epoll?.Upstream ?? new ManagedUpstreamTransport(), TimeProvider.System);
        _host = builder.Build();
        _server = _host.Services.GetRequiredService<IServer>();
        Live.Publish(snapshot);
        Ejections = new Ejections(() => Live.Current.Clusters.Values, Registry, time ?? TimeProvider.System, new ErrorLogger(Errors, Warnings));
        _accessLog = new AccessLog(_ => new LineSink(Lines), (_, e) => Errors.Enqueue(e), Registry, TimeProvider.System);
        Pipeline = new RequestPipeline(new PipelineParts
        {
            Live = Live,
            ListenerOf = _ => new ListenerKey(null, SnapshotBuilder.Port),
            Forwarder = _host.Services.GetRequiredService<IHttpForwarder>(),
            Clients = _clients,
            Pools = _pools,
            Ejections = Ejections,
            Metrics = new RequestMetrics(Registry, GatewayLabels.Default),
            AccessLog = _accessLog,
            Registry = Registry,
            Dice = dice ?? (_ => 0),
            IsDraining = () => IsDraining,
            Time = time ?? TimeProvider.System,
            Logger = new ErrorLogger(Errors, Warnings),
        });
    }

    public LiveSnapshot Live { get; } = new();

    /// <summary>Whether YARP carries all.</summary>
    public static bool IsYarp => Chosen("SLUICE_CARRIER") == "yarp";

    private static string? Chosen(string variable) => Environment.GetEnvironmentVariable(variable);

    public Ejections Ejections { get; }

    /// <summary>The native carrier's connections to a cluster; null over YARP.</summary>
    public int? ConnectionsTo(Cluster cluster) => _pools?.CountOf(cluster);

    public CollectorRegistry Registry { get; } = Metrics.NewCustomRegistry();

    public RequestPipeline Pipeline { get; }

    /// <summary>What was not foreseen; a test that ends with one has failed.</summary>
    public ConcurrentQueue<Exception> Errors { get; } = new();

    /// <summary>What was told without an exception.</summary>
    public ConcurrentQueue<string> Warnings { get; } = new();

    public BlockingCollection<string> Lines { get; } = [];

    /// <summary>What the pipeline is told about the gateway's end.</summary>
    public bool IsDraining { get; set; }

    public int Port { get; private set; }

    public int Http2Port { get; private set; }

    public static Task<Front> StartAsync(SnapshotBuilder snapshot, Func<int, int>? dice = null, TimeProvider? time = null) =>
        StartAsync(snapshot.Build(), dice, time);

    public static async Task<Front> StartAsync(Snapshot snapshot, Func<int, int>? dice = null, TimeProvider? time = null)
    {
        var front = new Front(snapshot, dice, time);
        front._http1 = new Http1Server(front.Pipeline, new Http1ServerLimits());
        await front._server.StartAsync(new KestrelApplication(front.Pipeline), TestContext.Current.CancellationToken);
        var ports = front._server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Select(a => new Uri(a).Port).ToArray();
        (front.Port, front.Http2Port) = (ports[0], ports[1]);
        return front;
    }

    public Task<RawClient> ConnectAsync() => RawClient.ConnectAsync(Port);

    /// <summary>One request over a connection of its own.</summary>
    public async Task<RawResponse> GetAsync(string target, string host = "example.com", string headers = "")
    {
        using var client = await ConnectAsync();
        return await client.GetAsync(target, host, headers);
    }

    /// <summary>A client that speaks HTTP/2 with prior knowledge; the requests must ask for it (<see cref="Http2Request"/>).</summary>
    public HttpClient Http2Client() => new(new SocketsHttpHandler { AllowAutoRedirect = false })
    {
        BaseAddress = new Uri($"http://127.0.0.1:{Http2Port}"),
    };

    public static HttpRequestMessage Http2Request(HttpMethod method, string target, HttpContent? content = null) => new(method, target)
    {
        Version = HttpVersion.Version20,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Content = content,
    };

    public async Task<string> ScrapeAsync()
    {
        using var text = new MemoryStream();
        await Registry.CollectAndExportAsTextAsync(text, TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(text.ToArray());
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _server.StopAsync(now.Token);
        await _host.DisposeAsync();
        await _accessLog.DisposeAsync();
        _clients.Dispose();
        Ejections.Dispose();
        _pools?.Dispose();
        _epoll?.Dispose();
        Lines.Dispose();
        Assert.Empty(Errors);
    }

    private sealed class ErrorLogger(ConcurrentQueue<Exception> errors, ConcurrentQueue<string> warnings) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (exception is not null)
                errors.Enqueue(exception);
            else
                warnings.Enqueue(formatter(state, exception));
        }
    }

    private sealed class LineSink(BlockingCollection<string> lines) : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            foreach (var line in Encoding.UTF8.GetString(buffer.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries))
                lines.Add(line, cancellationToken);
            return ValueTask.CompletedTask;
        }
    }
}
