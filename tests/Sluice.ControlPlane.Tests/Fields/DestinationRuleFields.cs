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
        .NotYetWithin<ZoneAwareLoadBalancerSetting>()
        .NotYet<ZoneAwareLoadBalancerSetting>("enabled", "failoverPriority", "minClusterSize")
        .InForce<Warmup>([typeof(BalancingCompiler)], [typeof(LoadBalancer)], "duration", "minimumPercent", "aggression")
        .InForce<TcpSettings>([typeof(ClusterCompiler)], [typeof(Cluster)], "connectTimeout")
        .NotYet<TcpSettings>("maxConnections", "maxConnectionDuration", "idleTimeout")
        .NotYet<TcpKeepalive>("probes", "time", "interval")
        .NotYet<HttpSettings>(
            "http1MaxPendingRequests", "http2MaxRequests", "maxRequestsPerConnection", "maxRetries", "idleTimeout", "h2UpgradePolicy",
            "useClientProtocol", "maxConcurrentStreams")
        .NotYet<Http2KeepAlive>("interval", "timeout")
        .NotYet<OutlierDetection>(
            "consecutiveErrors", "splitExternalLocalOriginErrors", "consecutiveLocalOriginFailures", "consecutiveGatewayErrors",
            "consecutive5xxErrors", "outlierDetectionHttpErrorCodes", "interval", "baseEjectionTime", "maxEjectionPercent",
            "minHealthPercent")
        .NotYet<ClientTlsSettings>(
            "mode", "clientCertificate", "privateKey", "caCertificates", "caCrl", "credentialName", "subjectAltNames", "sni",
            "insecureSkipVerify")
        .NotYet<TunnelSettings>("protocol", "targetHost", "targetPort")
        .NotYet<ProxyProtocol>("version")
        .NotYet<RetryBudget>("percent", "minRetryConcurrency", "budgetInterval");
}
