using System.Net;
using System.Text;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Sluice.Demo;

/// <summary>One service of the sample application.</summary>
/// <param name="App">Its name.</param>
/// <param name="Version">Its version; empty when it has only one.</param>
internal sealed record SampleUpstream(string App, string Version)
{
    /// <summary><c>webapp experimental</c>.</summary>
    public override string ToString() => Version.Length == 0 ? App : $"{App} {Version}";
}

/// <summary>Small HTTP services inside the process, one for each workload of the sample configuration. Each answers with its name and
/// version: a line for curl, a page for a browser.</summary>
internal sealed class SampleUpstreams : IAsyncDisposable
{
    private readonly KestrelServer _server;

    private SampleUpstreams(KestrelServer server, int[] ports)
    {
        _server = server;
        Ports = ports;
    }

    /// <summary>The loopback ports, in the order of the services.</summary>
    public IReadOnlyList<int> Ports { get; }

    /// <summary>Starts them on free ports.</summary>
    public static async Task<SampleUpstreams> StartAsync(IReadOnlyList<SampleUpstream> services, CancellationToken cancellationToken)
    {
        var options = new KestrelServerOptions { AddServerHeader = false };
        foreach (var _ in services)
            options.Listen(IPAddress.Loopback, 0);
        var transport = new SocketTransportFactory(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance);
        var server = new KestrelServer(Options.Create(options), transport, NullLoggerFactory.Instance);
        var application = new Application();
        await server.StartAsync(application, cancellationToken);

        int[] ports = [.. server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Select(address => new Uri(address).Port)];
        for (var i = 0; i < ports.Length; i++)
            application.Services[ports[i]] = services[i];
        return new SampleUpstreams(server, ports);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync(new CancellationToken(canceled: true));
        _server.Dispose();
    }

    private sealed class Application : IHttpApplication<IFeatureCollection>
    {
        public Dictionary<int, SampleUpstream> Services { get; } = [];

        public IFeatureCollection CreateContext(IFeatureCollection contextFeatures) => contextFeatures;

        public void DisposeContext(IFeatureCollection context, Exception? exception)
        {
        }

        public async Task ProcessRequestAsync(IFeatureCollection context)
        {
            var request = context.GetRequiredFeature<IHttpRequestFeature>();
            var service = Services[context.GetRequiredFeature<IHttpConnectionFeature>().LocalPort];
            var asPage = request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal);
            var body = Encoding.UTF8.GetBytes(asPage ? Page(service, request) : $"{service}\n");

            var response = context.GetRequiredFeature<IHttpResponseFeature>();
            response.Headers.ContentType = asPage ? "text/html; charset=utf-8" : "text/plain; charset=utf-8";
            response.Headers.ContentLength = body.Length;
            await context.GetRequiredFeature<IHttpResponseBodyFeature>().Writer.WriteAsync(body);
        }

        private static string Page(SampleUpstream service, IHttpRequestFeature request)
        {
            var colour = service.Version switch
            {
                "experimental" => "#b3541e",
                "risky" => "#a4243b",
                _ => "#1f5f8b",
            };
            var page = new StringBuilder();
            page.Append("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>").Append(service)
                .Append("</title><style>body{font:16px/1.5 system-ui,sans-serif;margin:3rem auto;max-width:44rem;padding:0 1rem}h1{color:")
                .Append(colour).Append("}td{padding:.1rem 1rem .1rem 0;vertical-align:top;word-break:break-all}</style></head><body><h1>")
                .Append(service).Append("</h1><p>This request reached the service as:</p><table>");
            Row(page, "method", request.Method);
            Row(page, "path", request.RawTarget);
            foreach (var header in request.Headers)
                Row(page, header.Key.ToLowerInvariant(), header.Value.ToString());
            return page.Append("</table></body></html>\n").ToString();
        }

        private static void Row(StringBuilder page, string name, string value) =>
            page.Append("<tr><td>").Append(WebUtility.HtmlEncode(name)).Append("</td><td>").Append(WebUtility.HtmlEncode(value)).Append("</td></tr>");
    }
}
