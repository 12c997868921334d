using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Tests.Pipeline.Harness;

namespace Sluice.DataPlane.Tests.Clusters;

/// <summary>Revocation lists, compared with what OpenSSL makes of them and says about them.</summary>
public sealed class RevocationListTests
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private static readonly TestAuthority Root = TestAuthority.Root();
    private static readonly TestAuthority Intermediate = Root.Intermediate();
    private static readonly X509Certificate2 Leaf = Intermediate.Issue(["a.example.com"]);

    /// <summary>Lists that go with the chain from <see cref="Leaf"/> to <see cref="Root"/>, and whether it is good with them.</summary>
    public static TheoryData<string, bool> Cases => new()
    {
        { "nothing is revoked", true },
        { "another certificate is revoked", true },
        { "the certificate is revoked", false },
        { "the intermediate authority is revoked", false },
        { "the intermediate authority's list is missing", false },
        { "the root's list is missing", false },
        { "the intermediate authority's list is out of date", false },
        { "the intermediate authority's list is by a namesake", false },
        { "the certificate is on the list of a namesake", true },
        { "an old list, and a new one that revokes it", false },
    };

    private static byte[][] Lists(string what) => what switch
    {
        "another certificate is revoked" => [Root.Revoke([], Day), Intermediate.Revoke([Intermediate.Issue(["b.example.com"])], Day)],
        "the certificate is revoked" => [Root.Revoke([], Day), Intermediate.Revoke([Leaf], Day)],
        "the intermediate authority is revoked" => [Root.Revoke([Intermediate.Certificate], Day), Intermediate.Revoke([], Day)],
        "the intermediate authority's list is missing" => [Root.Revoke([], Day)],
        "the root's list is missing" => [Intermediate.Revoke([], Day)],
        "the intermediate authority's list is out of date" => [Root.Revoke([], Day), Intermediate.Revoke([], -Day)],
        "the intermediate authority's list is by a namesake" => [Root.Revoke([], Day), Root.Intermediate().Revoke([], Day)],
        "the certificate is on the list of a namesake" =>
            [Root.Revoke([], Day), Intermediate.Revoke([], Day), Root.Intermediate().Revoke([Leaf], Day)],
        "an old list, and a new one that revokes it" => [Root.Revoke([], Day), Intermediate.Revoke([], -Day), Intermediate.Revoke([Leaf], Day)],
        _ => [Root.Revoke([], Day), Intermediate.Revoke([], Day)],
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Judges_a_chain_as_OpenSSL_does(string what, bool isGood)
    {
        var lists = Lists(what);
        Assert.Equal(isGood, Problem(lists) is null);

        using var openssl = OpenSsl.OrSkip();
        List<string> arguments =
        [
            "verify", "-crl_check_all", "-CAfile", openssl.Write("root.pem", Root.Certificate.ExportCertificatePem()),
            "-untrusted", openssl.Write("intermediate.pem", Intermediate.Certificate.ExportCertificatePem()),
            "-CRLfile", openssl.Write("lists.pem", string.Join('\n', lists.Select(l => PemEncoding.WriteString("X509 CRL", l)))),
            openssl.Write("leaf.pem", Leaf.ExportCertificatePem()),
        ];
        var (succeeded, output) = await OpenSsl.RunAsync([.. arguments]);
        // Of several lists with one name, one signed by a namesake may be the one that OpenSSL looks at; it refuses then.
        Assert.True(isGood == succeeded || what.Contains("list of a namesake", StringComparison.Ordinal), output);
    }

    private static string? Problem(byte[][] lists)
    {
        var settings = new UpstreamTlsSettings
        {
            Mode = "SIMPLE",
            Identity = "test",
            Authorities = [Root.Certificate],
            RevocationLists = [.. lists.Select(l => RevocationList.Parse(l))],
        };
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(Root.Certificate);
        chain.ChainPolicy.ExtraStore.Add(Intermediate.Certificate);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.Build(Leaf);
        return new ServerCertificateCheck(settings, TimeProvider.System).Problem(Leaf, chain, "a.example.com");
    }

    [Theory]
    [InlineData("rsa:2048", "")]
    [InlineData("rsa:2048", "rsa_padding_mode:pss")]
    [InlineData("ec:P-256", "")]
    [InlineData("ec:P-384", "")]
    public async Task Reads_what_OpenSSL_makes(string key, string option)
    {
        using var openssl = OpenSsl.OrSkip();
        var config = openssl.Write("ca.cnf", $"""
            [ca]
            default_ca = own
            [own]
            database = {openssl.Write("index.txt", "R\t351231000000Z\t250101000000Z\t0ABCDE\tunknown\t/CN=gone\nV\t351231000000Z\t\t0ABCDF\tunknown\t/CN=here\n")}
            crlnumber = {openssl.Write("number", "01\n")}
            default_md = sha384
            default_crl_days = 1
            """);
        var (certificate, keyFile, list) = (openssl.Write("ca.pem", ""), openssl.Write("ca.key", ""), openssl.Write("list.pem", ""));
        string[] kind = key.StartsWith("ec", StringComparison.Ordinal) ? ["ec", "-pkeyopt", "ec_paramgen_curve:" + key[3..]] : [key];
        await RunAsync(["req", "-x509", "-newkey", .. kind, "-nodes", "-subj", "/CN=Made by OpenSSL", "-keyout", keyFile, "-out", certificate]);
        string[] sign = option.Length == 0 ? [] : ["-sigopt", option, "-sigopt", "rsa_pss_saltlen:digest"];
        await RunAsync(["ca", "-gencrl", "-config", config, "-cert", certificate, "-keyfile", keyFile, "-out", list, .. sign]);

        var text = await File.ReadAllTextAsync(list, TestContext.Current.CancellationToken);
        var fields = PemEncoding.Find(text);
        var parsed = RevocationList.Parse(Convert.FromBase64String(text[fields.Base64Data]));

        Assert.Equal("CN=Made by OpenSSL", parsed.Issuer);
        Assert.Equal(1, parsed.Count);
        Assert.True(parsed.IsOf(X509Certificate2.CreateFromPem(await File.ReadAllTextAsync(certificate, TestContext.Current.CancellationToken))));
        Assert.False(parsed.IsOf(Root.Certificate));
    }

    [Fact]
    public void What_is_no_list_is_refused()
    {
        var list = Root.Revoke([Leaf], Day);
        Assert.Throws<CryptographicException>(() => RevocationList.Parse(Leaf.RawDataMemory));
        for (var length = 0; length < list.Length; length++)
            Assert.Throws<CryptographicException>(() => RevocationList.Parse(list.AsMemory(0, length)));
    }

    [Fact]
    public void A_list_with_one_bit_changed_is_nobodys()
    {
        var list = Root.Revoke([Leaf], Day);
        for (var i = 0; i < list.Length; i++)
        {
            var changed = (byte[])list.Clone();
            changed[i] ^= 0x01;
            try
            {
                Assert.False(RevocationList.Parse(changed).IsOf(Root.Certificate), $"byte {i}");
            }
            catch (CryptographicException)
            {
                // It is no list any more.
            }
        }
    }

    private static async Task RunAsync(string[] arguments)
    {
        var (succeeded, output) = await OpenSsl.RunAsync(arguments);
        Assert.True(succeeded, output);
    }
}
