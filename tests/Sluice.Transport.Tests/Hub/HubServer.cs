using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Sluice.Transport.Hub;
using Sluice.Transport.Server;
using Sluice.Transport.Sockets;

namespace Sluice.Transport.Tests.Hub;

/// <summary>A hub under a running Kestrel that answers with a handler.</summary>
internal sealed class HubServer : IAsyncDisposable
{
    private readonly SocketTransport _sockets;
    private readonly KestrelServer _kestrel;
    private Http1Server? _http1;

    private HubServer(HubOptions options, TimeProvider time, IConnectionListenerFactory? transport)
    {
        _sockets = new SocketTransport(TimeProvider.System, NullLogger.Instance);
        Hub = new ConnectionHub(transport ?? _sockets, options, time, NullLogger.Instance);
        var kestrelOptions = new KestrelServerOptions();
        ConnectionHub.AddEndpoints(kestrelOptions, connection => _http1!.ServeAsync(connection));
        _kestrel = new KestrelServer(Options.Create(kestrelOptions), Hub, NullLoggerFactory.Instance);
    }

    public ConnectionHub Hub { get; }

    /// <summary>Answers with the key of the port.</summary>
    public static Task AnswerKey(HttpContext context) => AnswerText(context, (string)context.Features.GetRequiredFeature<ListenerFeature>().Key);

    public static Task AnswerText(HttpContext context, string text)
    {
        context.Response.ContentLength = text.Length;
        return context.Response.WriteAsync(text);
    }

    public static async Task<HubServer> StartAsync(
        RequestDelegate handler,
        HubOptions? options = null,
        TimeProvider? time = null,
        IConnectionListenerFactory? transport = null)
    {
        var server = new HubServer(options ?? new HubOptions(), time ?? TimeProvider.System, transport);
        var application = new Application(handler);
        server._http1 = new Http1Server(application, new Http1ServerLimits());
        await server._kestrel.StartAsync(new KestrelApplication(application), TestContext.Current.CancellationToken);
        return server;
    }

    public async Task<OpenPort> OpenAsync(string key = "key", bool unlimited = false)
    {
        var result = await Hub.OpenAsync(new ListenSpec(IPAddress.Loopback, 0, key) { Unlimited = unlimited });
        Assert.True(result.Succeeded, result.Error?.ToString());
        result.Port.StartAccepting();
        return result.Port;
    }

    public async ValueTask DisposeAsync()
    {
        await Hub.DisposeAsync();
        await _kestrel.StopAsync(new CancellationToken(canceled: true));
        _kestrel.Dispose();
        _sockets.Dispose();
    }

    private sealed class Application(RequestDelegate handler) : IRequestHandler
    {
        public object Open(IFeatureCollection features) => new DefaultHttpContext(features);

        public ValueTask AnswerAsync(object context) => new(handler((HttpContext)context));

        public void Refused(IFeatureCollection features, int status, string details)
        {
        }

        public void Close(object context, Exception? exception)
        {
        }
    }
}
