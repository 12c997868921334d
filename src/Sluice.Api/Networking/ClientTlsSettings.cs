using System.Text.Json.Serialization;

namespace Sluice.Api.Networking;

/// <summary>TLS as the gateway speaks it to a service.</summary>
public sealed record ClientTlsSettings
{
    /// <summary>Whether, and with whose certificate; absent means <c>DISABLE</c>.</summary>
    public ClientTlsMode? Mode { get; init; }

    /// <summary>File of our certificate chain, PEM; for <c>MUTUAL</c>.</summary>
    public string? ClientCertificate { get; init; }

    /// <summary>File of our private key, PEM; for <c>MUTUAL</c>.</summary>
    public string? PrivateKey { get; init; }

    /// <summary>File of the authorities that the service's certificate must chain to, PEM; absent means the system's.</summary>
    public string? CaCertificates { get; init; }

    /// <summary>File of revoked certificates, PEM.</summary>
    public string? CaCrl { get; init; }

    /// <summary>Secret with certificate, key and authorities; not beside the files.</summary>
    public string? CredentialName { get; init; }

    /// <summary>Names of which the service's certificate must carry one, compared exactly.</summary>
    public IReadOnlyList<string>? SubjectAltNames { get; init; }

    /// <summary>Server name to ask for; absent means the request's host.</summary>
    public string? Sni { get; init; }

    /// <summary>Accept any certificate.</summary>
    public bool? InsecureSkipVerify { get; init; }
}

/// <summary>TLS towards a service.</summary>
public enum ClientTlsMode
{
    /// <summary>Plain text.</summary>
    [JsonStringEnumMemberName("DISABLE")]
    Disable,

    /// <summary>TLS without a certificate of our own.</summary>
    [JsonStringEnumMemberName("SIMPLE")]
    Simple,

    /// <summary>TLS with a certificate of our own.</summary>
    [JsonStringEnumMemberName("MUTUAL")]
    Mutual,

    /// <summary>TLS with the mesh's certificate.</summary>
    [JsonStringEnumMemberName("ISTIO_MUTUAL")]
    IstioMutual,
}
