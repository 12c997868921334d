using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
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
        _config.Write("edge.yaml", SampleConfig.Join(SampleConfig.Gateway, Service(PortOf(origin)), SampleConfig.Route("/"), Rule));

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
    private async Task<WebApplication> StartOriginAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        var asked = "";
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0, o => o.UseHttps(new HttpsConnectionAdapterOptions
        {
            ServerCertificateSelector = (_, name) =>
            {
                asked = name;
                return X509Certificate2.CreateFromPemFile(Path.Combine(_certs.Path, "web.crt"), Path.Combine(_certs.Path, "web.key"));
            },
            ClientCertificateMode = ClientCertificateMode.RequireCertificate,
            ClientCertificateValidation = (_, _, _) => true,
        })));
        var origin = builder.Build();
        origin.Run(context => context.Response.WriteAsync($"{asked}: {CertificateNames.Of(context.Connection.ClientCertificate!)}"));
        await origin.StartAsync();
        return origin;
    }

    private static int PortOf(WebApplication origin) =>
        new Uri(origin.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;

    private static string Service(int port) => SampleConfig.Origin(port) + "\n            serviceAccount: web\n".Replace("            ", "    ", StringComparison.Ordinal);

    private const string Rule = """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: origin}
        spec: {host: origin.example.com, trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}
        """;
}
