using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Routing;
using Sluice.DataPlane.Tests.Pipeline.Harness;
using static Sluice.DataPlane.Tests.Pipeline.Harness.SnapshotBuilder;

namespace Sluice.DataPlane.Tests.Forwarding;

/// <summary>An upstream behind TLS, asked once.</summary>
internal static class SecuredUpstream
{
    public const string Host = "shop.example.com";

    public static readonly TestAuthority Root = TestAuthority.Root();

    public static UpstreamTls Tls(Func<UpstreamTlsSettings, UpstreamTlsSettings>? change = null)
    {
        var settings = new UpstreamTlsSettings { Mode = "SIMPLE", Identity = "test", Authorities = [Root.Certificate] };
        return new UpstreamTls(change is null ? settings : change(settings), TimeProvider.System);
    }

    public static SnapshotBuilder EdgeTo(UpstreamTls tls, int port) =>
        new SnapshotBuilder { Settings = new() { AccessLogFile = "/dev/stdout" } }.Host("*", Route(Once(Guarded([port], tls: tls))));

    public static ForwardAction Once(Cluster cluster) =>
        new() { Clusters = To(cluster).Clusters, Retry = new RetryPolicy { Attempts = 0 } };
}
