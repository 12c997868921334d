using Sluice.Authority;
using Sluice.DataPlane.Clusters;
using Sluice.Tests.Commands;

namespace Sluice.Tests.EndToEnd;

/// <summary>ISTIO_MUTUAL with certificates of the local authority: everything an operator does on the command line.</summary>
public sealed class MeshCertificateTests : IDisposable
{
    private readonly TempFolder _config = new();
    private readonly TempFolder _certs = new();

    public void Dispose()
    {
        _config.Dispose();
        _certs.Dispose();
    }

    [Theory]
    [InlineData("web", 200)]
    [InlineData("other", 503)]
    public async Task Workloads_know_each_other_by_their_accounts(string account, int status)
    {
        Assert.Equal(0, (await Verb.RunAsync("certs", "init", "--dir", _certs.Path)).Exit);
        Assert.Equal(0, (await Verb.RunAsync("certs", "issue", "web", "--dir", _certs.Path, "--ns", "default", "--sa", account)).Exit);
        await using var origin = await StartOriginAsync();
        _config.Write("edge.yaml", SampleConfig.Join(SampleConfig.Gateway, Service(origin.Port), SampleConfig.Route("/"), Rule));

        await using var sluice = await SluiceProcess.RunAsync(_config.Path, "--certs", _certs.Path);
        using var response = await sluice.GetAsync("www.example.com", "/");

        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(status, (int)response.StatusCode);
        if (status == 200)
        {
            // The gateway had no certificate of its own, so it was issued one at its start.
            Assert.Equal("outbound_.80_._.origin.example.com: istio-ingressgateway, spiffe://cluster.local/ns/istio-system/sa/istio-ingressgateway", body);
        }
        else
        {
            await sluice.Log.WhenAsync("its names (web, spiffe://cluster.local/ns/default/sa/other) include none of spiffe://cluster.local/ns/default/sa/web");
        }
    }

    // Answers with the name it was asked for, and the names of the client.
    private Task<MutualTlsOrigin> StartOriginAsync()
    {
        var asked = "";
        return MutualTlsOrigin.StartAsync(
            name =>
            {
                asked = name;
                return PemFiles.ReadPair(_certs.Path, "web");
            },
            _ => true,
            client => $"{asked}: {CertificateNames.Of(client)}");
    }

    private static string Service(int port) => SampleConfig.Origin(port) + "\n    serviceAccount: web\n";

    private const string Rule = """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: origin}
        spec: {host: origin.example.com, trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}
        """;
}
