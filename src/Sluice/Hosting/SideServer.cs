using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Sluice.Transport.Hub;

namespace Sluice.Hosting;

/// <summary>A small HTTP server beside the gateway (admin, status, metrics): a port of the same Kestrel whose requests go to a handler
/// of its own. It takes no part in drains and in the connection limit, so that it answers when the gateway can't.</summary>
/// <param name="name">For logs, e.g. <c>admin</c>.</param>
/// <param name="handler">Answers a request. A body of more than 1 MiB is refused with 413.</param>
internal sealed class SideServer(string name, RequestDelegate handler)
{
    private const long MaxBodySize = 1024 * 1024;

    public string Name { get; } = name;

    /// <summary>Binds the port and serves it until the hub is disposed.</summary>
    /// <param name="hub">The hub of the gateway server.</param>
    /// <param name="address">Local address; null for all.</param>
    /// <param name="port">Local port; 0 for a free one.</param>
    public async ValueTask<OpenResult> OpenAsync(ConnectionHub hub, IPAddress? address, int port)
    {
        var result = await hub.OpenAsync(new ListenSpec(address, port, this) { Unlimited = true });
        result.Port?.StartAccepting();
        return result;
    }

    public Task AnswerAsync(IFeatureCollection features)
    {
        if (features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } body)
            body.MaxRequestBodySize = MaxBodySize;
        return handler(new DefaultHttpContext(features));
    }
}
