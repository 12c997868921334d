using Sluice.Api.Networking;
using Sluice.ControlPlane.Validation.Checks;

namespace Sluice.ControlPlane.Validation.Rules;

/// <summary>Value rules of connection pools.</summary>
internal static class ConnectionPoolRules
{
    /// <summary>Checks one pool.</summary>
    public static void Check(Field at, ConnectionPoolSettings pool)
    {
        if (pool.Http is null && pool.Tcp is null)
            at.Error(Codes.Empty, $"{at.Path} sets nothing", "set http or tcp, or remove it");
        if (pool.Tcp is { } tcp) CheckTcp(at["tcp"], tcp);
        if (pool.Http is { } http) CheckHttp(at["http"], http);
    }

    /// <summary>Checks TCP keep-alive.</summary>
    public static void CheckKeepalive(Field at, TcpKeepalive keepalive)
    {
        Numbers.CheckDuration(at["time"], keepalive.Time);
        Numbers.CheckDuration(at["interval"], keepalive.Interval);
    }

    private static void CheckTcp(Field at, TcpSettings tcp)
    {
        Numbers.CheckCount(at["maxConnections"], tcp.MaxConnections);
        Numbers.CheckDuration(at["connectTimeout"], tcp.ConnectTimeout);
        Numbers.CheckDuration(at["maxConnectionDuration"], tcp.MaxConnectionDuration);
        // 0 turns this timeout off.
        if (tcp.IdleTimeout != TimeSpan.Zero) Numbers.CheckDuration(at["idleTimeout"], tcp.IdleTimeout);
        if (tcp.TcpKeepalive is { } keepalive) CheckKeepalive(at["tcpKeepalive"], keepalive);
    }

    private static void CheckHttp(Field at, HttpSettings http)
    {
        Numbers.CheckCount(at["http1MaxPendingRequests"], http.Http1MaxPendingRequests);
        Numbers.CheckCount(at["http2MaxRequests"], http.Http2MaxRequests);
        Numbers.CheckCount(at["maxRequestsPerConnection"], http.MaxRequestsPerConnection);
        Numbers.CheckCount(at["maxRetries"], http.MaxRetries);
        Numbers.CheckCount(at["maxConcurrentStreams"], http.MaxConcurrentStreams);
        Numbers.CheckDuration(at["idleTimeout"], http.IdleTimeout);
        if (http.UseClientProtocol == true && http.H2UpgradePolicy == H2UpgradePolicy.Upgrade)
        {
            at.Error(Codes.Exclusive, $"useClientProtocol and h2UpgradePolicy UPGRADE can't both be set in {at.Path}: keep one");
        }

        if (http.Http2KeepAlive is not { } keepAlive) return;
        var keepAliveAt = at["http2KeepAlive"];
        if (keepAlive.Interval is null) keepAliveAt["interval"].Error(Codes.Required, $"{keepAliveAt.Path}.interval is missing");
        if (keepAlive.Timeout is null) keepAliveAt["timeout"].Error(Codes.Required, $"{keepAliveAt.Path}.timeout is missing");
        Numbers.CheckDuration(keepAliveAt["interval"], keepAlive.Interval);
        Numbers.CheckDuration(keepAliveAt["timeout"], keepAlive.Timeout);
    }
}
