using System.Net;
using System.Text;
using Sluice.Hosting;
using Sluice.Transport.Hub;
using Sluice.Transport.Tests.Wire;

namespace Sluice.Tests.Hosting;

public sealed class ListenerBindingTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Opens_what_is_new_and_leaves_alone_what_stays()
    {
        await using var server = await TestGateway.StartAsync(context => TestApplication.AnswerAsync(context, "ok"));
        var binding = new ListenerBinding(server.Hub);
        await ApplyAsync(binding, Spec("one"));
        var port = Assert.Single(binding.Bound);
        using var client = await WireClient.ConnectAsync(port.Port);
        await client.GetAsync();

        await ApplyAsync(binding, Spec("one"), Spec("two"));

        Assert.Equal(2, binding.Bound.Count);
        Assert.Same(port, binding.Bound[0]);
        Assert.EndsWith("ok", await client.GetAsync());
        using var other = await WireClient.ConnectAsync(binding.Bound[1].Port);
        Assert.EndsWith("ok", await other.GetAsync());
    }

    [Fact]
    public async Task New_ports_do_not_accept_before_the_commit()
    {
        await using var server = await TestGateway.StartAsync(context => TestApplication.AnswerAsync(context, "ok"));
        var binding = new ListenerBinding(server.Hub);
        var change = await binding.PrepareAsync([Spec("one")], Cancelled);
        using var client = await WireClient.ConnectAsync(Assert.Single(server.Hub.Ports).Port);
        var answer = client.GetAsync();
        Assert.Equal(0, server.Hub.ConnectionCount);

        await change.CommitAsync();

        Assert.EndsWith("ok", await answer);
    }

    [Fact]
    public async Task A_port_that_cannot_be_bound_changes_nothing()
    {
        await using var server = await TestGateway.StartAsync(context => TestApplication.AnswerAsync(context, "ok"));
        var taken = await server.OpenAsync();
        var binding = new ListenerBinding(server.Hub);
        await ApplyAsync(binding, Spec("old"));
        var old = Assert.Single(binding.Bound);

        var change = await binding.PrepareAsync([Spec("fresh"), Spec("conflict", taken.Port)], Cancelled);

        Assert.Equal($"127.0.0.1:{taken.Port}: address already in use", Assert.Single(change.Errors).ToString());
        Assert.Same(old, Assert.Single(binding.Bound));
        Assert.Equal(2, server.Hub.Ports.Count);
        using var client = await WireClient.ConnectAsync(old.Port);
        Assert.EndsWith("ok", await client.GetAsync());
    }

    [Fact]
    public async Task A_port_that_is_gone_drains_its_clients()
    {
        var gate = new Gate();
        await using var server = await TestGateway.StartAsync(TestApplication.Held(gate));
        var binding = new ListenerBinding(server.Hub);
        await ApplyAsync(binding, Spec("one"));
        var port = Assert.Single(binding.Bound).Port;
        using var idle = await WireClient.ConnectAsync(port);
        await idle.GetAsync();
        using var busy = await WireClient.ConnectAsync(port);
        await busy.SendAsync("GET /held HTTP/1.1\r\nHost: localhost\r\n\r\n");
        await gate.Entered;

        await ApplyAsync(binding);

        await TestGateway.AssertRefusedAsync(port);
        Assert.Equal("", await idle.ReadToEndAsync());
        gate.Open();
        var answer = await busy.ReadToEndAsync();
        Assert.Contains("\r\nconnection: close\r\n", answer);
        Assert.EndsWith("done", answer);
        Assert.Empty(binding.Bound);
    }

    [Fact]
    public async Task An_upgraded_connection_outlives_its_port()
    {
        await using var server = await TestGateway.StartAsync(TestApplication.UpgradeAsync);
        var binding = new ListenerBinding(server.Hub);
        await ApplyAsync(binding, Spec("one"));
        using var client = await WireClient.ConnectAsync(Assert.Single(binding.Bound).Port);
        await client.SendAsync("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n");
        await client.ReadUntilAsync("\r\n\r\n");

        await ApplyAsync(binding);

        await client.SendAsync("still here");
        Assert.Equal("still here", Encoding.Latin1.GetString(await client.ReadExactlyAsync(10)));
        Assert.Equal(1, Assert.Single(server.Hub.Ports).ConnectionCount);
    }

    [Fact]
    public async Task A_port_may_change_its_address_and_keep_its_number()
    {
        await using var server = await TestGateway.StartAsync(context => TestApplication.AnswerAsync(context, "ok"));
        var binding = new ListenerBinding(server.Hub);
        var old = Spec("old", TestGateway.FreePort());
        await ApplyAsync(binding, old);

        await ApplyAsync(binding, new ListenSpec(IPAddress.Any, old.Port, "all"));

        Assert.Equal(IPAddress.Any, Assert.Single(Assert.Single(binding.Bound).EndPoints).Address);
        using var client = await WireClient.ConnectAsync(old.Port);
        Assert.EndsWith("ok", await client.GetAsync());
    }

    [Fact]
    public async Task A_port_whose_change_is_refused_is_bound_again_where_it_was()
    {
        await using var server = await TestGateway.StartAsync(context => TestApplication.AnswerAsync(context, "ok"));
        var taken = await server.OpenAsync();
        var binding = new ListenerBinding(server.Hub);
        var old = Spec("old", TestGateway.FreePort());
        await ApplyAsync(binding, old);
        using var before = await WireClient.ConnectAsync(old.Port);
        await before.GetAsync();

        var change = await binding.PrepareAsync([new ListenSpec(IPAddress.Any, old.Port, "all"), Spec("conflict", taken.Port)], Cancelled);

        Assert.Equal(taken.Port, Assert.Single(change.Errors).EndPoint.Port);
        Assert.Equal(old, Assert.Single(binding.Bound).Spec);
        using var after = await WireClient.ConnectAsync(old.Port);
        Assert.EndsWith("ok", await after.GetAsync());
        Assert.EndsWith("ok", await before.GetAsync());
    }

    private static ListenSpec Spec(string key, int port = 0) => new(IPAddress.Loopback, port, key);

    private static async Task ApplyAsync(ListenerBinding binding, params ListenSpec[] wanted)
    {
        var change = await binding.PrepareAsync(wanted, Cancelled);
        Assert.Empty(change.Errors);
        await change.CommitAsync();
    }
}
