using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Authority;
using Sluice.DataPlane.Clusters;

namespace Sluice.Tests.Authority;

public sealed class CertificateRenewalTests : IDisposable
{
    private static readonly TimeSpan Life = TimeSpan.FromDays(9);

    private readonly TempFolder _folder = new();
    private readonly MovingTime _time = new();

    public void Dispose() => _folder.Dispose();

    private CertificateRenewal Renewal() => new(
        _folder.Path, "gateway", ["gateway", "spiffe://cluster.local/ns/edge/sa/gateway"], _time, NullLogger<CertificateRenewal>.Instance);

    private X509Certificate2 Read(string name) => PemFiles.ReadPair(_folder.Path, name);

    private void Issue(string name)
    {
        using var authority = LocalAuthority.Open(_folder.Path, _time);
        authority.Issue(name, [name, "10.0.0.1", "spiffe://cluster.local/ns/a/sa/b"], Life).Dispose();
    }

    [Fact]
    public void Renews_with_a_new_key_once_two_thirds_of_the_life_are_over()
    {
        LocalAuthority.Init(_folder.Path, "Test", _time);
        Issue("a.example.com");
        using var first = Read("a.example.com");

        _time.Now += Life * 0.6;
        Renewal().RenewDue();
        Assert.Equal(first.Thumbprint, Read("a.example.com").Thumbprint);

        _time.Now += Life * 0.1;
        Renewal().RenewDue();
        using var second = Read("a.example.com");

        Assert.NotEqual(first.GetPublicKeyString(), second.GetPublicKeyString());
        Assert.Equal(CertificateNames.Of(first).ToString(), CertificateNames.Of(second).ToString());
        Assert.Equal("CN=a.example.com", second.Subject);
        Assert.Equal(Life.TotalDays, (second.NotAfter - _time.Now).TotalDays, precision: 3);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(PemFiles.KeyPath(_folder.Path, "a.example.com")));
    }

    [Fact]
    public void Renews_what_has_expired()
    {
        LocalAuthority.Init(_folder.Path, "Test", _time);
        Issue("a.example.com");
        _time.Now += Life * 2;

        Renewal().RenewDue();

        Assert.True(Read("a.example.com").NotAfter > _time.Now.LocalDateTime);
    }

    [Fact]
    public void Leaves_the_certificates_of_others_alone()
    {
        LocalAuthority.Init(_folder.Path, "Test", _time);
        using var other = new TempFolder();
        LocalAuthority.Init(other.Path, "Other", _time);
        using (var authority = LocalAuthority.Open(other.Path, _time))
            authority.Issue("b.example.com", ["b.example.com"], Life).Dispose();
        foreach (var file in Directory.GetFiles(other.Path, "b.*"))
            File.Copy(file, Path.Combine(_folder.Path, Path.GetFileName(file)));
        using var before = Read("b.example.com");
        using var own = Read(LocalAuthority.OwnName);

        _time.Now += Life;
        Renewal().RenewDue();

        Assert.Equal(before.Thumbprint, Read("b.example.com").Thumbprint);
        Assert.Equal(own.Thumbprint, Read(LocalAuthority.OwnName).Thumbprint);
    }

    [Fact]
    public void Issues_the_gateways_own_certificate_when_it_is_missing()
    {
        LocalAuthority.Init(_folder.Path, "Test", _time);

        Renewal().RenewDue();

        Assert.Equal("gateway, spiffe://cluster.local/ns/edge/sa/gateway", CertificateNames.Of(Read("gateway")).ToString());
    }

    [Fact]
    public void Does_nothing_where_there_is_no_authority()
    {
        Renewal().RenewDue();

        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Nothing_outlives_the_authority()
    {
        LocalAuthority.Init(_folder.Path, "Test", _time);
        using var own = Read(LocalAuthority.OwnName);
        using var authority = LocalAuthority.Open(_folder.Path, _time);

        using var certificate = authority.Issue("a.example.com", ["a.example.com"], TimeSpan.FromDays(100_000));

        Assert.Equal(own.NotAfter, certificate.NotAfter);
        _time.Now = own.NotAfter;
        Assert.Throws<IOException>(() => authority.Issue("a.example.com", ["a.example.com"], Life));
    }
}
