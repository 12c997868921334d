using Sluice.Transport.Hub;
using Sluice.Transport.Tests.Wire;

namespace Sluice.Transport.Tests.Hub;

public sealed class ConnectionLimitTests
{
    [Fact]
    public async Task Connections_beyond_the_limit_are_closed_at_once_until_one_leaves()
    {
        await using var server = await HubServer.StartAsync(HubServer.AnswerKey, new HubOptions { ConnectionLimit = 2 });
        var port = await server.OpenAsync();
        using var first = await WireClient.ConnectAsync(port.Port);
        var second = await WireClient.ConnectAsync(port.Port);
        await first.GetAsync();
        await second.GetAsync();

        using var third = await WireClient.ConnectAsync(port.Port);
        Assert.Equal("", await third.ReadToEndAsync());
        Assert.Equal(1, server.Hub.RefusedConnections);
        Assert.EndsWith("key", await first.GetAsync());

        second.Dispose();
        await WhenConnectionsAsync(server, 1);
        using var fourth = await WireClient.ConnectAsync(port.Port);
        Assert.EndsWith("key", await fourth.GetAsync());
    }

    [Fact]
    public async Task Unlimited_ports_answer_when_the_others_are_full()
    {
        await using var server = await HubServer.StartAsync(HubServer.AnswerKey, new HubOptions { ConnectionLimit = 1 });
        var data = await server.OpenAsync("data");
        var status = await server.OpenAsync("status", unlimited: true);
        using var client = await WireClient.ConnectAsync(data.Port);
        await client.GetAsync();

        using var probe = await WireClient.ConnectAsync(status.Port);

        Assert.EndsWith("status", await probe.GetAsync());
        Assert.Equal(1, server.Hub.ConnectionCount);
        Assert.Equal(1, status.ConnectionCount);
    }

    [Fact]
    public async Task The_default_limit_is_nine_tenths_of_the_descriptors()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the limit is read from /proc");
        await using var server = await HubServer.StartAsync(HubServer.AnswerKey);
        var line = File.ReadLines("/proc/self/limits").Single(text => text.StartsWith("Max open files", StringComparison.Ordinal));
        var soft = long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3]);

        Assert.Equal(soft / 10 * 9, server.Hub.ConnectionLimit);
    }

    private static async Task WhenConnectionsAsync(HubServer server, int count)
    {
        using var patience = new CancellationTokenSource(WireClient.Patience);
        while (server.Hub.ConnectionCount != count)
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
