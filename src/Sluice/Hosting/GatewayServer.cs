using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sluice.Transport.Hub;
using Sluice.Transport.Server;
using Sluice.Transport.Upstream;
using Yarp.ReverseProxy.Forwarder;

namespace Sluice.Hosting;

/// <summary>Everything that speaks HTTP to clients: the hub that accepts their connections, our own HTTP/1.1, and Kestrel for HTTP/2.</summary>
/// <remarks>Kestrel can do HTTPS only as a service of a host, so there is one. It is never started: the services are taken out, and
/// this class starts and stops the server.</remarks>
internal sealed class GatewayServer : IAsyncDisposable
{
    private readonly LimitOptions _limits;
    private readonly GatewayTransport _transport;
    private readonly IHost _host;
    private readonly IServer _server;
    private HostedApplication? _application;
    private Http1Server? _http1;

    /// <summary>Makes a server that isn't started and has no ports.</summary>
    /// <param name="limits">What clients may take.</param>
    /// <param name="loggers">For Kestrel, the hub and the forwarder. Stays the caller's.</param>
    /// <param name="time">The clock of the hub; Kestrel keeps its own.</param>
    /// <param name="kind">What moves the bytes.</param>
    public GatewayServer(LimitOptions limits, ILoggerFactory loggers, TimeProvider time, TransportKind kind)
    {
        _limits = limits;
        var logger = loggers.CreateLogger("Sluice.Transport");
        _transport = GatewayTransport.Create(kind, time, logger);
        var hubOptions = new HubOptions { PrefaceTime = limits.HeadersTime, ConnectionLimit = limits.Connections };
        Hub = new ConnectionHub(_transport.Downstream, hubOptions, time, logger);
        _host = BuildHost(limits, loggers);
        _server = _host.Services.GetRequiredService<IServer>();
        Forwarder = _host.Services.GetRequiredService<IHttpForwarder>();
    }

    /// <summary>Opens and closes the ports.</summary>
    public ConnectionHub Hub { get; }

    /// <summary>Opens connections to upstreams for the native carrier, where those of the clients live.</summary>
    public UpstreamTransport Upstream => _transport.Upstream;

    /// <summary>YARP's forwarder, for the carrier that is not native.</summary>
    public IHttpForwarder Forwarder { get; }

    /// <summary>Starts Kestrel: ports that are opened get served from now on.</summary>
    /// <param name="gateway">Answers the requests of all ports but those of a <see cref="SideServer"/>.</param>
    /// <param name="cancellationToken">Gives up the start.</param>
    public Task StartAsync(IRequestHandler gateway, CancellationToken cancellationToken)
    {
        _application = new HostedApplication(gateway);
        _http1 = new Http1Server(_application, _limits.OfHttp1());
        return _server.StartAsync(new KestrelApplication(_application), cancellationToken);
    }

    /// <summary>From now on connections of the gateway close after their next request: answers say <c>connection: close</c>, HTTP/2
    /// connections get GOAWAY. Idle ones stay.</summary>
    public void CloseConnectionsAfterRequest() => _application?.CloseConnections();

    /// <summary>Closes all ports, cuts what is still open and stops Kestrel, which waits for its requests for a second at most.</summary>
    public async ValueTask DisposeAsync()
    {
        await Hub.DisposeAsync();
        await _server.StopAsync(new CancellationToken(canceled: true));
        _host.Dispose();
        _transport.Dispose();
    }

    private IHost BuildHost(LimitOptions limits, ILoggerFactory loggers) => new HostBuilder()
        .ConfigureWebHost(
            web => web.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureServices(services => services
                .AddSingleton(loggers)
                .AddSingleton<IConnectionListenerFactory>(Hub)
                .AddHttpForwarder()
                .Configure<KestrelServerOptions>(options =>
                {
                    KestrelLimits.Apply(options, limits);
                    ConnectionHub.AddEndpoints(options, connection => _http1!.ServeAsync(connection));
                })),
            // The environment of the gateway is not that of a web application.
            options => options.SuppressEnvironmentConfiguration = true)
        .Build();
}
