using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Tests.Pipeline.Harness;
using static Sluice.DataPlane.Tests.Forwarding.SecuredUpstream;
using static Sluice.DataPlane.Tests.Pipeline.Harness.SnapshotBuilder;

namespace Sluice.DataPlane.Tests.Forwarding;

/// <summary>HTTP over TLS to upstreams: what is said over which connection.</summary>
public sealed class UpstreamTlsTests
{
    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Speaks_TLS_and_asks_for_the_host_of_the_request(SslProtocols version)
    {
        await using var origin = await TlsOrigin.StartAsync(Root.Issue([Host]), protocols: version);
        await using var front = await Front.StartAsync(EdgeTo(Tls(), origin.Port));
        using var client = await front.ConnectAsync();

        var answers = new[] { await client.GetAsync("/", Host), await client.GetAsync("/", Host + ":8443"), await client.GetAsync("/", Host) };

        Assert.Equal(
            [$"HTTP/1.1 https {Host} client=none", $"HTTP/1.1 https {Host}:8443 client=none", $"HTTP/1.1 https {Host} client=none"],
            answers.Select(a => a.Body));
        Assert.All(origin.Asked, name => Assert.Equal(Host, name));
        Assert.Equal(1, origin.Handshakes);
    }

    [Fact]
    public async Task Keeps_connections_of_different_hosts_apart()
    {
        await using var origin = await TlsOrigin.StartAsync(Root.Issue(["*.example.com"]));
        await using var front = await Front.StartAsync(EdgeTo(Tls(), origin.Port));
        using var client = await front.ConnectAsync();

        foreach (var host in (string[])["a.example.com", "b.example.com", "a.example.com", "b.example.com"])
            Assert.Equal(200, (await client.GetAsync("/", host)).Status);

        Assert.Equal(["a.example.com", "b.example.com"], origin.Asked);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Speaks_HTTP_2_when_the_cluster_does(int streams)
    {
        await using var origin = await TlsOrigin.StartAsync(Root.Issue([Host]));
        var cluster = Guarded([origin.Port], connections: new ConnectionSettings { MaxStreams = streams }, protocol: UpstreamProtocol.Http2, tls: Tls());
        await using var front = await Front.StartAsync(new SnapshotBuilder().Host("*", Route(Once(cluster))));

        Assert.Equal($"HTTP/2 https {Host} client=none", (await front.GetAsync("/", Host)).Body);
    }

    [Fact]
    public async Task Carries_large_bodies_both_ways()
    {
        await using var origin = await TlsOrigin.StartAsync(Root.Issue([Host]));
        await using var front = await Front.StartAsync(EdgeTo(Tls(), origin.Port));
        using var client = await front.ConnectAsync();
        var body = new string('x', 300_000);

        for (var i = 0; i < 3; i++)
        {
            await client.SendAsync($"POST / HTTP/1.1\r\nHost: {Host}\r\nContent-Length: {body.Length}\r\n\r\n{body}");
            Assert.Equal(200, (await client.ReadAsync()).Status);
        }
        Assert.Equal(1, origin.Handshakes);
    }

    [Fact]
    public async Task After_a_rotation_old_connections_go_on_and_new_ones_show_the_new_certificate()
    {
        await using var origin = await TlsOrigin.StartAsync(Root.Issue([Host]), Root.Certificate);
        var certificates = new[] { Root.IssueForClient("gateway"), Root.IssueForClient("gateway") };
        var snapshots = certificates.Select(c => EdgeTo(Tls(s => s with { Certificate = c }), origin.Port).Build()).ToArray();
        await using var front = await Front.StartAsync(snapshots[0]);
        using var client = await front.ConnectAsync();
        string Shown(int i) => $"HTTP/1.1 https {Host} client={certificates[i].TargetCertificate.SerialNumber}";

        Assert.Equal(Shown(0), (await client.GetAsync("/", Host)).Body);
        front.Live.Publish(snapshots[1]);
        Assert.Equal(Shown(1), (await client.GetAsync("/", Host)).Body);
        Assert.Equal(Shown(1), (await client.GetAsync("/", Host)).Body);

        Assert.Equal(2, origin.Handshakes);
    }

    [Fact]
    public async Task A_handshake_that_takes_too_long_is_a_connect_timeout()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var cluster = Guarded([((IPEndPoint)silent.LocalEndpoint).Port], tls: Tls(), connectTimeout: TimeSpan.FromMilliseconds(100));
        var time = new ManualTime();
        await using var front = await Front.StartAsync(new SnapshotBuilder().Host("*", Route(Once(cluster))), time: time);

        var answer = front.GetAsync("/", Host);
        using var connection = await silent.AcceptSocketAsync(TestContext.Current.CancellationToken);
        time.Advance(cluster.ConnectTimeout);

        Assert.EndsWith("connection timeout", (await answer).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Bytes_behind_an_answer_never_answer_another_request(bool inOneRecord)
    {
        const string first = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst";
        const string behind = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nbehind";
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var certificate = Root.Issue([Host]);
        var connections = new List<Task>();
        var accepting = AcceptAsync();
        await using var front = await Front.StartAsync(EdgeTo(Tls(), ((IPEndPoint)listener.LocalEndpoint).Port));
        using var client = await front.ConnectAsync();

        for (var i = 0; i < 3; i++)
            Assert.Equal("first", (await client.GetAsync("/", Host)).Body);

        listener.Stop();
        await accepting;

        async Task AcceptAsync()
        {
            while (true)
            {
                try
                {
                    connections.Add(ServeAsync(await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken)));
                }
                catch (SocketException)
                {
                    return;
                }
            }
        }

        async Task ServeAsync(TcpClient connection)
        {
            using var _ = connection;
            var held = new HeldStream(connection.Client);
            await using var stream = new SslStream(held);
            await stream.AuthenticateAsServerAsync(certificate);
            var reader = new WireReader(stream);
            while (await reader.ReadHeadAsync(TestContext.Current.CancellationToken) is not null)
            {
                // Both arrive at once, whatever they are made of.
                held.Hold();
                await stream.WriteAsync(Encoding.ASCII.GetBytes(inOneRecord ? first + behind : first), TestContext.Current.CancellationToken);
                if (!inOneRecord)
                    await stream.WriteAsync(Encoding.ASCII.GetBytes(behind), TestContext.Current.CancellationToken);
                await held.ReleaseAsync();
            }
        }
    }

    /// <summary>A connection whose writes can be held back, to leave as one.</summary>
    private sealed class HeldStream(Socket socket) : NetworkStream(socket, ownsSocket: false)
    {
        private MemoryStream? _held;

        public void Hold() => _held = new MemoryStream();

        public async Task ReleaseAsync()
        {
            var held = _held!.ToArray();
            _held = null;
            await base.WriteAsync(held, TestContext.Current.CancellationToken);
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_held is null)
                return base.WriteAsync(buffer, cancellationToken);
            _held.Write(buffer.Span);
            return default;
        }
    }
}
