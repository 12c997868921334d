using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http.Features;
using Sluice.Transport.Hub;

namespace Sluice.Hosting;

/// <summary>What Kestrel runs: sends each request to the gateway, or to the side server whose port it came in on.</summary>
/// <remarks>The context is an object so that both have contexts of their own at no cost. A gateway that wants to use its context again
/// for the next request of a connection keeps it in <see cref="IHostContextContainer{TContext}"/> of <see cref="object"/>.</remarks>
internal sealed class HostedApplication<TContext>(IHttpApplication<TContext> gateway) : IHttpApplication<object>
    where TContext : class
{
    private volatile bool _closesConnections;

    /// <summary>From now on the connection of every request to the gateway closes after it: the answer says
    /// <c>connection: close</c>, or the connection gets GOAWAY.</summary>
    public void CloseConnections() => _closesConnections = true;

    public object CreateContext(IFeatureCollection contextFeatures)
    {
        // A connection never changes its port: where the last context was the gateway's, the next one is.
        var isKnown = contextFeatures is IHostContextContainer<object> { HostContext: TContext };
        if (!isKnown && contextFeatures.Get<ListenerFeature>()?.Key is SideServer side)
            return new SideRequest(side, contextFeatures);

        // With a request in flight this can't race with one that the client is about to send.
        if (_closesConnections)
            contextFeatures.GetRequiredFeature<IConnectionLifetimeNotificationFeature>().RequestClose();
        return gateway.CreateContext(contextFeatures);
    }

    public Task ProcessRequestAsync(object context) => context is SideRequest side
        ? side.Server.AnswerAsync(side.Features)
        : gateway.ProcessRequestAsync((TContext)context);

    public void DisposeContext(object context, Exception? exception)
    {
        if (context is not SideRequest)
            gateway.DisposeContext((TContext)context, exception);
    }

    private sealed record SideRequest(SideServer Server, IFeatureCollection Features);
}
