using System.Security.Cryptography.X509Certificates;

namespace Sluice.Tests.Commands;

public sealed class CertsCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private Task<Verb> CertsAsync(string verb, params string[] args) => Verb.RunAsync(["certs", verb, "--dir", _folder.Path, .. args]);

    private string At(string file) => Path.Combine(_folder.Path, file);

    [Fact]
    public async Task Makes_an_authority_and_issues_certificates()
    {
        var made = await CertsAsync("init");
        Assert.Equal((0, $"{At("ca.crt")}\n{At("ca.key")}\n"), (made.Exit, made.Out));

        var issued = await CertsAsync("issue", "a.example.com", "--san", "b.example.com", "--san", "127.0.0.1", "--ns", "shop", "--sa", "web");
        Assert.Equal((0, $"{At("a.example.com.crt")}\n{At("a.example.com.key")}\n"), (issued.Exit, issued.Out));

        using var pair = X509Certificate2.CreateFromPemFile(At("a.example.com.crt"), At("a.example.com.key"));
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(X509CertificateLoader.LoadCertificateFromFile(At("ca.crt")));
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        Assert.True(chain.Build(pair));

        var shown = (await CertsAsync("show")).Lines();
        Assert.Equal(2, shown.Length);
        Assert.StartsWith(
            $"{At("a.example.com.crt")}: names a.example.com, b.example.com, spiffe://cluster.local/ns/shop/sa/web, 127.0.0.1; "
            + "issuer CN=Sluice local authority; expires ", shown[0], StringComparison.Ordinal);
        Assert.EndsWith("(89 days left)", shown[0], StringComparison.Ordinal);
        Assert.StartsWith($"{At("ca.crt")}: names CN=Sluice local authority; ", shown[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_are_their_owners_alone()
    {
        await CertsAsync("init");
        await CertsAsync("issue", "a.example.com");

        var keys = Directory.GetFiles(_folder.Path, "*.key");
        Assert.Equal(2, keys.Length);
        foreach (var key in keys)
        {
            if (!OperatingSystem.IsWindows())
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(key));
        }
        Assert.Equal(4, Directory.GetFiles(_folder.Path).Length);
    }

    [Fact]
    public async Task An_authority_is_not_replaced()
    {
        await CertsAsync("init");
        var before = await File.ReadAllTextAsync(At("ca.key"), TestContext.Current.CancellationToken);

        var again = await CertsAsync("init");

        Assert.Equal(1, again.Exit);
        Assert.Contains("is there already", again.Error, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllTextAsync(At("ca.key"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Without_an_authority_nothing_is_issued()
    {
        var issued = await CertsAsync("issue", "a.example.com");

        Assert.Equal(1, issued.Exit);
        Assert.Contains("'sluice certs init' makes one", issued.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../a")]
    [InlineData("ca")]
    [InlineData(".a")]
    [InlineData("a", "--ns", "shop")]
    [InlineData("a", "--san", "no name")]
    [InlineData("a", "--ttl", "0s")]
    [InlineData("a", "--ttl", "soon")]
    public async Task What_makes_no_sense_is_a_usage_error(params string[] args)
    {
        await CertsAsync("init");

        Assert.Equal(64, (await CertsAsync("issue", args)).Exit);
    }

    [Fact]
    public async Task Files_without_a_certificate_are_named()
    {
        await CertsAsync("init");

        var shown = await CertsAsync("show", At("ca.crt"), At("ca.key"), At("none.crt"));

        Assert.Equal(1, shown.Exit);
        Assert.Single(shown.Lines());
        Assert.Contains($"{At("ca.key")}: there is no certificate in PEM", shown.Error, StringComparison.Ordinal);
        Assert.Contains($"{At("none.crt")}: ", shown.Error, StringComparison.Ordinal);
    }
}
