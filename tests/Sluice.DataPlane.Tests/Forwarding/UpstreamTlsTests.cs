using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Routing;
using Sluice.DataPlane.Tests.Pipeline.Harness;
using static Sluice.DataPlane.Tests.Pipeline.Harness.SnapshotBuilder;

namespace Sluice.DataPlane.Tests.Forwarding;

/// <summary>TLS to upstreams with real certificates: who gets through, who does not, and why.</summary>
public sealed class UpstreamTlsTests
{
    private const string Host = "shop.example.com";
    private const string Failed =
        "upstream connect error or disconnect/reset before headers. reset reason: remote connection failure, transport failure reason: TLS_error: ";

    private static readonly TestAuthority Root = TestAuthority.Root();

    private static UpstreamTls Tls(Func<UpstreamTlsSettings, UpstreamTlsSettings>? change = null)
    {
        var settings = new UpstreamTlsSettings { Mode = "SIMPLE", Identity = "test", Authorities = [Root.Certificate] };
        return new UpstreamTls(change is null ? settings : change(settings), TimeProvider.System);
    }

    private static Cluster Secured(
        UpstreamTls tls, int port, UpstreamProtocol protocol = UpstreamProtocol.Http1, TimeSpan? connectTimeout = null, int streams = 0)
    {
        var plain = ClusterOf("a", protocol, port);
        return new Cluster
        {
            Name = plain.Name,
            Text = plain.Text,
            Protocol = protocol,
            Endpoints = plain.Endpoints,
            Balancer = plain.Balancer,
            ConnectTimeout = connectTimeout ?? plain.ConnectTimeout,
            Connections = new ConnectionSettings { MaxStreams = streams },
            Tls = tls,
        };
    }

    private static SnapshotBuilder To(UpstreamTls tls, int port, UpstreamProtocol protocol = UpstreamProtocol.Http1) =>
        new SnapshotBuilder { Settings = new() { AccessLogFile = "/dev/stdout" } }.Host(
            "*", Route(Once(Secured(tls, port, protocol))));

    private static ForwardAction Once(Cluster cluster) =>
        new() { Clusters = SnapshotBuilder.To(cluster).Clusters, Retry = new RetryPolicy { Attempts = 0 } };

    private static async Task AssertFailsClosedAsync(UpstreamTls tls, int port, string reason)
    {
        await using var front = await Front.StartAsync(To(tls, port));

        var response = await front.GetAsync("/", Host);

        Assert.Equal(503, response.Status);
        Assert.StartsWith(Failed, response.Body, StringComparison.Ordinal);
        Assert.Contains(reason, response.Body, StringComparison.Ordinal);
        var line = front.Lines.Take(TestContext.Current.CancellationToken);
        Assert.Contains(" 503 UF ", line, StringComparison.Ordinal);
        Assert.Contains(reason.Replace(' ', '_'), line, StringComparison.Ordinal);
        Assert.Contains(reason, Assert.Single(front.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Speaks_TLS_and_asks_for_the_host_of_the_request(SslProtocols version)
    {
        await using var origin = await TlsOrigin.StartAsync(Root.Issue([Host]), protocols: version);
        await using var front = await Front.StartAsync(To(Tls(), origin.Port));
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
        await using var front = await Front.StartAsync(To(Tls(), origin.Port));
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
        var cluster = Secured(Tls(), origin.Port, UpstreamProtocol.Http2, streams: streams);
        await using var front = await Front.StartAsync(new SnapshotBuilder().Host("*", Route(Once(cluster))));

        Assert.Equal($"HTTP/2 https {Host} client=none", (await front.GetAsync("/", Host)).Body);
    }

    [Fact]
    public async Task Carries_large_bodies_both_ways()
    {
        await using var origin = await TlsOrigin.StartAsync(Root.Issue([Host]));
        await using var front = await Front.StartAsync(To(Tls(), origin.Port));
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
    public async Task A_fixed_server_name_is_asked_for_and_no_name_is_checked()
    {
        await using var origin = await TlsOrigin.StartAsync(Root.Issue(["other.example.com"]));
        await using var front = await Front.StartAsync(To(Tls(s => s with { ServerName = "outbound_.80_.v1_.shop.default.svc.cluster.local" }), origin.Port));

        Assert.Equal(200, (await front.GetAsync("/", Host)).Status);
        Assert.Equal(["outbound_.80_.v1_.shop.default.svc.cluster.local"], origin.Asked);
    }

    [Theory]
    [InlineData("spiffe://cluster.local/ns/default/sa/shop", "spiffe://cluster.local/ns/default/sa/shop")]
    [InlineData("Shop.example.com", "shop.example.com")]
    [InlineData("*.example.com", "shop.example.com")]
    [InlineData("127.0.0.1", "127.0.0.1")]
    public async Task One_of_the_configured_names_is_enough(string issued, string wanted)
    {
        await using var origin = await TlsOrigin.StartAsync(Root.Issue([issued]));
        await using var front = await Front.StartAsync(To(Tls(s => s with { SubjectAltNames = ["no.example.com", wanted] }), origin.Port));

        Assert.Equal(200, (await front.GetAsync("/", "anything.example.org")).Status);
    }

    [Theory]
    [InlineData("other.example.com")]
    [InlineData("*.com")]
    [InlineData("*.a.shop.example.com")]
    [InlineData("*.shop.example.com")]
    [InlineData("spiffe://shop.example.com/ns/default/sa/shop")]
    [InlineData("127.0.0.1")]
    public async Task Another_name_than_the_host_fails_closed(string issued)
    {
        await using var origin = await TlsOrigin.StartAsync(Root.Issue([issued]));
        await AssertFailsClosedAsync(Tls(), origin.Port, $"its names ({issued}) don't include {Host}");
    }

    [Theory]
    [InlineData(Host, "spiffe://cluster.local/ns/default/sa/shop")]
    [InlineData("spiffe://cluster.local/ns/default/sa/shop2", "spiffe://cluster.local/ns/default/sa/shop")]
    [InlineData("spiffe://cluster.local/ns/default/sa/Shop", "spiffe://cluster.local/ns/default/sa/shop")]
    [InlineData("*.default.svc", "a.b.default.svc")]
    public async Task None_of_the_configured_names_fails_closed(string issued, string wanted)
    {
        await using var origin = await TlsOrigin.StartAsync(Root.Issue([issued]));
        await AssertFailsClosedAsync(Tls(s => s with { SubjectAltNames = [wanted] }), origin.Port, $"its names ({issued}) include none of {wanted}");
    }

    [Fact]
    public async Task A_subject_is_no_name()
    {
        await using var origin = await TlsOrigin.StartAsync(Root.Issue([]));
        await AssertFailsClosedAsync(Tls(s => s with { SubjectAltNames = ["leaf"] }), origin.Port, "its names (none) include none of leaf");
    }

    [Fact]
    public async Task Another_authority_fails_closed()
    {
        await using var origin = await TlsOrigin.StartAsync(TestAuthority.Root("CN=Other Root").Issue([Host]));
        await AssertFailsClosedAsync(Tls(), origin.Port, "no trusted authority stands behind CN=");
    }

    [Fact]
    public async Task Another_authority_of_the_same_name_fails_closed()
    {
        await using var origin = await TlsOrigin.StartAsync(TestAuthority.Root().Issue([Host]));
        await AssertFailsClosedAsync(Tls(), origin.Port, "certificate verification failed: ");
    }

    [Fact]
    public async Task The_systems_authorities_don_t_know_a_private_one()
    {
        await using var origin = await TlsOrigin.StartAsync(Root.Issue([Host]));
        await AssertFailsClosedAsync(Tls(s => s with { Authorities = [] }), origin.Port, "no trusted authority stands behind CN=");
    }

    [Fact]
    public async Task An_expired_certificate_fails_closed()
    {
        await using var origin = await TlsOrigin.StartAsync(Root.Issue([Host], age: TimeSpan.FromDays(2)));
        await AssertFailsClosedAsync(Tls(), origin.Port, "the certificate of CN=leaf expired on ");
    }

    [Fact]
    public async Task A_certificate_that_is_not_valid_yet_fails_closed()
    {
        await using var origin = await TlsOrigin.StartAsync(Root.Issue([Host], age: TimeSpan.FromDays(-2)));
        await AssertFailsClosedAsync(Tls(), origin.Port, "the certificate of CN=leaf is not valid before ");
    }

    [Fact]
    public async Task A_certificate_for_clients_fails_closed()
    {
        await using var origin = await TlsOrigin.StartAsync(Root.Issue([Host], purpose: "1.3.6.1.5.5.7.3.2"));
        await AssertFailsClosedAsync(Tls(), origin.Port, "it is not meant for servers");
    }

    [Fact]
    public async Task Verification_can_be_skipped()
    {
        await using var origin = await TlsOrigin.StartAsync(TestAuthority.Root("CN=Other Root").Issue([], age: TimeSpan.FromDays(2)));
        await using var front = await Front.StartAsync(To(Tls(s => s with { Authorities = [], SkipsVerification = true }), origin.Port));

        Assert.Equal(200, (await front.GetAsync("/", Host)).Status);
    }

    [Fact]
    public async Task An_intermediate_authority_may_be_the_one_that_is_trusted()
    {
        var intermediate = Root.Intermediate();
        await using var origin = await TlsOrigin.StartAsync(intermediate.Issue([Host]), chain: [intermediate.Certificate]);
        await using var front = await Front.StartAsync(To(Tls(s => s with { Authorities = [intermediate.Certificate] }), origin.Port));

        Assert.Equal(200, (await front.GetAsync("/", Host)).Status);
    }

    [Fact]
    public async Task An_impostor_of_a_trusted_intermediate_authority_fails_closed()
    {
        var impostor = TestAuthority.Root("CN=Other Root").Intermediate();
        await using var origin = await TlsOrigin.StartAsync(impostor.Issue([Host]));
        await AssertFailsClosedAsync(
            Tls(s => s with { Authorities = [Root.Intermediate().Certificate] }), origin.Port, "certificate verification failed: ");
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Shows_its_certificate(SslProtocols version)
    {
        await using var origin = await TlsOrigin.StartAsync(Root.Issue([Host]), Root.Certificate, protocols: version);
        var certificate = Root.IssueForClient("spiffe://cluster.local/ns/istio-system/sa/gateway");
        await using var front = await Front.StartAsync(To(Tls(s => s with { Mode = "MUTUAL", Certificate = certificate }), origin.Port));

        Assert.Equal($"HTTP/1.1 https {Host} client={certificate.TargetCertificate.SerialNumber}", (await front.GetAsync("/", Host)).Body);
    }

    [Theory]
    [InlineData("-tls1_2", false, "the upstream ended it with the alert handshake failure")]
    [InlineData("-tls1_2", true, "the upstream ended it with the alert unknown ca")]
    [InlineData("-tls1_3", false, "the upstream ended it with the alert certificate required")]
    [InlineData("-tls1_3", true, "the upstream ended it with the alert unknown ca")]
    public async Task A_certificate_that_the_upstream_does_not_accept_fails_closed(string version, bool hasOne, string reason)
    {
        using var openssl = OpenSsl.OrSkip();
        var port = await openssl.ServeAsync(
            version, "-cert", openssl.Write("server.pem", Root.Issue([Host])), "-CAfile", openssl.Write("ca.pem", Root.Certificate),
            "-Verify", "1", "-verify_return_error");
        var certificate = hasOne ? TestAuthority.Root("CN=Other Root").IssueForClient("gateway") : null;

        await AssertFailsClosedAsync(Tls(s => s with { Certificate = certificate }), port, reason);
    }

    [Fact]
    public async Task An_upstream_that_leaves_without_a_word_fails_closed()
    {
        await using var origin = await TlsOrigin.StartAsync(Root.Issue([Host]), Root.Certificate);
        await using var front = await Front.StartAsync(To(Tls(), origin.Port));

        Assert.Equal(503, (await front.GetAsync("/", Host)).Status);
    }

    [Fact]
    public async Task A_revoked_certificate_fails_closed()
    {
        var certificate = Root.Issue([Host]);
        await using var origin = await TlsOrigin.StartAsync(certificate);
        await AssertFailsClosedAsync(
            Tls(s => s with { RevocationLists = [RevocationList.Parse(Root.Revoke([certificate], TimeSpan.FromDays(1)))] }),
            origin.Port, "the certificate of CN=leaf is revoked");
    }

    [Fact]
    public async Task A_certificate_that_is_not_revoked_passes()
    {
        await using var origin = await TlsOrigin.StartAsync(Root.Issue([Host]));
        var list = RevocationList.Parse(Root.Revoke([Root.Issue([Host])], TimeSpan.FromDays(1)));
        await using var front = await Front.StartAsync(To(Tls(s => s with { RevocationLists = [list] }), origin.Port));

        Assert.Equal(200, (await front.GetAsync("/", Host)).Status);
    }

    [Fact]
    public async Task After_a_rotation_old_connections_go_on_and_new_ones_show_the_new_certificate()
    {
        await using var origin = await TlsOrigin.StartAsync(Root.Issue([Host]), Root.Certificate);
        var certificates = new[] { Root.IssueForClient("gateway"), Root.IssueForClient("gateway") };
        var snapshots = certificates.Select(c => To(Tls(s => s with { Certificate = c }), origin.Port).Build()).ToArray();
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
        var cluster = Secured(Tls(), ((IPEndPoint)silent.LocalEndpoint).Port, connectTimeout: TimeSpan.FromMilliseconds(100));
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
        await using var front = await Front.StartAsync(To(Tls(), ((IPEndPoint)listener.LocalEndpoint).Port));
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
