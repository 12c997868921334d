using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Tests.Pipeline.Harness;
using static Sluice.DataPlane.Tests.Pipeline.Harness.SnapshotBuilder;

namespace Sluice.DataPlane.Tests.Forwarding;

/// <summary>Upstreams on the same machine that listen on no port.</summary>
public sealed class UnixSocketTests : IDisposable
{
    // What is asked of connections of the Internet must not break one that is none.
    private static readonly ConnectionSettings Settings =
        new() { Keepalive = new TcpKeepaliveProbes(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(1), 3) };

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"sluice-{Guid.NewGuid():n}.sock");

    public void Dispose() => File.Delete(_path);

    private static Cluster ClusterAt(string host, UpstreamProtocol protocol = UpstreamProtocol.Http1, ProxyHeaderVersion? version = null) =>
        Guarded([80], connections: Settings, protocol: protocol, host: host, proxyHeader: version);

    private static Task<Front> StartAsync(Cluster cluster) => Front.StartAsync(
        new SnapshotBuilder { Settings = new() { AccessLogFile = "/dev/stdout" } }.Host("*", Route(To(cluster))));

    [Fact]
    public async Task Requests_reach_a_socket_in_the_file_system()
    {
        await using var origin = new RawOrigin(
            async r => await r.WriteAsync(RawOrigin.Ok($"{r.Value("host")} {await r.ReadTextAsync()}")), new UnixDomainSocketEndPoint(_path));
        await using var front = await StartAsync(ClusterAt("unix://" + _path));
        using var client = await front.ConnectAsync();

        for (var i = 0; i < 2; i++)
        {
            await client.SendAsync("POST / HTTP/1.1\r\nHost: shop.example.com\r\nContent-Length: 5\r\n\r\nhello");
            Assert.Equal("shop.example.com hello", (await client.ReadAsync()).Body);
        }

        Assert.Equal(1, origin.Connections);
        Assert.Contains($"unix://{_path}", front.Lines.Take(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requests_reach_a_socket_without_a_file()
    {
        var name = Path.GetFileName(_path);
        await using var origin = new RawOrigin(RawOrigin.Ok("a"), new UnixDomainSocketEndPoint("\0" + name));
        await using var front = await StartAsync(ClusterAt("unix://@" + name));

        Assert.Equal("a", (await front.GetAsync("/")).Body);
    }

    [Fact]
    public async Task HTTP_2_is_spoken_there_as_well()
    {
        await using var origin = await KestrelOrigin.StartAsync(HttpProtocols.Http2, c => c.Response.WriteAsync(c.Request.Protocol), _path);
        await using var front = await StartAsync(ClusterAt("unix://" + _path, UpstreamProtocol.Http2));

        Assert.Equal("HTTP/2", (await front.GetAsync("/")).Body);
    }

    [Fact]
    public async Task A_PROXY_header_can_open_the_connection()
    {
        await using var origin = new RawOrigin(RawOrigin.Ok("a"), new UnixDomainSocketEndPoint(_path));
        await using var front = await StartAsync(ClusterAt("unix://" + _path, version: ProxyHeaderVersion.V1));

        Assert.Equal("a", (await front.GetAsync("/")).Body);
        Assert.StartsWith("PROXY TCP4 127.0.0.1 127.0.0.1 ", Assert.Single(origin.Requests).Head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_there_is_a_failure_to_connect()
    {
        await using var front = await StartAsync(ClusterAt("unix://" + _path));

        var response = await front.GetAsync("/");

        Assert.Equal(503, response.Status);
        Assert.EndsWith("delayed connect error: No such file or directory", response.Body, StringComparison.Ordinal);
        Assert.Contains(" 503 UF,URX ", front.Lines.Take(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }
}
