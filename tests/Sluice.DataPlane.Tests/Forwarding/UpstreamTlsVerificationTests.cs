using System.Security.Authentication;
using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Tests.Pipeline.Harness;
using static Sluice.DataPlane.Tests.Forwarding.SecuredUpstream;

namespace Sluice.DataPlane.Tests.Forwarding;

/// <summary>TLS to upstreams with real certificates: who gets through, who does not, and why.</summary>
public sealed class UpstreamTlsVerificationTests
{
    private const string Failed =
        "upstream connect error or disconnect/reset before headers. reset reason: remote connection failure, transport failure reason: TLS_error: ";

    private static async Task AssertFailsClosedAsync(UpstreamTls tls, int port, string reason)
    {
        await using var front = await Front.StartAsync(EdgeTo(tls, port));

        var response = await front.GetAsync("/", Host);

        Assert.Equal(503, response.Status);
        Assert.StartsWith(Failed, response.Body, StringComparison.Ordinal);
        Assert.Contains(reason, response.Body, StringComparison.Ordinal);
        var line = front.Lines.Take(TestContext.Current.CancellationToken);
        Assert.Contains(" 503 UF ", line, StringComparison.Ordinal);
        Assert.Contains(reason.Replace(' ', '_'), line, StringComparison.Ordinal);
        Assert.Contains(reason, Assert.Single(front.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fixed_server_name_is_asked_for_and_no_name_is_checked()
    {
        await using var origin = await TlsOrigin.StartAsync(Root.Issue(["other.example.com"]));
        await using var front = await Front.StartAsync(EdgeTo(Tls(s => s with { ServerName = "outbound_.80_.v1_.shop.default.svc.cluster.local" }), origin.Port));

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
        await using var front = await Front.StartAsync(EdgeTo(Tls(s => s with { SubjectAltNames = ["no.example.com", wanted] }), origin.Port));

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
        await using var front = await Front.StartAsync(EdgeTo(Tls(s => s with { Authorities = [], SkipsVerification = true }), origin.Port));

        Assert.Equal(200, (await front.GetAsync("/", Host)).Status);
    }

    [Fact]
    public async Task An_intermediate_authority_may_be_the_one_that_is_trusted()
    {
        var intermediate = Root.Intermediate();
        await using var origin = await TlsOrigin.StartAsync(intermediate.Issue([Host]), chain: [intermediate.Certificate]);
        await using var front = await Front.StartAsync(EdgeTo(Tls(s => s with { Authorities = [intermediate.Certificate] }), origin.Port));

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
        await using var front = await Front.StartAsync(EdgeTo(Tls(s => s with { Mode = "MUTUAL", Certificate = certificate }), origin.Port));

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
        await using var front = await Front.StartAsync(EdgeTo(Tls(), origin.Port));

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
        await using var front = await Front.StartAsync(EdgeTo(Tls(s => s with { RevocationLists = [list] }), origin.Port));

        Assert.Equal(200, (await front.GetAsync("/", Host)).Status);
    }
}
