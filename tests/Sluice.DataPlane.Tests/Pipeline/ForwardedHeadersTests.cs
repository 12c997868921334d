using Sluice.DataPlane.Pipeline;
using Sluice.DataPlane.Routing;
using Sluice.DataPlane.Tests.Pipeline.Harness;
using static Sluice.DataPlane.Tests.Pipeline.Harness.SnapshotBuilder;

namespace Sluice.DataPlane.Tests.Pipeline;

/// <summary>What the upstream is told about where a request comes from.</summary>
public sealed class ForwardedHeadersTests
{
    private const string Id = "11111111-2222-4333-8444-555555555555";

    private static async Task<OriginRequest> SeenAsync(string headers, bool trustsCallers = false, int trustedProxies = 0)
    {
        await using var origin = new RawOrigin(RawOrigin.Ok(""));
        var snapshot = new SnapshotBuilder { TrustsCallers = trustsCallers, Settings = new EdgeSettings { TrustedProxies = trustedProxies } };
        await using var front = await Front.StartAsync(snapshot.Host("*", Route(To(ClusterOf("a", origin.Port)))));
        Assert.Equal(200, (await front.GetAsync("/", headers: headers)).Status);
        return Assert.Single(origin.Requests);
    }

    [Theory]
    [InlineData("", 0, "127.0.0.1", "127.0.0.1")]
    [InlineData("X-Forwarded-For: 1.2.3.4\r\n", 0, "1.2.3.4, 127.0.0.1", "127.0.0.1")]
    [InlineData("X-Forwarded-For: 56.5.6.7, 72.9.5.6, 98.1.2.3\r\n", 2, "56.5.6.7, 72.9.5.6, 98.1.2.3, 127.0.0.1", "72.9.5.6")]
    [InlineData("X-Forwarded-For: 98.1.2.3\r\n", 1, "98.1.2.3, 127.0.0.1", "98.1.2.3")]
    [InlineData("X-Forwarded-For: 98.1.2.3\r\n", 2, "98.1.2.3, 127.0.0.1", "127.0.0.1")]
    [InlineData("X-Forwarded-For: nonsense\r\n", 1, "nonsense, 127.0.0.1", "127.0.0.1")]
    public async Task The_chain_grows_by_the_peer_and_the_client_is_who_the_trusted_proxies_say(
        string headers, int trusted, string chain, string client)
    {
        var seen = await SeenAsync(headers, trustedProxies: trusted);

        Assert.Equal(chain, seen.Value("x-forwarded-for"));
        Assert.Equal(client, seen.Value("x-envoy-external-address"));
    }

    [Theory]
    [InlineData("", 0, "http")]
    [InlineData("X-Forwarded-Proto: https\r\n", 0, "http")]
    [InlineData("X-Forwarded-Proto: https\r\n", 1, "https")]
    [InlineData("X-Forwarded-Proto: gopher\r\n", 1, "http")]
    public async Task The_scheme_is_the_connections_unless_a_trusted_proxy_knows_better(string headers, int trusted, string scheme) =>
        Assert.Equal(scheme, (await SeenAsync(headers, trustedProxies: trusted)).Value("x-forwarded-proto"));

    [Fact]
    public async Task What_a_client_claims_is_taken_off()
    {
        var seen = await SeenAsync(
            $"X-Request-Id: {Id}\r\nX-Forwarded-Client-Cert: Hash=abc\r\nX-Envoy-Retry-On: 5xx\r\nx-envoy-original-path: /admin\r\n"
            + "X-ENVOY-Internal: true\r\nx-envoy-upstream-rq-timeout-ms: 1\r\n");

        Assert.NotEqual(Id, seen.Value("x-request-id"));
        Assert.All(
            ["x-forwarded-client-cert", "x-envoy-retry-on", "x-envoy-original-path", "x-envoy-internal", "x-envoy-upstream-rq-timeout-ms"],
            name => Assert.Null(seen.Value(name)));
    }

    [Fact]
    public async Task Every_request_gets_an_id_of_its_own()
    {
        var (one, two) = (await SeenAsync(""), await SeenAsync(""));

        Assert.Matches("^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", one.Value("x-request-id"));
        Assert.NotEqual(one.Value("x-request-id"), two.Value("x-request-id"));
    }

    [Fact]
    public async Task Callers_of_the_mesh_listener_are_believed()
    {
        var seen = await SeenAsync($"X-Request-Id: {Id}\r\nX-Forwarded-For: 9.8.7.6\r\nX-Forwarded-Proto: https\r\n", trustsCallers: true);

        Assert.Equal(Id, seen.Value("x-request-id"));
        Assert.Equal("9.8.7.6", seen.Value("x-forwarded-for"));
        Assert.Equal("https", seen.Value("x-forwarded-proto"));
        Assert.Null(seen.Value("x-envoy-external-address"));
    }

    [Fact]
    public async Task Callers_of_the_mesh_listener_without_an_id_get_one() =>
        Assert.Equal('4', (await SeenAsync("", trustsCallers: true)).Value("x-request-id")![14]);
}
