using Sluice.Api.Networking;
using Sluice.Api.Resources;
using Sluice.ControlPlane.Compilation;
using Sluice.ControlPlane.Validation;
using Sluice.ControlPlane.Validation.Rules;
using Sluice.DataPlane.Listeners;
using Sluice.DataPlane.Routing;

namespace Sluice.ControlPlane.Tests.Fields;

/// <summary>The fields of VirtualServices.</summary>
internal static class VirtualServiceFields
{
    public static readonly KindFields All = new KindFields("VirtualService", ApiJson.Default.VirtualServiceSpec)
        .InForce<VirtualServiceSpec>([typeof(VirtualServiceTable)], [typeof(VirtualHost)], "hosts", "gateways", "exportTo")
        .InForce<HttpRoute>([typeof(RouteCompiler)], [typeof(Route)], "name")
        .InForce<HttpRoute>([typeof(ActionCompiler)], [typeof(ForwardAction)], "timeout")
        .InForce<HttpRoute>([typeof(ActionCompiler)], [typeof(MirrorPolicy)], "mirrorPercent")
        .InForce<HttpMatch>([typeof(RouteCompiler)], [typeof(Route)], "name")
        .InForce<HttpMatch>([typeof(MatchCompiler)], [typeof(StringMatcher)], "ignoreUriCase")
        .InForce<HttpMatch>([typeof(MatchCompiler)], [typeof(RouteConfig)], "port", "gateways", "sourceLabels", "sourceNamespace")
        .NoEffect<HttpMatch>("statPrefix")
        .InForce<StringMatch>([typeof(MatchCompiler)], [typeof(StringMatcher)], "exact", "prefix", "regex")
        .InForce<HttpRouteDestination>([typeof(ActionCompiler)], [typeof(WeightedClusters)], "weight")
        .InForce<Destination>(
            [typeof(ActionCompiler), typeof(ProxyCompiler), typeof(ClusterTable)], [typeof(WeightedCluster)], "host", "subset")
        .InForce<PortSelector>([typeof(ActionCompiler), typeof(ProxyCompiler)], [typeof(WeightedCluster)], "number")
        .InForce<HttpRedirect>([typeof(ActionCompiler)], [typeof(RedirectAction)],
            "uri", "authority", "port", "derivePort", "scheme", "redirectCode", "prefixRewrite")
        .InForce<HttpDirectResponse>([typeof(ActionCompiler)], [typeof(DirectResponseAction)], "status")
        .InForce<HttpBody>([typeof(ActionCompiler)], [typeof(DirectResponseAction)], "string", "bytes")
        .InForce<Api.Networking.Delegate>([typeof(Delegates)], [typeof(Route)], "name", "namespace")
        .InForce<HttpRewrite>([typeof(ActionCompiler)], [typeof(PathRewriter)], "uri")
        .InForce<HttpRewrite>([typeof(ActionCompiler)], [typeof(ForwardAction)], "authority")
        .InForce<RegexRewrite>([typeof(ActionCompiler)], [typeof(PathRewriter)], "match", "rewrite")
        .InForce<HttpRetry>([typeof(RetryCompiler)], [typeof(RetryPolicy)],
            "attempts", "perTryTimeout", "retryOn", "retryIgnorePreviousHosts", "backoff", "retryRemoteLocalities")
        .InForce<HttpFaultDelay>([typeof(PolicyCompiler)], [typeof(FaultInjector)], "percent", "fixedDelay")
        .Refused<HttpFaultDelay>(Codes.Unsupported, typeof(HttpPolicyRules), "exponentialDelay")
        .InForce<HttpFaultAbort>([typeof(PolicyCompiler)], [typeof(FaultInjector)], "httpStatus", "grpcStatus")
        .Refused<HttpFaultAbort>(Codes.Unsupported, typeof(HttpPolicyRules), "http2Error")
        .InForce<Percent>([typeof(PolicyCompiler)], [typeof(FaultInjector), typeof(MirrorPolicy)], "value")
        .InForce<CorsPolicy>([typeof(PolicyCompiler)], [typeof(CorsResponder)],
            "allowOrigin", "allowMethods", "allowHeaders", "exposeHeaders", "maxAge", "allowCredentials", "unmatchedPreflights")
        .InForce<HeaderOperations>([typeof(HeaderCompiler)], [typeof(HeaderMutator)], "set", "add", "remove")
        .Compiled<TlsMatchAttributes>([typeof(ProxyCompiler)], [typeof(FilterChain)], "sniHosts", "port", "gateways")
        .NoEffect<TlsMatchAttributes>("destinationSubnets", "sourceLabels", "sourceNamespace")
        .Compiled<L4MatchAttributes>([typeof(ProxyCompiler)], [typeof(FilterChain)], "port", "gateways")
        .NoEffect<L4MatchAttributes>("destinationSubnets", "sourceSubnet", "sourceLabels", "sourceNamespace")
        .Compiled<RouteDestination>([typeof(ProxyCompiler)], [typeof(WeightedClusters)], "weight");
}
