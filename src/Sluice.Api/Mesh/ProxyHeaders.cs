using System.Text.Json.Serialization;

namespace Sluice.Api.Mesh;

/// <summary>Headers that the proxy adds by itself.</summary>
public sealed record ProxyHeaders
{
    /// <summary>For sidecars; a gateway follows <c>gatewayTopology</c>.</summary>
    public ForwardClientCertDetails? ForwardedClientCert { get; init; }

    /// <summary>What <c>x-forwarded-client-cert</c> tells of the client's certificate.</summary>
    public ClientCertDetails? SetCurrentClientCertDetails { get; init; }

    /// <summary><c>x-request-id</c>.</summary>
    public ToggleHeader? RequestId { get; init; }

    /// <summary><c>server</c> on responses.</summary>
    public ServerHeader? Server { get; init; }

    /// <summary><c>x-envoy-attempt-count</c>.</summary>
    public ToggleHeader? AttemptCount { get; init; }

    /// <summary><c>x-envoy-upstream-service-time</c> and the like.</summary>
    public ToggleHeader? EnvoyDebugHeaders { get; init; }

    /// <summary>Headers with which Istio's proxies tell each other who they are.</summary>
    public MetadataExchangeHeaders? MetadataExchangeHeaders { get; init; }

    /// <summary>Keep the case of HTTP/1.1 header names.</summary>
    public bool? PreserveHttp1HeaderCase { get; init; }

    /// <summary><c>x-forwarded-host</c>.</summary>
    public OptInHeader? XForwardedHost { get; init; }

    /// <summary><c>x-forwarded-port</c>.</summary>
    public OptInHeader? XForwardedPort { get; init; }
}

/// <summary>A header that is there unless turned off.</summary>
public sealed record ToggleHeader
{
    /// <summary>Turn it off.</summary>
    public bool? Disabled { get; init; }
}

/// <summary>A header that is not there unless turned on.</summary>
public sealed record OptInHeader
{
    /// <summary>Turn it on.</summary>
    public bool? Enabled { get; init; }
}

/// <summary>The <c>server</c> header.</summary>
public sealed record ServerHeader
{
    /// <summary>Leave the service's own.</summary>
    public bool? Disabled { get; init; }

    /// <summary>Value; absent means <c>istio-envoy</c>.</summary>
    public string? Value { get; init; }
}

/// <summary>What is told of the client's certificate.</summary>
public sealed record ClientCertDetails
{
    /// <summary>Its subject; absent means yes.</summary>
    public bool? Subject { get; init; }

    /// <summary>The certificate itself; absent means no.</summary>
    public bool? Cert { get; init; }

    /// <summary>The whole chain; absent means no.</summary>
    public bool? Chain { get; init; }

    /// <summary>Its DNS names; absent means yes.</summary>
    public bool? Dns { get; init; }

    /// <summary>Its URI names; absent means yes.</summary>
    public bool? Uri { get; init; }
}

/// <summary>Headers with which Istio's proxies tell each other who they are.</summary>
public sealed record MetadataExchangeHeaders
{
    /// <summary>To whom they are sent.</summary>
    public MetadataExchangeMode? Mode { get; init; }
}

/// <summary>To whom metadata headers are sent.</summary>
public enum MetadataExchangeMode
{
    /// <summary>To everybody.</summary>
    [JsonStringEnumMemberName("UNDEFINED")]
    Undefined,

    /// <summary>Only inside of the mesh.</summary>
    [JsonStringEnumMemberName("IN_MESH")]
    InMesh,
}
