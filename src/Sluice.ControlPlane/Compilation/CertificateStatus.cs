using System.Security.Cryptography.X509Certificates;
using Sluice.DataPlane.Clusters;

namespace Sluice.ControlPlane.Compilation;

/// <summary>A certificate that the configuration names, whoever needs it: the one in force, or why there is none.</summary>
/// <param name="Source">Where it is from: <c>credential NS/NAME</c>, or a file as it is written.</param>
/// <param name="Use">What it is for.</param>
/// <param name="Certificate">What is in force; null for nothing.</param>
public sealed record CertificateStatus(string Source, CertificateUse Use, CertificateFacts? Certificate)
{
    /// <summary>What is wrong with what was found last, without a full stop; null when it is in force.</summary>
    public string? Problem { get; init; }

    /// <summary>Whether there was nothing, in contrast to something that can't be used.</summary>
    public bool IsMissing { get; init; }
}

/// <summary>What a certificate is for.</summary>
public enum CertificateUse
{
    /// <summary>It is shown, and renewed by whoever issued it.</summary>
    Shown,

    /// <summary>It is the gateway's own in the folder of <c>--certs</c>, short-lived and renewed there.</summary>
    Workload,

    /// <summary>Certificates of others are checked against it.</summary>
    Authority,
}

/// <summary>What there is to know of a certificate.</summary>
/// <param name="Names">DNS names, URIs, addresses of its SAN extension; its subject when it has none.</param>
/// <param name="Issuer">Distinguished name of its issuer.</param>
/// <param name="Serial">Serial number, hexadecimal.</param>
/// <param name="NotBefore">When it begins to be valid.</param>
/// <param name="NotAfter">When it expires.</param>
public sealed record CertificateFacts(IReadOnlyList<string> Names, string Issuer, string Serial, DateTimeOffset NotBefore, DateTimeOffset NotAfter)
{
    internal static CertificateFacts Of(X509Certificate2 certificate)
    {
        var names = CertificateNames.Of(certificate);
        return new(
            names.IsEmpty ? [certificate.Subject] : [.. names.All],
            certificate.Issuer,
            certificate.SerialNumber,
            certificate.NotBefore.ToUniversalTime(),
            certificate.NotAfter.ToUniversalTime());
    }
}
