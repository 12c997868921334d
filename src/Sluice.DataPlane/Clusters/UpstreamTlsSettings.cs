using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Sluice.DataPlane.Clusters;

/// <summary>How TLS is spoken to the endpoints of a cluster, with everything that was read for it
/// (https://istio.io/latest/docs/reference/config/networking/destination-rule/#ClientTLSSettings).</summary>
public sealed record UpstreamTlsSettings
{
    /// <summary>Istio's word for it: SIMPLE, MUTUAL, ISTIO_MUTUAL.</summary>
    public required string Mode { get; init; }

    /// <summary>Tells settings apart by their content: equal texts mean that connections can be shared.</summary>
    public required string Identity { get; init; }

    /// <summary>The name to ask for; null for the host of each request.</summary>
    public string? ServerName { get; init; }

    /// <summary>Of these names the upstream's certificate must have one; empty when any is good, or, without a
    /// <see cref="ServerName"/>, the request's host.</summary>
    public string[] SubjectAltNames { get; init; } = [];

    /// <summary>Whether any certificate is good.</summary>
    public bool SkipsVerification { get; init; }

    /// <summary>The authorities to trust, roots or not; empty for those of the system.</summary>
    public X509Certificate2[] Authorities { get; init; } = [];

    /// <summary>What the authorities have revoked. With one list, each certificate of a chain needs one.</summary>
    public RevocationList[] RevocationLists { get; init; } = [];

    /// <summary>Our certificate with its key and chain; null for none.</summary>
    public SslStreamCertificateContext? Certificate { get; init; }
}
