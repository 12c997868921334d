using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Transport.Sockets;
using Sluice.Transport.Tests.Wire;

namespace Sluice.Transport.Tests.Sockets;

public sealed class SocketTransportTests
{
    [Fact]
    public async Task Clients_in_the_backlog_are_accepted_when_the_socket_is_unbound()
    {
        using var transport = new SocketTransport(TimeProvider.System, NullLogger.Instance);
        await using var listener = await transport.BindAsync(new IPEndPoint(IPAddress.Loopback, 0), TestContext.Current.CancellationToken);
        using var first = await WireClient.ConnectAsync((IPEndPoint)listener.EndPoint);
        using var second = await WireClient.ConnectAsync((IPEndPoint)listener.EndPoint);

        await listener.UnbindAsync(TestContext.Current.CancellationToken);

        for (var i = 0; i < 2; i++)
        {
            await using var accepted = await listener.AcceptAsync(TestContext.Current.CancellationToken);
            Assert.NotNull(accepted);
        }
        Assert.Null(await listener.AcceptAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_accept_that_waits_ends_when_the_socket_is_unbound()
    {
        using var transport = new SocketTransport(TimeProvider.System, NullLogger.Instance);
        await using var listener = await transport.BindAsync(new IPEndPoint(IPAddress.Loopback, 0), TestContext.Current.CancellationToken);
        var accept = listener.AcceptAsync(TestContext.Current.CancellationToken).AsTask();

        await listener.UnbindAsync(TestContext.Current.CancellationToken);

        Assert.Null(await accept.WaitAsync(WireClient.Patience, TestContext.Current.CancellationToken));
    }
}
