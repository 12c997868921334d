using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http.Features;
using Sluice.Transport.Hub;
using Sluice.Transport.Server;

namespace Sluice.Hosting;

/// <summary>What answers on all ports: sends each request to the gateway, or to the side server whose port it came in on.</summary>
internal sealed class HostedApplication(IRequestHandler gateway) : IRequestHandler
{
    private volatile bool _closesConnections;

    /// <summary>From now on the connection of every request to the gateway closes after it: the answer says
    /// <c>connection: close</c>, or the connection gets GOAWAY.</summary>
    public void CloseConnections() => _closesConnections = true;

    public object Open(IFeatureCollection features)
    {
        // A connection never changes its port: where the last context was the gateway's, the next one is.
        var isKnown = features is IHostContextContainer<object> { HostContext: not null and not SideRequest };
        if (!isKnown && features.Get<ListenerFeature>()?.Key is SideServer side)
            return new SideRequest(side, features);

        // With a request in flight this can't race with one that the client is about to send.
        if (_closesConnections)
            features.GetRequiredFeature<IConnectionLifetimeNotificationFeature>().RequestClose();
        return gateway.Open(features);
    }

    public ValueTask AnswerAsync(object context) => context is SideRequest side
        ? new ValueTask(side.Server.AnswerAsync(side.Features))
        : gateway.AnswerAsync(context);

    public void Refused(IFeatureCollection features, int status, string details)
    {
        if (features.Get<ListenerFeature>()?.Key is not SideServer)
            gateway.Refused(features, status, details);
    }

    public void Close(object context, Exception? exception)
    {
        if (context is not SideRequest)
            gateway.Close(context, exception);
    }

    private sealed record SideRequest(SideServer Server, IFeatureCollection Features);
}
