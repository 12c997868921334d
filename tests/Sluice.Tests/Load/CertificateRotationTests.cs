using System.Collections.Concurrent;
using System.Net;
using Sluice.Authority;
using Sluice.Tests.EndToEnd;

namespace Sluice.Tests.Load;

/// <summary>The gateway's certificate changes again and again while requests run to an upstream that demands one: none may fail.</summary>
public sealed class CertificateRotationTests : IDisposable
{
    private const int Connections = 8;
    private const string Name = "gateway";

    private static readonly TimeSpan Life = TimeSpan.FromDays(1);

    private readonly TempFolder _config = new();
    private readonly TempFolder _certs = new();

    public void Dispose()
    {
        _config.Dispose();
        _certs.Dispose();
    }

    [Theory]
    [InlineData("native", 100)]
    [InlineData("yarp", 20)]
    public async Task No_request_fails_while_the_certificate_changes(string carrier, int rotations)
    {
        LocalAuthority.Init(_certs.Path, "Test", TimeProvider.System);
        using var authority = LocalAuthority.Open(_certs.Path, TimeProvider.System);
        authority.Issue("origin", ["www.example.com"], Life).Dispose();
        authority.Issue(Name, [Name], Life).Dispose();
        using var shown = PemFiles.ReadPair(_certs.Path, "origin");
        // Answers with the serial number of the certificate that it was shown.
        await using var origin = await MutualTlsOrigin.StartAsync(_ => shown, client => client.Issuer == "CN=Test", client => client.SerialNumber);
        _config.Write("edge.yaml", SampleConfig.Join(
            SampleConfig.Gateway, SampleConfig.Origin(origin.Port), SampleConfig.Route("/"), Rule()));
        await using var sluice = await SluiceProcess.RunAsync(_config.Path, "--carrier", carrier);
        using var stop = new CancellationTokenSource();
        var failures = new ConcurrentQueue<string>();
        var requests = 0;

        async Task<string> AskAsync()
        {
            using var response = await sluice.GetAsync("www.example.com", "/");
            var body = await response.Content.ReadAsStringAsync();
            if (response.StatusCode != HttpStatusCode.OK)
                failures.Enqueue($"{(int)response.StatusCode} {body}");
            Interlocked.Increment(ref requests);
            return body;
        }

        async Task LoadAsync()
        {
            while (!stop.IsCancellationRequested)
                await AskAsync();
        }

        Task[] load = [.. Enumerable.Range(0, Connections).Select(_ => LoadAsync())];
        for (var i = 0; i < rotations; i++)
        {
            using var renewed = authority.Issue(Name, [Name], Life);
            while (await AskAsync() != renewed.SerialNumber && failures.IsEmpty)
            {
            }
        }
        await stop.CancelAsync();
        await Task.WhenAll(load);

        Assert.Empty(failures);
        Assert.True(requests > rotations);
    }

    private string Rule() => $$"""
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: origin}
        spec:
          host: origin.example.com
          trafficPolicy:
            tls:
              mode: MUTUAL
              clientCertificate: {{PemFiles.CertificatePath(_certs.Path, Name)}}
              privateKey: {{PemFiles.KeyPath(_certs.Path, Name)}}
              caCertificates: {{PemFiles.CertificatePath(_certs.Path, LocalAuthority.OwnName)}}
        """;
}
