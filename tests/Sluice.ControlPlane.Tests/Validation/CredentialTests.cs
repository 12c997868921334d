using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Sluice.Api.Findings;

namespace Sluice.ControlPlane.Tests.Validation;

/// <summary>Secrets that Gateways name.</summary>
public sealed class CredentialTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Accepts_a_certificate_with_its_key()
    {
        var (certificate, key) = Create();
        Assert.Empty(About(Secret(certificate, key), "SIMPLE", Start.AddDays(1)));
    }

    [Fact]
    public void Finds_the_key_of_another_certificate()
    {
        var finding = Assert.Single(About(Secret(Create().Certificate, Create().Key), "SIMPLE", Start.AddDays(1)));
        Assert.Equal("SLU0208", finding.Code);
        Assert.Contains("belongs to another certificate", finding.Message, StringComparison.Ordinal);
        Assert.False(finding.StopsLoad);
    }

    [Fact]
    public void Finds_an_expired_certificate()
    {
        var (certificate, key) = Create();
        var finding = Assert.Single(About(Secret(certificate, key), "SIMPLE", Start.AddDays(90)));
        Assert.Equal("IST0161", finding.Code);
        Assert.Contains("expired on 2026-01-31", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Finds_that_mutual_TLS_lacks_the_authority_of_the_clients()
    {
        var (certificate, key) = Create();
        var finding = Assert.Single(About(Secret(certificate, key), "MUTUAL", Start.AddDays(1)));
        Assert.Equal("SLU0208", finding.Code);
        Assert.Contains("ca.crt", finding.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void Accepts_an_authority_in_a_Secret_of_its_own()
    {
        var (certificate, key) = Create();
        var authority = $"---\napiVersion: v1\nkind: Secret\nmetadata: {{name: shop-cacert, namespace: istio-system}}\n"
            + $"stringData: {{ca.crt: {Quote(certificate)}}}\n";
        Assert.Empty(About(Secret(certificate, key) + authority, "MUTUAL", Start.AddDays(1)));
    }

    private static Finding[] About(string secrets, string mode, DateTimeOffset now) =>
        Validated.Text($$"""
            apiVersion: networking.istio.io/v1
            kind: Gateway
            metadata: {name: public, namespace: istio-system}
            spec:
              selector: {istio: ingressgateway}
              servers:
              - port: {number: 443, name: https, protocol: HTTPS}
                hosts: [shop.example.com]
                tls: {mode: {{mode}}, credentialName: shop}
            ---

            """ + secrets, now);

    private static string Secret(string certificate, string key) =>
        "apiVersion: v1\nkind: Secret\nmetadata: {name: shop, namespace: istio-system}\n"
        + $"stringData: {{tls.crt: {Quote(certificate)}, tls.key: {Quote(key)}}}\n";

    private static string Quote(string pem) => $"\"{pem.ReplaceLineEndings("\\n")}\"";

    private static (string Certificate, string Key) Create()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=shop.example.com", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(Start, Start.AddDays(30));
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }
}
