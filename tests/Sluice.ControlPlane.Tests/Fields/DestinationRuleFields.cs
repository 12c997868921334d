using Sluice.Api.Networking;
using Sluice.Api.Resources;
using Sluice.ControlPlane.Compilation;
using Sluice.DataPlane.Clusters;

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
        .InForce<LoadBalancerSettings>([typeof(ClusterCompiler)], [typeof(LoadBalancer)], "simple")
        .NotYet<LoadBalancerSettings>("warmupDurationSecs")
        .NotYet<ConsistentHash>("httpHeaderName", "useSourceIp", "httpQueryParameterName", "minimumRingSize")
        .NotYet<HttpCookie>("name", "path", "ttl")
        .NotYet<HttpCookieAttribute>("name", "value")
        .NotYet<RingHash>("minimumRingSize")
        .NotYet<Maglev>("tableSize")
        .NotYet<LocalityLoadBalancerSetting>("failoverPriority", "enabled")
        .NotYet<LocalityDistribute>("from", "to")
        .NotYet<LocalityFailover>("from", "to")
        .NotYet<ZoneAwareLoadBalancerSetting>("enabled", "failoverPriority", "minClusterSize")
        .NotYet<Warmup>("duration", "minimumPercent", "aggression")
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
