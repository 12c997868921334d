namespace Sluice.ControlPlane.Compilation;

/// <summary>Tells of certificates what was found and what is in force.</summary>
internal static class CertificateStatuses
{
    /// <summary>The certificates of one place that names some.</summary>
    /// <param name="raw">What was found, with everything that is wrong.</param>
    /// <param name="material">What is in force; null for nothing.</param>
    public static IEnumerable<CertificateStatus> Of(RawCertificates raw, CertificateMaterial? material)
    {
        if (raw.OwnSource is { } own)
        {
            var use = raw.IsWorkload ? CertificateUse.Workload : CertificateUse.Shown;
            var facts = material?.Own?.TargetCertificate is { } shown ? CertificateFacts.Of(shown) : null;
            yield return With(raw.Problems.FindAll(p => !IsOfAuthorities(p)), new CertificateStatus(own, use, facts));
        }
        if (raw.AuthoritySource is not { } source)
            yield break;
        // What is wrong with a Secret is said once, of the certificate that it is to hold.
        var problems = raw.Problems.FindAll(p => raw.OwnSource is null || IsOfAuthorities(p));
        if (material is { Authorities.Length: > 0 })
        {
            foreach (var authority in material.Authorities)
                yield return With(problems, new CertificateStatus(source, CertificateUse.Authority, CertificateFacts.Of(authority)));
        }
        else if (problems.Count > 0)
        {
            yield return With(problems, new CertificateStatus(source, CertificateUse.Authority, null));
        }
    }

    /// <summary>One entry for each certificate of each source, the one with a problem if there is any.</summary>
    public static CertificateStatus[] EachOnce(IEnumerable<CertificateStatus> statuses) =>
    [
        .. statuses
            .GroupBy(s => (s.Source, s.Use, s.Certificate?.Issuer, s.Certificate?.Serial))
            .Select(same => same.FirstOrDefault(s => s.Problem is not null) ?? same.First())
            .OrderBy(s => s.Source, StringComparer.Ordinal),
    ];

    private static bool IsOfAuthorities(CertificateProblem problem) => problem.Field is "caCertificates" or "caCrl";

    private static CertificateStatus With(List<CertificateProblem> problems, CertificateStatus status) => problems.Count == 0 ? status : status with
    {
        Problem = string.Join("; ", problems.Select(p => p.Text)),
        IsMissing = problems.TrueForAll(p => p.IsMissing),
    };
}
