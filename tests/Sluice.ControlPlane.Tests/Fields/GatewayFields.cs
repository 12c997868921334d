using Sluice.Api.Networking;
using Sluice.Api.Resources;
using Sluice.ControlPlane.Compilation;
using Sluice.ControlPlane.Validation;
using Sluice.ControlPlane.Validation.Rules;
using Sluice.DataPlane.Listeners;
using Sluice.DataPlane.Routing;

namespace Sluice.ControlPlane.Tests.Fields;

/// <summary>The fields of Gateways.</summary>
internal static class GatewayFields
{
    public static readonly KindFields All = new KindFields("Gateway", ApiJson.Default.GatewaySpec)
        .InForce<GatewaySpec>([typeof(GatewayMerger)], [typeof(Listener)], "selector")
        .InForce<Server>([typeof(GatewayMerger), typeof(ServerPlan)], [typeof(VirtualHost), typeof(FilterChain)], "hosts")
        .InForce<Server>([typeof(ServerPlan)], [typeof(Listener)], "bind")
        .NoEffect<Server>("name")
        .NotYet<Server>("defaultEndpoint")
        .InForce<Port>([typeof(ServerPlan), typeof(GatewayPorts)], [typeof(Listener)], "number")
        .InForce<Port>([typeof(ServerPlan)], [typeof(Listener)], "protocol")
        .InForce<Port>([typeof(ServerPlan)], [typeof(RouteConfig)], "name")
        .Refused<Port>(Codes.Unsupported, typeof(GatewayRules), "targetPort")
        .InForce<ServerTls>([typeof(ServerPlan)], [typeof(VirtualHost)], "httpsRedirect")
        .Compiled<ServerTls>([typeof(ServerPlan)], [typeof(FilterChain)], "mode")
        .NotYet<ServerTls>(
            "serverCertificate", "privateKey", "caCertificates", "caCrl", "credentialName", "credentialNames", "caCertCredentialName",
            "subjectAltNames", "verifyCertificateSpki", "verifyCertificateHash", "insecureSkipVerify", "minProtocolVersion",
            "maxProtocolVersion", "cipherSuites")
        .NotYet<TlsCertificate>("serverCertificate", "privateKey", "caCertificates");
}
