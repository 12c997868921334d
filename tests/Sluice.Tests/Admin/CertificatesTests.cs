using System.Text.Json;
using Sluice.Authority;
using Sluice.Tests.EndToEnd;

namespace Sluice.Tests.Admin;

/// <summary>The certificates for upstreams as an operator sees them: <c>/certs</c>, the metrics, the log.</summary>
public sealed class CertificatesTests : IDisposable
{
    private readonly TempFolder _config = new();
    private readonly TempFolder _certs = new();

    public void Dispose()
    {
        _config.Dispose();
        _certs.Dispose();
    }

    [Fact]
    public async Task Those_in_force_and_those_that_are_missing_or_broken_are_listed()
    {
        var past = new MovingTime { Now = TimeProvider.System.GetUtcNow().AddDays(-20) };
        LocalAuthority.Init(_certs.Path, "Test", past);
        Issue("good", 100, past);
        Issue("soon", 30, past);
        Issue("gone", 10, past);
        _config.Write("edge.yaml", SampleConfig.Join(
            SampleConfig.Gateway,
            Service("good", Files("good")), Service("soon", "credentialName: soon"), Service("gone", Files("gone")),
            Service("absent", "credentialName: absent"), Service("lost", Files("lost")), Service("mixed", Files("good", key: "soon")),
            Secret("soon")));
        await using var sluice = await SluiceProcess.RunAsync(_config.Path);

        var certificates = (await sluice.AdminAsync("/certs")).GetProperty("certificates").EnumerateArray().ToArray();

        Assert.All(certificates, c => Assert.Equal(
            ["source", "names", "issuer", "notBefore", "notAfter", "daysLeft", "status", "reason"], c.EnumerateObject().Select(p => p.Name)));
        (string Source, string Names, string Status, string? Reason)[] expected =
        [
            ("credential istio-system/absent", "", "missing", "there is no Secret istio-system/absent"),
            ("credential istio-system/soon", "soon", "ok", null),
            (FileOf("gone"), "gone", "expired", "it expired on "),
            (FileOf("good"), "", "broken", "the key is broken, or belongs to another certificate"),
            (FileOf("good"), "good", "ok", null),
            (FileOf("lost"), "", "missing", $"{FileOf("lost")}: there is no such file; {PemFiles.KeyPath(_certs.Path, "lost")}: there is no such file"),
        ];
        Assert.All(expected, e => Assert.Single(certificates, c =>
            (c.GetProperty("source").GetString(), Names(c), c.GetProperty("status").GetString()) == (e.Source, e.Names, e.Status)
            && (e.Reason is null ? c.GetProperty("reason").GetString() is null : c.GetProperty("reason").GetString()!.StartsWith(e.Reason, StringComparison.Ordinal))));
        var soon = certificates.First(c => Names(c) == "soon");
        Assert.Equal(9, soon.GetProperty("daysLeft").GetInt32());
        Assert.Equal("CN=Test", soon.GetProperty("issuer").GetString());
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", soon.GetProperty("notAfter").GetString());
        Assert.Contains(certificates, c => Names(c) == "CN=Test" && c.GetProperty("source").GetString() == FileOf(LocalAuthority.OwnName));

        await sluice.Log.WhenAsync("The certificate of soon (credential istio-system/soon) expires on ");
        await sluice.Log.WhenAsync($"The certificate of gone ({FileOf("gone")}) expired on ");
        Assert.DoesNotContain("The certificate of good ", sluice.Log.ToString(), StringComparison.Ordinal);
        using var metrics = await sluice.SendAsync(HttpMethod.Get, sluice.Metrics, "/metrics");
        var text = await metrics.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("\nenvoy_server_days_until_first_cert_expiring 0\n", text, StringComparison.Ordinal);
        using var certificate = PemFiles.ReadPair(_certs.Path, "soon");
        Assert.Contains(
            $"\nsluice_tls_certificate_not_after_timestamp_seconds{{host=\"soon\",file=\"credential istio-system/soon\",serial=\"{certificate.SerialNumber}\"}} "
            + $"{new DateTimeOffset(certificate.NotAfter.ToUniversalTime()).ToUnixTimeSeconds()}\n",
            text, StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE KEY", (await sluice.AdminAsync("/certs")).GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_vanished_is_missing_while_the_last_good_one_stays_in_force()
    {
        LocalAuthority.Init(_certs.Path, "Test", TimeProvider.System);
        Issue("good", 100, TimeProvider.System);
        _config.Write("edge.yaml", SampleConfig.Join(SampleConfig.Gateway, Service("good", Files("good"))));
        await using var sluice = await SluiceProcess.RunAsync(_config.Path);

        File.Delete(PemFiles.KeyPath(_certs.Path, "good"));
        await sluice.Log.WhenAsync("Configuration 2 is in force");

        var certificate = (await sluice.AdminAsync("/certs")).GetProperty("certificates").EnumerateArray().First(c => Names(c) == "good");
        Assert.Equal("missing", certificate.GetProperty("status").GetString());
        Assert.Equal(99, certificate.GetProperty("daysLeft").GetInt32());
        Assert.Equal($"{PemFiles.KeyPath(_certs.Path, "good")}: there is no such file", certificate.GetProperty("reason").GetString());
    }

    private string FileOf(string name) => PemFiles.CertificatePath(_certs.Path, name);

    private static string Names(JsonElement certificate) => string.Join(' ', certificate.GetProperty("names").EnumerateArray().Select(n => n.GetString()));

    private void Issue(string name, int days, TimeProvider time)
    {
        using var authority = LocalAuthority.Open(_certs.Path, time);
        authority.Issue(name, [name], TimeSpan.FromDays(days)).Dispose();
    }

    private string Files(string name, string? key = null) => $"""
        clientCertificate: {FileOf(name)}
              privateKey: {PemFiles.KeyPath(_certs.Path, key ?? name)}
              caCertificates: {FileOf(LocalAuthority.OwnName)}
        """;

    private static string Service(string name, string tls) => $$"""
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: {{name}}}
        spec:
          hosts: [{{name}}.example.com]
          resolution: STATIC
          ports: [{number: 80, name: http, protocol: HTTP}]
          endpoints: [{address: 127.0.0.1}]
        ---
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: {{name}}}
        spec:
          host: {{name}}.example.com
          trafficPolicy:
            tls:
              mode: MUTUAL
              {{tls}}
        """;

    private string Secret(string name) => $$"""
        apiVersion: v1
        kind: Secret
        metadata: {name: {{name}}, namespace: istio-system}
        data:
          tls.crt: {{Base64(FileOf(name))}}
          tls.key: {{Base64(PemFiles.KeyPath(_certs.Path, name))}}
          ca.crt: {{Base64(FileOf(LocalAuthority.OwnName))}}
        """;

    private static string Base64(string file) => Convert.ToBase64String(File.ReadAllBytes(file));
}
