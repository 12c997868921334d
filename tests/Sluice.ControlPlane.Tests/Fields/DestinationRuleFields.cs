using Sluice.Api.Networking;
using Sluice.Api.Resources;
using Sluice.ControlPlane.Compilation;
using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Routing;

namespace Sluice.ControlPlane.Tests.Fields;

/// <summary>The fields of DestinationRules. The blocks of a policy are chosen whole by <see cref="EffectivePolicy"/>, so each of their
/// fields is tried once.</summary>
internal static class DestinationRuleFields
{
    public static readonly KindFields All = new KindFields("DestinationRule", ApiJson.Default.DestinationRuleSpec)
        .Whole<LoadBalancerSettings>()
        .Whole<ConnectionPoolSettings>()
        .Whole<OutlierDetection>()
        .Whole<ClientTlsSettings>()
        .Whole<TunnelSettings>()
        .Whole<ProxyProtocol>()
        .Whole<RetryBudget>()
        .InForce<DestinationRuleSpec>([typeof(DestinationRuleIndex)], [typeof(Cluster)], "host", "exportTo")
        .InForce<LabelSelector>([typeof(DestinationRuleIndex)], [typeof(Cluster)], "matchLabels")
        .InForce<Subset>([typeof(ClusterCompiler)], [typeof(Cluster)], "name", "labels")
        .InForce<PortSelector>([typeof(EffectivePolicy)], [typeof(Cluster)], "number")
        .InForce<LoadBalancerSettings>([typeof(BalancingCompiler)], [typeof(LoadBalancer)], "simple", "warmupDurationSecs")
        .InForce<ConsistentHash>([typeof(HashCompiler)], [typeof(HashPolicy)], "httpHeaderName", "useSourceIp", "httpQueryParameterName")
        .InForce<ConsistentHash>([typeof(BalancingCompiler)], [typeof(LoadBalancer)], "minimumRingSize")
        .InForce<HttpCookie>([typeof(HashCompiler)], [typeof(HashPolicy)], "name", "path", "ttl")
        .InForce<HttpCookieAttribute>([typeof(HashCompiler)], [typeof(HashPolicy)], "name", "value")
        .InForce<RingHash>([typeof(BalancingCompiler)], [typeof(LoadBalancer)], "minimumRingSize")
        .InForce<Maglev>([typeof(BalancingCompiler)], [typeof(LoadBalancer)], "tableSize")
        .InForce<LocalityLoadBalancerSetting>([typeof(LocalityCompiler)], [typeof(LoadBalancer)], "failoverPriority", "enabled")
        .InForce<LocalityDistribute>([typeof(LocalityCompiler)], [typeof(LoadBalancer)], "from", "to")
        .InForce<LocalityFailover>([typeof(LocalityCompiler)], [typeof(LoadBalancer)], "from", "to")
        .InForce<ZoneAwareLoadBalancerSetting>([typeof(LocalityCompiler)], [typeof(LoadBalancer)], "enabled", "failoverPriority")
        .NoEffect<ZoneAwareLoadBalancerSetting>("minClusterSize")
        .InForce<Warmup>([typeof(BalancingCompiler)], [typeof(LoadBalancer)], "duration", "minimumPercent", "aggression")
        .InForce<TcpSettings>([typeof(ConnectionPoolCompiler)], [typeof(Cluster)], "connectTimeout")
        .InForce<TcpSettings>([typeof(ConnectionPoolCompiler)], [typeof(CircuitBreaker)], "maxConnections")
        .InForce<TcpSettings>([typeof(ConnectionPoolCompiler)], [typeof(ConnectionSettings)], "maxConnectionDuration", "idleTimeout")
        .InForce<TcpKeepalive>([typeof(ConnectionPoolCompiler)], [typeof(TcpKeepaliveProbes)], "probes", "time", "interval")
        .InForce<HttpSettings>([typeof(ConnectionPoolCompiler)], [typeof(CircuitBreaker)],
            "http1MaxPendingRequests", "http2MaxRequests", "maxRetries")
        .InForce<HttpSettings>([typeof(ConnectionPoolCompiler)], [typeof(ConnectionSettings)], "maxRequestsPerConnection", "maxConcurrentStreams", "idleTimeout")
        .InForce<HttpSettings>([typeof(ConnectionPoolCompiler)], [typeof(Cluster)], "h2UpgradePolicy", "useClientProtocol")
        .InForce<Http2KeepAlive>([typeof(ConnectionPoolCompiler)], [typeof(Http2Pings)], "interval", "timeout")
        .InForce<OutlierDetection>([typeof(OutlierCompiler)], [typeof(OutlierDetector)],
            "splitExternalLocalOriginErrors", "consecutiveLocalOriginFailures", "consecutiveGatewayErrors", "consecutive5xxErrors",
            "outlierDetectionHttpErrorCodes")
        .InForce<OutlierDetection>([typeof(OutlierCompiler)], [typeof(Ejections)], "interval", "baseEjectionTime", "maxEjectionPercent")
        .InForce<OutlierDetection>([typeof(ClusterCompiler)], [typeof(LoadBalancer)], "minHealthPercent")
        .NoEffect<OutlierDetection>("consecutiveErrors")
        .InForce<ClientTlsSettings>([typeof(UpstreamTlsCompiler)], [typeof(UpstreamTls)], "mode", "subjectAltNames", "sni")
        .InForce<ClientTlsSettings>(
            [typeof(UpstreamCredentials)], [typeof(UpstreamTls)],
            "clientCertificate", "privateKey", "caCertificates", "caCrl", "credentialName", "insecureSkipVerify")
        .NotYet<TunnelSettings>("protocol", "targetHost", "targetPort")
        .InForce<ProxyProtocol>([typeof(ConnectionPoolCompiler)], [typeof(Cluster)], "version")
        .InForce<RetryBudget>([typeof(ConnectionPoolCompiler)], [typeof(CircuitBreaker)], "percent", "minRetryConcurrency", "budgetInterval");
}
