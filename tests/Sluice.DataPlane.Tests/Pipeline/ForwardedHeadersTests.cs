using Sluice.DataPlane.Pipeline;
using Sluice.DataPlane.Tests.Pipeline.Harness;
using static Sluice.DataPlane.Tests.Pipeline.Harness.SnapshotBuilder;

namespace Sluice.DataPlane.Tests.Pipeline;

public sealed class ForwardedHeadersTests
{
    private const string Chain = "X-Forwarded-For: 56.5.6.7, 72.9.5.6, 98.1.2.3\r\n";
    private const string ClientsId = "0123";

    private static async Task<OriginRequest> SeenAsync(string headers, int trustedProxies = 0, bool mesh = false)
    {
        await using var origin = new RawOrigin(RawOrigin.Ok(""));
        var snapshot = new SnapshotBuilder { TrustsCallers = mesh, Settings = new EdgeSettings { TrustedProxies = trustedProxies } }
            .Host("*", Route(To(ClusterOf("a", origin.Port))));
        await using var front = await Front.StartAsync(snapshot);
        await front.GetAsync("/", headers: headers);
        return Assert.Single(origin.Requests);
    }

    [Theory]
    [InlineData("", 0, "127.0.0.1", "127.0.0.1")]
    [InlineData(Chain, 0, "56.5.6.7, 72.9.5.6, 98.1.2.3, 127.0.0.1", "127.0.0.1")]
    [InlineData(Chain, 1, "56.5.6.7, 72.9.5.6, 98.1.2.3, 127.0.0.1", "98.1.2.3")]
    [InlineData(Chain, 2, "56.5.6.7, 72.9.5.6, 98.1.2.3, 127.0.0.1", "72.9.5.6")]
    [InlineData(Chain, 4, "56.5.6.7, 72.9.5.6, 98.1.2.3, 127.0.0.1", "127.0.0.1")]
    [InlineData("X-Forwarded-For: nonsense\r\n", 1, "nonsense, 127.0.0.1", "127.0.0.1")]
    public async Task Believes_as_many_proxies_as_are_trusted(string headers, int trusted, string chain, string client)
    {
        var seen = await SeenAsync(headers, trusted);
        Assert.Equal(chain, seen.Value("x-forwarded-for"));
        Assert.Equal(client, seen.Value("x-envoy-external-address"));
    }

    [Theory]
    [InlineData(0, "https", "http")]
    [InlineData(1, "https", "https")]
    [InlineData(1, "gopher", "http")]
    public async Task Tells_the_scheme(int trusted, string claimed, string told) =>
        Assert.Equal(told, (await SeenAsync($"X-Forwarded-Proto: {claimed}\r\n", trusted)).Value("x-forwarded-proto"));

    [Fact]
    public async Task Takes_claims_off_that_no_client_may_make()
    {
        var seen = await SeenAsync(
            $"X-Request-ID: {ClientsId}\r\nX-Forwarded-Client-Cert: By=me\r\nx-envoy-original-path: /admin\r\nX-ENVOY-RETRY-ON: 5xx\r\n"
            + "x-envoy-internal: true\r\nx-envoy-external-address: 1.2.3.4\r\nx-envoy-attempt-count: 9\r\n", trustedProxies: 1);

        Assert.All(
            ["x-forwarded-client-cert", "x-envoy-original-path", "x-envoy-retry-on", "x-envoy-internal"], n => Assert.Null(seen.Value(n)));
        Assert.Equal("127.0.0.1", seen.Value("x-envoy-external-address"));
        Assert.Equal("1", seen.Value("x-envoy-attempt-count"));
        Assert.True(Guid.TryParseExact(seen.Value("x-request-id"), "D", out var id));
        Assert.Equal(4, id.Version);
    }

    [Fact]
    public async Task Keeps_what_services_of_the_mesh_say()
    {
        var seen = await SeenAsync($"{Chain}X-Request-ID: {ClientsId}\r\nX-Forwarded-Proto: https\r\n", mesh: true);

        Assert.Equal("56.5.6.7, 72.9.5.6, 98.1.2.3", seen.Value("x-forwarded-for"));
        Assert.Equal("https", seen.Value("x-forwarded-proto"));
        Assert.Equal(ClientsId, seen.Value("x-request-id"));
        Assert.Null(seen.Value("x-envoy-external-address"));
    }
}
