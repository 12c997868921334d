using Sluice.Api.Mesh;
using Sluice.Api.Networking;

namespace Sluice.ControlPlane.Compilation;

/// <summary>The fields that are read and not acted upon yet. A row goes when its field comes into force.</summary>
internal static class FieldsNotInForce
{
    /// <summary>Of a DestinationRule's or a subset's <c>trafficPolicy</c>.</summary>
    public static readonly FieldCheck<TrafficPolicy>[] TrafficPolicy =
    [
        new("tunnel", p => p.Tunnel is not null, "connections are made without a tunnel"),
    ];

    /// <summary>Of a ServiceEntry.</summary>
    public static readonly FieldCheck<ServiceEntrySpec>[] ServiceEntry =
    [
        new("resolution", s => s.Resolution == ServiceResolution.DynamicDns, "the service has no endpoints"),
    ];

    /// <summary>Of a Gateway's server.</summary>
    public static readonly FieldCheck<Server>[] Server =
    [
        new("defaultEndpoint", s => !string.IsNullOrEmpty(s.DefaultEndpoint), "nothing is passed on to it"),
        new("tls", s => ServerPlan.KindOf(s) is ServerKind.Https or ServerKind.TlsTerminate, "TLS handshakes are not answered"),
        new("port.protocol", s => ServerPlan.KindOf(s) is ServerKind.Tcp or ServerKind.TlsPassthrough or ServerKind.TlsAutoPassthrough,
            "bytes are not passed on"),
    ];

    /// <summary>Of the MeshConfig.</summary>
    public static readonly FieldCheck<MeshConfig>[] Mesh =
    [
        new("enableTracing", m => m.EnableTracing == true, "nothing is traced"),
        new("defaultConfig.tracing", m => m.DefaultConfig?.Tracing is not null, "nothing is traced"),
        new("defaultConfig.tracingServiceName", m => m.DefaultConfig?.TracingServiceName is not null, "nothing is traced"),
        new("defaultConfig.zipkinAddress", m => !string.IsNullOrEmpty(m.DefaultConfig?.ZipkinAddress), "nothing is traced"),
        new("defaultConfig.gatewayTopology.forwardClientCertDetails",
            m => m.DefaultConfig?.GatewayTopology?.ForwardClientCertDetails is not null, "x-forwarded-client-cert is removed"),
        new("defaultConfig.gatewayTopology.proxyProtocol", m => m.DefaultConfig?.GatewayTopology?.ProxyProtocol is not null,
            "no PROXY header is expected"),
        new("defaultConfig.proxyHeaders.requestId", m => m.DefaultConfig?.ProxyHeaders?.RequestId is not null, "requests get an id"),
        new("defaultConfig.proxyHeaders.attemptCount", m => m.DefaultConfig?.ProxyHeaders?.AttemptCount is not null,
            "requests get their count of attempts"),
        new("defaultConfig.proxyHeaders.envoyDebugHeaders", m => m.DefaultConfig?.ProxyHeaders?.EnvoyDebugHeaders is not null,
            "answers get the usual headers"),
        new("defaultConfig.proxyHeaders.setCurrentClientCertDetails",
            m => m.DefaultConfig?.ProxyHeaders?.SetCurrentClientCertDetails is not null, "x-forwarded-client-cert is removed"),
        new("defaultConfig.proxyHeaders.preserveHttp1HeaderCase",
            m => m.DefaultConfig?.ProxyHeaders?.PreserveHttp1HeaderCase is not null, "the case of header names is not promised"),
        new("defaultConfig.proxyHeaders.xForwardedHost", m => m.DefaultConfig?.ProxyHeaders?.XForwardedHost is not null,
            "x-forwarded-host is not added"),
        new("defaultConfig.proxyHeaders.xForwardedPort", m => m.DefaultConfig?.ProxyHeaders?.XForwardedPort is not null,
            "x-forwarded-port is not added"),
        new("defaultConfig.drainDuration", m => m.DefaultConfig?.DrainDuration is not null, "--drain-timeout holds"),
        new("defaultConfig.terminationDrainDuration", m => m.DefaultConfig?.TerminationDrainDuration is not null, "--drain-delay holds"),
        new("tlsDefaults", m => m.TlsDefaults is not null, "the built-in settings hold"),
        new("extensionProviders", m => m.ExtensionProviders is { Count: > 0 }, "no provider is called"),
        new("defaultProviders", m => m.DefaultProviders is not null, "no provider is called"),
    ];
}
