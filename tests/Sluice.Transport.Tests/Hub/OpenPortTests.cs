using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Transport.Hub;
using Sluice.Transport.Sockets;
using Sluice.Transport.Tests.Wire;

namespace Sluice.Transport.Tests.Hub;

public sealed class OpenPortTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_port_opened_after_the_start_serves_http1_and_http2()
    {
        await using var server = await HubServer.StartAsync(context => HubServer.AnswerText(context, context.Request.Protocol));
        var port = await server.OpenAsync();
        using var client = new HttpClient();

        foreach (var version in new[] { HttpVersion.Version11, HttpVersion.Version20 })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{port.Port}/")
            {
                Version = version,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            };
            using var response = await client.SendAsync(request, Cancelled);
            Assert.Equal(version.Major == 1 ? "HTTP/1.1" : "HTTP/2", await response.Content.ReadAsStringAsync(Cancelled));
        }
    }

    [Fact]
    public async Task Each_port_gives_its_key_to_its_requests()
    {
        await using var server = await HubServer.StartAsync(HubServer.AnswerKey);
        var one = await server.OpenAsync("one");
        var two = await server.OpenAsync("two");

        using var first = await WireClient.ConnectAsync(one.Port);
        using var second = await WireClient.ConnectAsync(two.Port);

        Assert.EndsWith("one", await first.GetAsync());
        Assert.EndsWith("two", await second.GetAsync());
        Assert.Equal(1, one.ConnectionCount);
        Assert.Equal(1, two.ConnectionCount);
        Assert.Equal(2, server.Hub.ConnectionCount);
    }

    [Fact]
    public async Task The_default_address_is_bound_in_both_families()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "this machine has no IPv6");
        await using var server = await HubServer.StartAsync(context =>
            HubServer.AnswerText(context, context.Connection.RemoteIpAddress!.ToString()));
        var result = await server.Hub.OpenAsync(new ListenSpec(null, 0, "key"), Cancelled);
        Assert.True(result.Succeeded);
        result.Port.StartAccepting();

        Assert.Equal([IPAddress.Any, IPAddress.IPv6Any], result.Port.EndPoints.Select(endPoint => endPoint.Address));
        using var four = await WireClient.ConnectAsync(new IPEndPoint(IPAddress.Loopback, result.Port.Port));
        using var six = await WireClient.ConnectAsync(new IPEndPoint(IPAddress.IPv6Loopback, result.Port.Port));
        Assert.EndsWith("\r\n127.0.0.1", await four.GetAsync());
        Assert.EndsWith("\r\n::1", await six.GetAsync());
    }

    [Fact]
    public async Task A_machine_without_IPv6_serves_IPv4()
    {
        using var sockets = new SocketTransport(TimeProvider.System, NullLogger.Instance);
        await using var server = await HubServer.StartAsync(HubServer.AnswerKey, transport: new WithoutIPv6(sockets));

        var result = await server.Hub.OpenAsync(new ListenSpec(null, 0, "key"), Cancelled);

        Assert.True(result.Succeeded);
        Assert.Equal(IPAddress.Any, Assert.Single(result.Port.EndPoints).Address);
        await result.Port.DisposeAsync();
    }

    [Fact]
    public async Task A_port_in_use_is_reported_with_its_address()
    {
        await using var server = await HubServer.StartAsync(HubServer.AnswerKey);
        var port = await server.OpenAsync();

        var same = await server.Hub.OpenAsync(new ListenSpec(IPAddress.Loopback, port.Port, "other"), Cancelled);
        var all = await server.Hub.OpenAsync(new ListenSpec(null, port.Port, "other"), Cancelled);

        Assert.Equal($"127.0.0.1:{port.Port}: address already in use", same.Error!.ToString());
        Assert.Equal($"0.0.0.0:{port.Port}: address already in use", all.Error!.ToString());
    }

    [Fact]
    public async Task A_port_in_use_in_one_family_is_not_half_opened()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "this machine has no IPv6");
        await using var server = await HubServer.StartAsync(HubServer.AnswerKey);
        var six = await server.Hub.OpenAsync(new ListenSpec(IPAddress.IPv6Loopback, 0, "six"), Cancelled);

        var all = await server.Hub.OpenAsync(new ListenSpec(null, six.Port!.Port, "all"), Cancelled);

        Assert.Equal($"[::]:{six.Port.Port}: address already in use", all.Error!.ToString());
        var four = await server.Hub.OpenAsync(new ListenSpec(IPAddress.Any, six.Port.Port, "four"), Cancelled);
        Assert.True(four.Succeeded);
    }

    [Fact]
    public async Task A_socket_that_shares_ports_cannot_bind_one_of_ours()
    {
        await using var server = await HubServer.StartAsync(HubServer.AnswerKey);
        var port = await server.OpenAsync();
        using var intruder = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        const int SolSocket = 1;
        const int SoReusePort = 15;
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the numbers are those of Linux");
        intruder.SetRawSocketOption(SolSocket, SoReusePort, BitConverter.GetBytes(1));

        var exception = Assert.Throws<SocketException>(() =>
        {
            intruder.Bind(new IPEndPoint(IPAddress.Loopback, port.Port));
            intruder.Listen();
        });

        Assert.Equal(SocketError.AddressAlreadyInUse, exception.SocketErrorCode);
    }

    [Fact]
    public async Task An_address_of_another_machine_is_not_available()
    {
        await using var server = await HubServer.StartAsync(HubServer.AnswerKey);

        // TEST-NET-1 (RFC 5737): nobody has it.
        var result = await server.Hub.OpenAsync(new ListenSpec(IPAddress.Parse("192.0.2.1"), 8080, "key"), Cancelled);

        Assert.Equal("192.0.2.1:8080: address not available", result.Error!.ToString());
    }

    [Fact]
    public async Task A_port_can_be_opened_again_right_after_it_closed()
    {
        await using var server = await HubServer.StartAsync(HubServer.AnswerKey);
        var port = await server.OpenAsync();
        using var client = await WireClient.ConnectAsync(port.Port);
        await client.GetAsync();
        // The server closes first, so that the pair of addresses stays in TIME_WAIT on its side.
        await port.StopAcceptingAsync();
        port.RequestClose();
        await client.ReadToEndAsync();
        await port.DisposeAsync();

        var again = await server.Hub.OpenAsync(port.Spec with { Port = port.Port }, Cancelled);

        Assert.True(again.Succeeded, again.Error?.ToString());
    }

    [Fact]
    public async Task Closing_a_port_lets_its_request_finish_and_refuses_new_connections()
    {
        var gate = new Gate();
        await using var server = await HubServer.StartAsync(async context =>
        {
            await gate.PassAsync();
            await HubServer.AnswerText(context, "finished");
        });
        var port = await server.OpenAsync();
        using var client = await WireClient.ConnectAsync(port.Port);
        var answer = client.GetAsync();
        await gate.Entered;

        await port.StopAcceptingAsync();

        await AssertRefused(port.Port);
        gate.Open();
        Assert.EndsWith("finished", await answer);
    }

    [Fact]
    public async Task Clients_wait_for_a_port_that_is_bound_and_does_not_accept_yet()
    {
        await using var server = await HubServer.StartAsync(HubServer.AnswerKey);
        var result = await server.Hub.OpenAsync(new ListenSpec(IPAddress.Loopback, 0, "patience"), Cancelled);
        using var client = await WireClient.ConnectAsync(result.Port!.Port);
        var answer = client.GetAsync();
        Assert.Equal(0, result.Port.ConnectionCount);

        result.Port.StartAccepting();

        Assert.EndsWith("patience", await answer);
    }

    [Fact]
    public async Task Clients_that_are_connected_when_a_port_stops_accepting_are_served()
    {
        await using var server = await HubServer.StartAsync(HubServer.AnswerKey);
        var result = await server.Hub.OpenAsync(new ListenSpec(IPAddress.Loopback, 0, "key"), Cancelled);
        var clients = new List<WireClient>();
        for (var i = 0; i < 20; i++)
            clients.Add(await WireClient.ConnectAsync(result.Port!.Port));

        result.Port!.StartAccepting();
        await result.Port.StopAcceptingAsync();

        foreach (var client in clients)
        {
            Assert.EndsWith("key", await client.GetAsync());
            client.Dispose();
        }
    }

    [Fact]
    public async Task Opening_and_closing_500_times_leaves_no_descriptor_behind()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "descriptors are counted in /proc");
        await using var server = await HubServer.StartAsync(HubServer.AnswerKey);
        await CycleAsync(server);
        var before = OpenSockets();

        for (var i = 0; i < 500; i++)
            await CycleAsync(server);

        Assert.Equal(0, server.Hub.ConnectionCount);
        // Other tests of this process open some meanwhile.
        Assert.InRange(OpenSockets() - before, -100, 100);
    }

    private static async Task CycleAsync(HubServer server)
    {
        var port = await server.OpenAsync();
        using (var client = await WireClient.ConnectAsync(port.Port))
            await client.GetAsync();
        await port.DisposeAsync();
        await port.WhenEmptyAsync(Cancelled);
    }

    private static int OpenSockets() => Directory.GetFileSystemEntries("/proc/self/fd").Length;

    private static async Task AssertRefused(int port)
    {
        var exception = await Assert.ThrowsAsync<SocketException>(() => WireClient.ConnectAsync(port));
        Assert.Equal(SocketError.ConnectionRefused, exception.SocketErrorCode);
    }

    private sealed class WithoutIPv6(IConnectionListenerFactory inner) : IConnectionListenerFactory
    {
        public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
            endpoint.AddressFamily == AddressFamily.InterNetworkV6
                ? throw new SocketException((int)SocketError.AddressFamilyNotSupported)
                : inner.BindAsync(endpoint, cancellationToken);
    }
}
