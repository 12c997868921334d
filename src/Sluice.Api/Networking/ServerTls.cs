using System.Text.Json.Serialization;

namespace Sluice.Api.Networking;

/// <summary>TLS as the gateway speaks it to clients (Istio's <c>ServerTLSSettings</c>).</summary>
public sealed record ServerTls
{
    /// <summary>On an HTTP server: answer everything with 301 to <c>https</c>.</summary>
    public bool? HttpsRedirect { get; init; }

    /// <summary>What happens with a TLS connection; absent means <c>PASSTHROUGH</c>.</summary>
    public TlsMode? Mode { get; init; }

    /// <summary>File of the certificate chain, PEM.</summary>
    public string? ServerCertificate { get; init; }

    /// <summary>File of the private key, PEM.</summary>
    public string? PrivateKey { get; init; }

    /// <summary>File of the authorities that client certificates must chain to, PEM.</summary>
    public string? CaCertificates { get; init; }

    /// <summary>File of revoked client certificates, PEM; only beside <see cref="CaCertificates"/>.</summary>
    public string? CaCrl { get; init; }

    /// <summary>Secret with certificate and key, in the namespace of the gateway workload.</summary>
    public string? CredentialName { get; init; }

    /// <summary>Up to two Secrets, one RSA and one ECDSA.</summary>
    public IReadOnlyList<string>? CredentialNames { get; init; }

    /// <summary>Secret with the authorities for client certificates, when it is another one.</summary>
    public string? CaCertCredentialName { get; init; }

    /// <summary>Up to two pairs of files, one RSA and one ECDSA.</summary>
    public IReadOnlyList<TlsCertificate>? TlsCertificates { get; init; }

    /// <summary>Names of which a client certificate must carry one, compared exactly.</summary>
    public IReadOnlyList<string>? SubjectAltNames { get; init; }

    /// <summary>Accepted client keys: base64 of SHA-256 over the public key.</summary>
    public IReadOnlyList<string>? VerifyCertificateSpki { get; init; }

    /// <summary>Accepted client certificates: hex SHA-256, colons allowed.</summary>
    public IReadOnlyList<string>? VerifyCertificateHash { get; init; }

    /// <summary>Accept client certificates that no known authority signed.</summary>
    public bool? InsecureSkipVerify { get; init; }

    /// <summary>Oldest version that is spoken; absent means 1.2.</summary>
    public TlsProtocol? MinProtocolVersion { get; init; }

    /// <summary>Newest version that is spoken; absent means 1.3.</summary>
    public TlsProtocol? MaxProtocolVersion { get; init; }

    /// <summary>Suites for versions up to 1.2, by OpenSSL name, the preferred one first.</summary>
    public IReadOnlyList<string>? CipherSuites { get; init; }
}

/// <summary>A certificate and its key, as files.</summary>
public sealed record TlsCertificate
{
    /// <summary>File of the certificate chain, PEM.</summary>
    public string? ServerCertificate { get; init; }

    /// <summary>File of the private key, PEM.</summary>
    public string? PrivateKey { get; init; }

    /// <summary>File of the authorities for client certificates, PEM.</summary>
    public string? CaCertificates { get; init; }
}

/// <summary>What a gateway does with a TLS connection.</summary>
public enum TlsMode
{
    /// <summary>Hands it on unopened, chosen by SNI with a VirtualService's <c>tls</c> routes.</summary>
    [JsonStringEnumMemberName("PASSTHROUGH")]
    Passthrough,

    /// <summary>Terminates it; clients need no certificate.</summary>
    [JsonStringEnumMemberName("SIMPLE")]
    Simple,

    /// <summary>Terminates it; clients must present a valid certificate.</summary>
    [JsonStringEnumMemberName("MUTUAL")]
    Mutual,

    /// <summary>Hands it on unopened; the SNI itself names the cluster.</summary>
    [JsonStringEnumMemberName("AUTO_PASSTHROUGH")]
    AutoPassthrough,

    /// <summary>Terminates it with the mesh's own certificates on both sides.</summary>
    [JsonStringEnumMemberName("ISTIO_MUTUAL")]
    IstioMutual,

    /// <summary>Terminates it; a client certificate is checked when there is one.</summary>
    [JsonStringEnumMemberName("OPTIONAL_MUTUAL")]
    OptionalMutual,
}

/// <summary>A version of TLS.</summary>
public enum TlsProtocol
{
    /// <summary>Whatever is the default.</summary>
    [JsonStringEnumMemberName("TLS_AUTO")]
    TlsAuto,

    /// <summary>TLS 1.0.</summary>
    [JsonStringEnumMemberName("TLSV1_0")]
    TlsV10,

    /// <summary>TLS 1.1.</summary>
    [JsonStringEnumMemberName("TLSV1_1")]
    TlsV11,

    /// <summary>TLS 1.2.</summary>
    [JsonStringEnumMemberName("TLSV1_2")]
    TlsV12,

    /// <summary>TLS 1.3.</summary>
    [JsonStringEnumMemberName("TLSV1_3")]
    TlsV13,
}
