using System.Collections.Concurrent;
using System.Net;
using Sluice.Authority;
using Sluice.Tests.EndToEnd;

namespace Sluice.Tests.Load;

/// <summary>The gateway's certificate changes again and again while requests run to an upstream that demands one: none may fail.</summary>
public sealed class CertificateRotationTests : IDisposable
{
    private const int Connections = 8;
    private const int Rotations = 100;
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
    [InlineData("native", false)]
    [InlineData("yarp", true)]
    public async Task No_request_fails_while_the_certificate_changes(string carrier, bool inSecret)
    {
        LocalAuthority.Init(_certs.Path, "Test", TimeProvider.System);
        using var authority = LocalAuthority.Open(_certs.Path, TimeProvider.System);
        authority.Issue("origin", ["www.example.com"], Life).Dispose();
        authority.Issue(Name, [Name], Life).Dispose();
        using var shown = PemFiles.ReadPair(_certs.Path, "origin");
        // Answers with the serial number of the certificate that it was shown.
        await using var origin = await MutualTlsOrigin.StartAsync(_ => shown, client => client.Issuer == "CN=Test", client => client.SerialNumber);
        _config.Write("edge.yaml", SampleConfig.Join(
            SampleConfig.Gateway, SampleConfig.Origin(origin.Port), SampleConfig.Route("/"), Rule(inSecret)));
        if (inSecret)
            WriteSecret();
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
        for (var i = 0; i < Rotations; i++)
        {
            using var renewed = authority.Issue(Name, [Name], Life);
            if (inSecret)
                WriteSecret();
            // It is in force when the upstream is shown it.
            while (await AskAsync() != renewed.SerialNumber && failures.IsEmpty)
            {
            }
        }
        await stop.CancelAsync();
        await Task.WhenAll(load);

        Assert.Empty(failures);
        Assert.True(requests > Rotations * Connections);
    }

    private string Rule(bool inSecret) => $$"""
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: origin}
        spec:
          host: origin.example.com
          trafficPolicy:
            tls:
              mode: MUTUAL
              {{(inSecret ? $"credentialName: {Name}" : Files)}}
        """;

    private string Files =>
        $$"""
              clientCertificate: {{PemFiles.CertificatePath(_certs.Path, Name)}}
              privateKey: {{PemFiles.KeyPath(_certs.Path, Name)}}
              caCertificates: {{PemFiles.CertificatePath(_certs.Path, LocalAuthority.OwnName)}}
        """.TrimStart();

    private void WriteSecret() => _config.Write("secret.yaml", $$"""
        apiVersion: v1
        kind: Secret
        metadata: {name: {{Name}}, namespace: istio-system}
        data:
          tls.crt: {{Base64(PemFiles.CertificatePath(_certs.Path, Name))}}
          tls.key: {{Base64(PemFiles.KeyPath(_certs.Path, Name))}}
          ca.crt: {{Base64(PemFiles.CertificatePath(_certs.Path, LocalAuthority.OwnName))}}
        """);

    private static string Base64(string file) => Convert.ToBase64String(File.ReadAllBytes(file));
}
