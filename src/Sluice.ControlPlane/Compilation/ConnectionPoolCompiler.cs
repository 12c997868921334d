using Sluice.Api.Mesh;
using Sluice.Api.Networking;
using Sluice.ControlPlane.Discovery;
using Sluice.DataPlane.Clusters;

namespace Sluice.ControlPlane.Compilation;

/// <summary>Compiles <c>connectionPool</c> and <c>retryBudget</c>
/// (https://istio.io/latest/docs/reference/config/networking/destination-rule/#ConnectionPoolSettings). A limit of 0 is none.</summary>
internal static class ConnectionPoolCompiler
{
    private const double DefaultRetryPercent = 20;
    private const int DefaultMinRetries = 3;

    private static readonly TimeSpan DefaultConnectTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Bound on making a connection.</summary>
    public static TimeSpan ConnectTimeout(ConnectionPoolSettings? pool, MeshConfig mesh) =>
        pool?.Tcp?.ConnectTimeout ?? mesh.ConnectTimeout ?? DefaultConnectTimeout;

    /// <summary>How connections are kept.</summary>
    public static ConnectionSettings Connections(ConnectionPoolSettings? pool, MeshConfig mesh)
    {
        var settings = new ConnectionSettings
        {
            IdleTimeout = IdleTimeout(pool) ?? ConnectionSettings.Default.IdleTimeout,
            MaxDuration = pool?.Tcp?.MaxConnectionDuration ?? ConnectionSettings.Default.MaxDuration,
            MaxRequests = pool?.Http?.MaxRequestsPerConnection ?? 0,
            MaxStreams = pool?.Http?.MaxConcurrentStreams is > 0 and var streams ? streams : 0,
            Keepalive = (pool?.Tcp?.TcpKeepalive ?? mesh.TcpKeepalive) is { } written
                ? new TcpKeepaliveProbes(written.Time, written.Interval, written.Probes is { } probes ? (int)Math.Min(probes, int.MaxValue) : null)
                : null,
            Pings = pool?.Http?.Http2KeepAlive is { Interval: { } interval, Timeout: { } timeout } ? new Http2Pings(interval, timeout) : null,
        };
        return settings == ConnectionSettings.Default ? ConnectionSettings.Default : settings;
    }

    /// <summary>What opens each connection; null for nothing.</summary>
    public static ProxyHeaderVersion? ProxyHeader(ProxyProtocol? written) =>
        written is null ? null : written.Version == ProxyProtocolVersion.V2 ? ProxyHeaderVersion.V2 : ProxyHeaderVersion.V1;

    /// <summary>The limits of a cluster.</summary>
    public static CircuitLimits Limits(ConnectionPoolSettings? pool, RetryBudget? budget)
    {
        var http = pool?.Http;
        var limits = new CircuitLimits
        {
            MaxConnections = Limit(pool?.Tcp?.MaxConnections),
            MaxPendingRequests = Limit(http?.Http1MaxPendingRequests),
            MaxRequests = Limit(http?.Http2MaxRequests),
            MaxRetries = Limit(http?.MaxRetries),
            RetryBudget = budget is null ? null : new RetryAllowance(
                budget.Percent ?? DefaultRetryPercent, (int)Math.Min(budget.MinRetryConcurrency ?? DefaultMinRetries, int.MaxValue),
                budget.BudgetInterval ?? TimeSpan.Zero),
        };
        return limits == CircuitLimits.None ? CircuitLimits.None : limits;
    }

    /// <summary>What the upstream is spoken to: what its port says, or HTTP/2 on a port of HTTP where the rule, or the mesh, upgrades.</summary>
    public static UpstreamProtocol Protocol(PortProtocol port, ConnectionPoolSettings? pool, MeshConfig mesh) => port switch
    {
        PortProtocol.Http2 => UpstreamProtocol.Http2,
        PortProtocol.Tcp => UpstreamProtocol.Tcp,
        PortProtocol.Http when Upgrades(pool, mesh) => UpstreamProtocol.Http2,
        _ => UpstreamProtocol.Http1,
    };

    /// <summary>Whether the upstream is spoken to as the client speaks to us.</summary>
    public static bool FollowsClient(PortProtocol port, ConnectionPoolSettings? pool) =>
        port != PortProtocol.Tcp && pool?.Http?.UseClientProtocol == true;

    private static bool Upgrades(ConnectionPoolSettings? pool, MeshConfig mesh) => pool?.Http?.H2UpgradePolicy switch
    {
        H2UpgradePolicy.Upgrade => true,
        H2UpgradePolicy.DoNotUpgrade => false,
        _ => mesh.H2UpgradePolicy == H2UpgradePolicy.Upgrade,
    };

    // The one of TCP holds for HTTP, too, where HTTP has none of its own; 0 turns it off.
    private static TimeSpan? IdleTimeout(ConnectionPoolSettings? pool) =>
        pool?.Http?.IdleTimeout ?? (pool?.Tcp?.IdleTimeout is { } tcp ? tcp == TimeSpan.Zero ? Timeout.InfiniteTimeSpan : tcp : null);

    private static int Limit(int? written) => written is > 0 ? written.Value : int.MaxValue;
}
