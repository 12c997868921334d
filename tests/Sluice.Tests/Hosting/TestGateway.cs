using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Hosting;
using Sluice.Transport.Hub;
using Sluice.Transport.Tests.Wire;

namespace Sluice.Tests.Hosting;

/// <summary>Helpers around a <see cref="GatewayServer"/>.</summary>
internal static class TestGateway
{
    public static async Task<GatewayServer> StartAsync(RequestDelegate handler, LimitOptions? limits = null, TimeProvider? time = null)
    {
        var server = new GatewayServer(limits ?? new LimitOptions(), NullLoggerFactory.Instance, time ?? TimeProvider.System, GatewayTransport.Default);
        await server.StartAsync(new TestApplication(handler), TestContext.Current.CancellationToken);
        return server;
    }

    public static async Task<OpenPort> OpenAsync(this GatewayServer server, object? key = null)
    {
        var result = await server.Hub.OpenAsync(new ListenSpec(IPAddress.Loopback, 0, key ?? "key"));
        Assert.True(result.Succeeded, result.Error?.ToString());
        result.Port.StartAccepting();
        return result.Port;
    }

    /// <summary>A port that nothing listens on right now.</summary>
    public static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    public static async Task AssertRefusedAsync(int port)
    {
        var exception = await Assert.ThrowsAsync<SocketException>(() => WireClient.ConnectAsync(port));
        Assert.Equal(SocketError.ConnectionRefused, exception.SocketErrorCode);
    }
}
