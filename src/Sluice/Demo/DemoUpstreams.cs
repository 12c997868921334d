using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.Logging;
using Sluice.Hosting;

namespace Sluice.Demo;

/// <summary>The built-in upstreams of the demo: one small server for each workload of the sample configuration, in this process.</summary>
internal sealed class DemoUpstreams : IAsyncDisposable
{
    private readonly GatewayServer _server;
    private readonly Dictionary<int, int> _ports = [];

    private DemoUpstreams(ILoggerFactory loggers) => _server = new GatewayServer(new LimitOptions(), loggers, TimeProvider.System);

    /// <summary>The local port of each, by the port that the sample configuration names.</summary>
    public IReadOnlyDictionary<int, int> Ports => _ports;

    /// <summary>Starts them on free ports of the loopback address.</summary>
    /// <param name="workloadPorts">The ports that the sample configuration names.</param>
    /// <param name="loggers">For their server.</param>
    public static async Task<DemoUpstreams> StartAsync(IReadOnlyList<int> workloadPorts, ILoggerFactory loggers)
    {
        var upstreams = new DemoUpstreams(loggers);
        await upstreams._server.StartAsync(new NoGateway(), CancellationToken.None).ConfigureAwait(false);
        foreach (var port in workloadPorts)
        {
            var name = port.ToString(CultureInfo.InvariantCulture);
            var opened = await new SideServer(name, context => AnswerAsync(context, name))
                .OpenAsync(upstreams._server.Hub, IPAddress.Loopback, 0).ConfigureAwait(false);
            upstreams._ports[port] = opened.Port?.Port ?? throw new IOException($"no port for an upstream of the demo: {opened.Error}");
        }
        return upstreams;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static Task AnswerAsync(HttpContext context, string name)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync($"workload {name} answers {context.Request.Method} {context.Request.Path}\n");
    }

    /// <summary>The server of the upstreams has side servers only.</summary>
    private sealed class NoGateway : IHttpApplication<IFeatureCollection>
    {
        public IFeatureCollection CreateContext(IFeatureCollection contextFeatures) => contextFeatures;

        public Task ProcessRequestAsync(IFeatureCollection context) => Task.CompletedTask;

        public void DisposeContext(IFeatureCollection context, Exception? exception)
        {
        }
    }
}
