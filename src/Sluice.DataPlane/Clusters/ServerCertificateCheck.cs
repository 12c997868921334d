using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Sluice.Transport.Upstream;

namespace Sluice.DataPlane.Clusters;

/// <summary>Checks the certificate that an upstream shows: chain, dates and purpose (which .NET has looked at already), names, revocation.
/// Whatever is not certain is refused.</summary>
/// <remarks>As in Envoy, an authority that is trusted may be an intermediate one, names are looked for in the SAN extension only, and with
/// revocation lists every certificate of the chain must be on the good side of one.</remarks>
internal sealed class ServerCertificateCheck(UpstreamTlsSettings settings, TimeProvider time)
{
    /// <summary>Whether the certificate is good; why not is noted on the stream. <see cref="RemoteCertificateValidationCallback"/>.</summary>
    public bool Verify(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        var stream = (TlsClientStream)sender;
        stream.Refusal = settings.SkipsVerification ? null
            : certificate is not X509Certificate2 leaf || chain is null ? "the upstream shows no certificate"
            : Problem(leaf, chain, stream.TargetHostName) is { } problem ? $"certificate verification failed: {problem}"
            : null;
        return stream.Refusal is null;
    }

    /// <summary>What is wrong with a certificate, as a sentence without a full stop; null when it is good.</summary>
    /// <param name="leaf">The certificate.</param>
    /// <param name="chain">Its chain, built.</param>
    /// <param name="host">The name that was asked for.</param>
    internal string? Problem(X509Certificate2 leaf, X509Chain chain, string host) =>
        ChainProblem(chain) ?? NameProblem(leaf, host) ?? RevocationProblem(chain);

    private string? ChainProblem(X509Chain chain)
    {
        string? problem = null;
        foreach (var status in chain.ChainStatus)
        {
            switch (status.Status)
            {
                case X509ChainStatusFlags.PartialChain or X509ChainStatusFlags.UntrustedRoot when EndsWithTrusted(chain):
                    break;
                case X509ChainStatusFlags.NotTimeValid:
                    problem ??= Expiry(chain);
                    break;
                case X509ChainStatusFlags.PartialChain or X509ChainStatusFlags.UntrustedRoot:
                    problem ??= $"no trusted authority stands behind {chain.ChainElements[^1].Certificate.Issuer}";
                    break;
                case X509ChainStatusFlags.NotValidForUsage:
                    problem ??= "it is not meant for servers";
                    break;
                default:
                    problem ??= $"{status.Status} ({status.StatusInformation.TrimEnd('.', '\n', ' ')})";
                    break;
            }
        }
        return problem;
    }

    // .NET trusts roots only. That the chain holds up to its end is checked by then.
    private bool EndsWithTrusted(X509Chain chain)
    {
        var last = chain.ChainElements[^1].Certificate.RawDataMemory.Span;
        foreach (var authority in settings.Authorities)
        {
            if (authority.RawDataMemory.Span.SequenceEqual(last))
                return true;
        }
        return false;
    }

    private string Expiry(X509Chain chain)
    {
        foreach (var element in chain.ChainElements)
        {
            foreach (var status in element.ChainElementStatus)
            {
                if (status.Status != X509ChainStatusFlags.NotTimeValid)
                    continue;
                var certificate = element.Certificate;
                return certificate.NotAfter <= time.GetLocalNow()
                    ? $"the certificate of {certificate.Subject} expired on {certificate.NotAfter.ToUniversalTime():u}"
                    : $"the certificate of {certificate.Subject} is not valid before {certificate.NotBefore.ToUniversalTime():u}";
            }
        }
        return "a certificate has expired or is not valid yet";
    }

    private string? NameProblem(X509Certificate2 leaf, string host)
    {
        if (settings is { SubjectAltNames: [], ServerName: not null })
            return null;
        var names = CertificateNames.Of(leaf);
        if (settings.SubjectAltNames.Length == 0)
            return names.Match(host) ? null : $"its names ({names}) don't include {host}";
        foreach (var wanted in settings.SubjectAltNames)
        {
            if (names.Match(wanted))
                return null;
        }
        return $"its names ({names}) include none of {string.Join(", ", settings.SubjectAltNames)}";
    }

    private string? RevocationProblem(X509Chain chain)
    {
        if (settings.RevocationLists.Length == 0)
            return null;
        var now = time.GetUtcNow().UtcDateTime;
        for (var i = 0; i < chain.ChainElements.Count; i++)
        {
            var certificate = chain.ChainElements[i].Certificate;
            var isLast = i == chain.ChainElements.Count - 1;
            // What is trusted without being a root has nobody here who could revoke it.
            if (isLast && !certificate.IssuerName.RawData.AsSpan().SequenceEqual(certificate.SubjectName.RawData))
                break;
            var issuer = isLast ? certificate : chain.ChainElements[i + 1].Certificate;
            if (RevocationProblem(certificate, issuer, now) is { } problem)
                return problem;
        }
        return null;
    }

    private string? RevocationProblem(X509Certificate2 certificate, X509Certificate2 issuer, DateTime now)
    {
        var problem = $"there is no revocation list of {issuer.Subject}";
        foreach (var list in settings.RevocationLists)
        {
            if (!list.IsOf(issuer))
                continue;
            if (list.Contains(certificate))
                return $"the certificate of {certificate.Subject} is revoked";
            if (list.IsCurrent(now))
                return null;
            problem = $"the revocation list of {issuer.Subject} is out of date";
        }
        return problem;
    }
}
