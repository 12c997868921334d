using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Routing;
using Sluice.DataPlane.Tests.Pipeline.Harness;
using Sluice.Transport.Upstream;
using static Sluice.DataPlane.Tests.Pipeline.Harness.SnapshotBuilder;

namespace Sluice.DataPlane.Tests.Forwarding;

/// <summary>The header that tells upstreams whose connection it is: before everything else, and never anybody else's.</summary>
public sealed class ProxyHeaderTests
{
    private const string Host = "shop.example.com";

    private static Cluster Telling(
        ProxyHeaderVersion version, int port, UpstreamProtocol protocol = UpstreamProtocol.Http1, UpstreamTls? tls = null, string host = "127.0.0.1",
        CircuitLimits? limits = null) =>
        Guarded([port], limits: limits, protocol: protocol, host: host, tls: tls, proxyHeader: version);

    private static Task<Front> StartAsync(Cluster cluster) => Front.StartAsync(new SnapshotBuilder().Host("*", Route(To(cluster))));

    private static byte[] HeaderOf(ProxyHeaderVersion version, IPEndPoint client, int port)
    {
        var server = new IPEndPoint(IPAddress.Loopback, port);
        return (version == ProxyHeaderVersion.V1 ? ProxyHeader.V1(client, server) : ProxyHeader.V2(client, server)).Bytes.ToArray();
    }

    [Theory]
    [InlineData(ProxyHeaderVersion.V1)]
    [InlineData(ProxyHeaderVersion.V2)]
    public async Task Each_connection_of_a_client_has_connections_of_its_own(ProxyHeaderVersion version)
    {
        await using var origin = new RawOrigin(async r => await r.WriteAsync(RawOrigin.Ok(await r.ReadTextAsync())));
        await using var gate = new ProxyHeaderGate(origin.Port);
        await using var front = await StartAsync(Telling(version, gate.Port));
        using var one = await front.ConnectAsync();
        using var other = await front.ConnectAsync();

        foreach (var client in (RawClient[])[one, other, one, other])
        {
            await client.SendAsync($"POST / HTTP/1.1\r\nHost: {Host}\r\nX-Forwarded-For: 203.0.113.9\r\nContent-Length: 5\r\n\r\nhello");
            Assert.Equal("hello", (await client.ReadAsync()).Body);
        }

        Assert.Equal([HeaderOf(version, one.Local, front.Port), HeaderOf(version, other.Local, front.Port)], gate.Headers);
        Assert.Equal([1, 2, 1, 2], origin.Requests.Select(r => r.Connection));
    }

    [Fact]
    public async Task Many_clients_at_once_are_never_taken_for_each_other()
    {
        await using var origin = new RawOrigin(r => r.WriteAsync(RawOrigin.Ok($"{r.Connection}")));
        await using var gate = new ProxyHeaderGate(origin.Port);
        await using var front = await StartAsync(Telling(ProxyHeaderVersion.V1, gate.Port));
        var clients = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => front.ConnectAsync()));

        var answers = await Task.WhenAll(clients.Select(AskRepeatedlyAsync));

        Assert.All(answers, bodies => Assert.Single(bodies.Distinct()));
        Assert.Equal(20, answers.Select(bodies => bodies[0]).Distinct().Count());
        Assert.Equal(
            clients.Select(c => Encoding.ASCII.GetString(HeaderOf(ProxyHeaderVersion.V1, c.Local, front.Port))).Order(),
            gate.Headers.Select(Encoding.ASCII.GetString).Order());
        foreach (var client in clients)
            client.Dispose();

        static async Task<string[]> AskRepeatedlyAsync(RawClient client)
        {
            var bodies = new string[10];
            for (var i = 0; i < bodies.Length; i++)
                bodies[i] = (await client.GetAsync("/", Host)).Body;
            return bodies;
        }
    }

    [Fact]
    public async Task An_idle_connection_of_another_client_gives_way_where_they_are_limited()
    {
        await using var origin = new RawOrigin(r => r.WriteAsync(RawOrigin.Ok($"{r.Connection}")));
        await using var gate = new ProxyHeaderGate(origin.Port);
        var cluster = Telling(ProxyHeaderVersion.V1, gate.Port, limits: CircuitLimits.None with { MaxConnections = 1 });
        await using var front = await StartAsync(cluster);
        using var one = await front.ConnectAsync();
        using var other = await front.ConnectAsync();

        foreach (var client in (RawClient[])[one, other, one])
            Assert.Equal(200, (await client.GetAsync("/", Host)).Status);

        // HttpClient limits the connections of each client.
        Assert.Equal(Front.IsYarp ? null : 1, front.ConnectionsTo(cluster));
        Assert.Equal(Front.IsYarp ? 2 : 3, gate.Headers.Count);
    }

    [Theory]
    [InlineData(ProxyHeaderVersion.V1)]
    [InlineData(ProxyHeaderVersion.V2)]
    public async Task It_comes_before_the_handshake_of_TLS(ProxyHeaderVersion version)
    {
        var root = TestAuthority.Root();
        await using var origin = await TlsOrigin.StartAsync(root.Issue([Host]));
        await using var gate = new ProxyHeaderGate(origin.Port);
        var tls = new UpstreamTls(new UpstreamTlsSettings { Mode = "SIMPLE", Identity = "test", Authorities = [root.Certificate] }, TimeProvider.System);
        await using var front = await StartAsync(Telling(version, gate.Port, tls: tls));
        using var client = await front.ConnectAsync();

        for (var i = 0; i < 2; i++)
            Assert.Equal($"HTTP/1.1 https {Host} client=none", (await client.GetAsync("/", Host)).Body);

        Assert.Equal([HeaderOf(version, client.Local, front.Port)], gate.Headers);
        Assert.Equal(1, origin.Handshakes);
    }

    [Theory]
    [InlineData(ProxyHeaderVersion.V1)]
    [InlineData(ProxyHeaderVersion.V2)]
    public async Task Upstreams_of_HTTP_2_are_told_as_well(ProxyHeaderVersion version)
    {
        await using var origin = await KestrelOrigin.StartAsync(HttpProtocols.Http2, c => c.Response.WriteAsync(c.Request.Host.ToString()));
        await using var gate = new ProxyHeaderGate(origin.Port);
        await using var front = await StartAsync(Telling(version, gate.Port, UpstreamProtocol.Http2));
        using var one = await front.ConnectAsync();
        using var other = await front.ConnectAsync();

        foreach (var client in (RawClient[])[one, other, one, other])
            Assert.Equal(Host, (await client.GetAsync("/", Host)).Body);

        Assert.Equal([HeaderOf(version, one.Local, front.Port), HeaderOf(version, other.Local, front.Port)], gate.Headers);
    }

    [Fact]
    public async Task The_streams_of_a_client_share_connections()
    {
        await using var origin = new RawOrigin(RawOrigin.Ok("a"));
        await using var gate = new ProxyHeaderGate(origin.Port);
        await using var front = await StartAsync(Telling(ProxyHeaderVersion.V1, gate.Port));
        using var client = front.Http2Client();

        for (var i = 0; i < 3; i++)
        {
            using var request = Front.Http2Request(HttpMethod.Get, "/");
            using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal("a", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }

        var header = Encoding.ASCII.GetString(Assert.Single(gate.Headers));
        Assert.StartsWith("PROXY TCP4 127.0.0.1 127.0.0.1 ", header, StringComparison.Ordinal);
        Assert.EndsWith($" {front.Http2Port}\r\n", header, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Endpoints_in_IPv6_networks_are_told_as_well()
    {
        await using var origin = new RawOrigin(RawOrigin.Ok("a"));
        await using var gate = new ProxyHeaderGate(origin.Port, IPAddress.IPv6Loopback);
        await using var front = await StartAsync(Telling(ProxyHeaderVersion.V1, gate.Port, host: "::1"));
        using var client = await front.ConnectAsync();

        Assert.Equal("a", (await client.GetAsync("/", Host)).Body);
        Assert.Equal([HeaderOf(ProxyHeaderVersion.V1, client.Local, front.Port)], gate.Headers);
    }

    [Fact]
    public async Task Copies_for_mirrors_tell_it_too()
    {
        await using var origin = new RawOrigin(RawOrigin.Ok("a"));
        await using var mirror = new RawOrigin(RawOrigin.Ok("b"));
        await using var gate = new ProxyHeaderGate(mirror.Port);
        await using var front = await Front.StartAsync(new SnapshotBuilder().Host("*", Route(new ForwardAction
        {
            Clusters = new WeightedClusters([Weighted(ClusterOf("a", origin.Port))]),
            Mirrors = [new MirrorPolicy("mirror", Telling(ProxyHeaderVersion.V2, gate.Port), 1_000_000)],
        })));
        using var client = await front.ConnectAsync();

        Assert.Equal("a", (await client.GetAsync("/", Host)).Body);
        await mirror.ReceivedAsync(1);

        Assert.Equal([HeaderOf(ProxyHeaderVersion.V2, client.Local, front.Port)], gate.Headers);
    }
}
