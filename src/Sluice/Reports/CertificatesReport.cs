using Sluice.ControlPlane.Compilation;

namespace Sluice.Reports;

/// <summary>The certificates that the configuration names: what the admin API's <c>/certs</c> answers.</summary>
internal sealed record CertificatesReport(IReadOnlyList<CertificateView> Certificates)
{
    /// <summary>Describes them as they are at a moment.</summary>
    public static CertificatesReport Of(IReadOnlyList<CertificateStatus> certificates, DateTimeOffset now) =>
        new([.. certificates.Select(c => CertificateView.Of(c, now))]);
}

/// <summary>One certificate.</summary>
/// <param name="Source"><c>credential NS/NAME</c>, or the file.</param>
/// <param name="Names">Its names; empty when there is none.</param>
/// <param name="Issuer">Its issuer; null when there is none.</param>
/// <param name="NotBefore">When it begins to be valid.</param>
/// <param name="NotAfter">When it expires.</param>
/// <param name="DaysLeft">Whole days until then, below 0 afterwards.</param>
/// <param name="Status"><c>ok</c>; <c>missing</c> or <c>broken</c> when what was found last can't be used, also while an older one stays in force,
/// which the other fields tell of then; <c>expired</c>.</param>
/// <param name="Reason">What is wrong; null when nothing is.</param>
internal sealed record CertificateView(
    string Source, IReadOnlyList<string> Names, string? Issuer, string? NotBefore, string? NotAfter, int? DaysLeft, string Status, string? Reason)
{
    public static CertificateView Of(CertificateStatus certificate, DateTimeOffset now)
    {
        var facts = certificate.Certificate;
        var isExpired = facts is not null && facts.NotAfter <= now;
        return new(
            certificate.Source,
            facts?.Names ?? [],
            facts?.Issuer,
            facts is null ? null : Timestamp.Of(facts.NotBefore),
            facts is null ? null : Timestamp.Of(facts.NotAfter),
            facts is null ? null : (int)Math.Floor((facts.NotAfter - now).TotalDays),
            certificate.Problem is not null ? certificate.IsMissing ? "missing" : "broken" : isExpired ? "expired" : "ok",
            certificate.Problem ?? (isExpired ? $"it expired on {Timestamp.Of(facts!.NotAfter)}" : null));
    }
}
