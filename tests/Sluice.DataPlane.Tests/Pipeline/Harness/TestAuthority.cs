using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sluice.DataPlane.Tests.Pipeline.Harness;

/// <summary>An authority that issues whatever certificate a test wants.</summary>
internal sealed class TestAuthority
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private readonly ECDsa _key;

    private TestAuthority(X509Certificate2 certificate, ECDsa key) => (Certificate, _key) = (certificate, key);

    public X509Certificate2 Certificate { get; }

    public static TestAuthority Root(string name = "CN=Test Root")
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new TestAuthority(Request(name, key, isAuthority: true).CreateSelfSigned(Now.AddDays(-10), Now.AddDays(10)), key);
    }

    /// <summary>An authority below this one.</summary>
    public TestAuthority Intermediate(string name = "CN=Test Intermediate")
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new TestAuthority(Sign(Request(name, key, isAuthority: true), Now.AddDays(-9), Now.AddDays(9)).CopyWithPrivateKey(key), key);
    }

    /// <summary>A certificate with its key.</summary>
    /// <param name="names">DNS names, URIs and IP addresses of its SAN extension.</param>
    /// <param name="age">How long ago it was issued, for one day.</param>
    /// <param name="purpose">OID of its extended key usage; null for servers and clients.</param>
    public X509Certificate2 Issue(string[] names, TimeSpan age = default, string? purpose = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = Request("CN=leaf", key, isAuthority: false);
        var san = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (name.Contains("://", StringComparison.Ordinal))
                san.AddUri(new Uri(name));
            else if (IPAddress.TryParse(name, out var address))
                san.AddIpAddress(address);
            else
                san.AddDnsName(name);
        }
        if (names.Length > 0)
            request.CertificateExtensions.Add(san.Build());
        OidCollection purposes = [.. (purpose is null ? ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"] : new[] { purpose }).Select(p => new Oid(p))];
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(purposes, critical: false));
        var begin = Now - age - TimeSpan.FromMinutes(1);
        return Sign(request, begin, begin.AddDays(1)).CopyWithPrivateKey(key);
    }

    /// <summary>The same for a client that shows it.</summary>
    public SslStreamCertificateContext IssueForClient(params string[] names) => SslStreamCertificateContext.Create(Issue(names), null, offline: true);

    /// <summary>A list of what it has revoked, in DER.</summary>
    /// <param name="revoked">The certificates.</param>
    /// <param name="nextUpdate">When it is out of date, counted from now.</param>
    public byte[] Revoke(X509Certificate2[] revoked, TimeSpan nextUpdate)
    {
        var list = new CertificateRevocationListBuilder();
        foreach (var certificate in revoked)
            list.AddEntry(certificate);
        return list.Build(Certificate, crlNumber: 1, Now + nextUpdate, HashAlgorithmName.SHA256, null, thisUpdate: Now.AddDays(-3));
    }

    private static CertificateRequest Request(string name, ECDsa key, bool isAuthority)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(
            isAuthority ? X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign : X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request;
    }

    private X509Certificate2 Sign(CertificateRequest request, DateTimeOffset begin, DateTimeOffset end)
    {
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(Certificate, true, false));
        return request.Create(Certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(_key), begin, end, RandomNumberGenerator.GetBytes(12));
    }
}
