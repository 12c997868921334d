using Sluice.Api.Networking;
using Sluice.ControlPlane.Validation.Checks;

namespace Sluice.ControlPlane.Validation.Rules;

/// <summary>Value rules of a traffic policy, of a whole rule, a subset, a port, or the mesh.</summary>
internal static class TrafficPolicyRules
{
    /// <summary>Checks a policy.</summary>
    /// <param name="at">The policy.</param>
    /// <param name="policy">Its content.</param>
    /// <param name="ownNamespace">Namespace of the object that holds it.</param>
    public static void Check(Field at, TrafficPolicy policy, string ownNamespace)
    {
        if (policy is
            {
                LoadBalancer: null, ConnectionPool: null, OutlierDetection: null, Tls: null, PortLevelSettings: null,
                    Tunnel: null,
                ProxyProtocol: null, RetryBudget: null,
            })
        {
            at.Error(Codes.Empty, $"{at.Path} sets nothing",
                "remove it, or set loadBalancer, connectionPool, outlierDetection or tls");
        }

        if (policy.Tunnel is not null && policy.ProxyProtocol is not null)
        {
            at.Error(Codes.Exclusive, $"tunnel and proxyProtocol can't both be set in {at.Path}: keep one");
        }

        CheckBlocks(at, policy.LoadBalancer, policy.ConnectionPool, policy.OutlierDetection, policy.Tls, ownNamespace);
        foreach (var (port, each) in at["portLevelSettings"].Each(policy.PortLevelSettings)) CheckPort(each, port, ownNamespace);
        if (policy.Tunnel is { } tunnel) CheckTunnel(at["tunnel"], tunnel);
        if (policy.RetryBudget is { } budget) Numbers.CheckPercent(at["retryBudget"]["percent"], budget.Percent, smallest: 0);
    }

    private static void CheckPort(Field at, PortTrafficPolicy policy, string ownNamespace)
    {
        if (policy.Port is null)
        {
            at["port"].Error(Codes.Required, $"{at.Path}.port is missing: say which port the settings are for",
                "port: {number: …}");
        }

        if (policy is { LoadBalancer: null, ConnectionPool: null, OutlierDetection: null, Tls: null })
        {
            at.Error(Codes.Empty, $"{at.Path} sets nothing for its port",
                "set loadBalancer, connectionPool, outlierDetection or tls");
        }

        CheckBlocks(at, policy.LoadBalancer, policy.ConnectionPool, policy.OutlierDetection, policy.Tls, ownNamespace);
    }

    private static void CheckBlocks(
        Field at, LoadBalancerSettings? balancer, ConnectionPoolSettings? pool, OutlierDetection? outlier, ClientTlsSettings? tls,
            string ownNamespace)
    {
        if (outlier is not null) CheckOutlier(at["outlierDetection"], outlier);
        if (pool is not null) ConnectionPoolRules.Check(at["connectionPool"], pool);
        if (balancer is not null) LoadBalancerRules.Check(at["loadBalancer"], balancer, outlier is not null);
        if (tls is not null) ClientTlsRules.Check(at["tls"], tls, ownNamespace);
    }

    private static void CheckOutlier(Field at, OutlierDetection outlier)
    {
        Numbers.CheckDuration(at["interval"], outlier.Interval);
        Numbers.CheckDuration(at["baseEjectionTime"], outlier.BaseEjectionTime);
        Numbers.CheckPercent(at["maxEjectionPercent"], outlier.MaxEjectionPercent);
        Numbers.CheckPercent(at["minHealthPercent"], outlier.MinHealthPercent);
        if (outlier.ConsecutiveErrors is not (null or 0))
        {
            at["consecutiveErrors"].Warning(Codes.SchemaWarning, $"{at.Path}.consecutiveErrors is deprecated",
                "use consecutive5xxErrors or consecutiveGatewayErrors");
        }

        if (outlier.ConsecutiveLocalOriginFailures is > 0 && outlier.SplitExternalLocalOriginErrors != true)
        {
            at["consecutiveLocalOriginFailures"].Error(Codes.Empty,
                $"{at.Path}.consecutiveLocalOriginFailures is set, but local failures are not counted apart",
                    "set splitExternalLocalOriginErrors: true");
        }

        foreach (var (status, each) in at["outlierDetectionHttpErrorCodes"].Each(outlier.OutlierDetectionHttpErrorCodes))
        {
            if (status is < 100 or > 599) each.Error(Codes.Status, $"{each.Path} is {status}: a status lies between 100 and 599");
        }
    }

    private static void CheckTunnel(Field at, TunnelSettings tunnel)
    {
        if (tunnel.Protocol is { Length: > 0 } protocol && protocol is not ("CONNECT" or "POST"))
        {
            at["protocol"].Error(Codes.UnknownWord, $"{at.Path}.protocol \"{protocol}\" is neither CONNECT nor POST");
        }

        if (string.IsNullOrEmpty(tunnel.TargetHost))
        {
            at["targetHost"].Error(Codes.Required, $"{at.Path}.targetHost is missing: say where the tunnel leads");
        }
        else if (!Hosts.IsFullyQualified(tunnel.TargetHost) && !Addresses.IsIp(tunnel.TargetHost))
        {
            Hosts.RefuseHost(at["targetHost"], tunnel.TargetHost);
        }

        Numbers.CheckPort(at["targetPort"], tunnel.TargetPort);
    }
}
