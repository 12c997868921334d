using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Sluice.ControlPlane.Reload;
using Sluice.DataPlane.Clusters;

namespace Sluice.ControlPlane.Tests.Reload;

/// <summary>Certificates that a DestinationRule names, changed on disk while the gateway runs.</summary>
public sealed class CertificateRotationTests
{
    private static (string Certificate, string Key) Pair(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    private static void WriteConfig(ReloadFixture gateway) => gateway.Folder.Write("conf/a.yaml", Documents.Gateway() + $$"""
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: a}
        spec: {clusterIP: 10.0.0.1, ports: [{name: http, port: 80}]}
        ---
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: a}
        spec:
          host: a
          trafficPolicy:
            tls: {mode: MUTUAL, clientCertificate: {{gateway.Folder.At("tls/tls.crt")}}, privateKey: {{gateway.Folder.At("tls/tls.key")}}}
        """);

    private static ReloadFixture Start()
    {
        var gateway = new ReloadFixture(watch: true);
        WriteConfig(gateway);
        return gateway;
    }

    private static async Task StartAsync(ReloadFixture gateway)
    {
        Assert.True((await gateway.StartAsync()).Ok);
        await gateway.NextAsync(ReloadOutcome.Published);
    }

    private static Cluster ClusterOf(ReloadFixture gateway) => Assert.Single(gateway.Live.Current.Clusters.Values);

    private static string? Shown(ReloadFixture gateway) => ClusterOf(gateway).Tls?.Settings.Certificate?.TargetCertificate.Subject;

    private static async Task UntilShownAsync(ReloadFixture gateway, string name)
    {
        while (Shown(gateway) != $"CN={name}")
            await gateway.NextAsync(ReloadOutcome.Published);
    }

    [Fact]
    public async Task A_rotation_is_a_reload()
    {
        await using var gateway = Start();
        var (first, second) = (Pair("first"), Pair("second"));
        gateway.Folder.Mount("tls", ("tls.crt", first.Certificate), ("tls.key", first.Key));
        await StartAsync(gateway);
        Assert.Equal("CN=first", Shown(gateway));
        var before = ClusterOf(gateway).Tls;

        gateway.Folder.Mount("tls", ("tls.crt", second.Certificate), ("tls.key", second.Key));
        await UntilShownAsync(gateway, "second");

        Assert.NotSame(before, ClusterOf(gateway).Tls);
    }

    [Fact]
    public async Task A_pair_that_does_not_fit_is_never_used()
    {
        await using var gateway = Start();
        var (first, second) = (Pair("first"), Pair("second"));
        gateway.Folder.Write("tls/tls.crt", first.Certificate);
        gateway.Folder.Write("tls/tls.key", first.Key);
        await StartAsync(gateway);
        var before = ClusterOf(gateway).Tls;

        gateway.Folder.Replace("tls/tls.crt", second.Certificate);
        var half = await gateway.NextAsync(ReloadOutcome.Published);
        Assert.Equal("SLU0212", Assert.Single(half.Findings, f => f.Code == "SLU0212").Code);
        Assert.Same(before, ClusterOf(gateway).Tls);
        Assert.Null(ClusterOf(gateway).Refusal);

        gateway.Folder.Replace("tls/tls.key", second.Key);
        var whole = await gateway.NextAsync(ReloadOutcome.Published);
        Assert.DoesNotContain(whole.Findings, f => f.Code == "SLU0212");
        Assert.Equal("CN=second", Shown(gateway));
    }

    [Fact]
    public async Task What_vanishes_stays_in_force()
    {
        await using var gateway = Start();
        var first = Pair("first");
        gateway.Folder.Write("tls/tls.crt", first.Certificate);
        gateway.Folder.Write("tls/tls.key", first.Key);
        await StartAsync(gateway);
        var before = ClusterOf(gateway).Tls;

        File.Delete(gateway.Folder.At("tls/tls.key"));
        var attempt = await gateway.NextAsync(ReloadOutcome.Published);

        Assert.Contains("there is no such file", Assert.Single(attempt.Findings, f => f.Code == "SLU0212").Message, StringComparison.Ordinal);
        Assert.Same(before, ClusterOf(gateway).Tls);
    }

    [Fact]
    public async Task What_is_missing_refuses_its_cluster_until_it_comes()
    {
        await using var gateway = Start();
        await StartAsync(gateway);
        Assert.Equal(
            "DestinationRule default/a demands TLS to the upstream and names what can't be used: clientCertificate, privateKey",
            ClusterOf(gateway).Refusal);

        var first = Pair("first");
        gateway.Folder.Mount("tls", ("tls.crt", first.Certificate), ("tls.key", first.Key));
        await UntilShownAsync(gateway, "first");

        Assert.Null(ClusterOf(gateway).Refusal);
    }

    [Fact]
    public async Task Another_change_keeps_connections()
    {
        await using var gateway = Start();
        var first = Pair("first");
        gateway.Folder.Mount("tls", ("tls.crt", first.Certificate), ("tls.key", first.Key));
        await StartAsync(gateway);
        var before = ClusterOf(gateway).Tls;

        gateway.Folder.Write("conf/b.yaml", Documents.VirtualService("b"));
        await gateway.NextAsync(ReloadOutcome.Published);

        Assert.Same(before, ClusterOf(gateway).Tls);
    }
}
