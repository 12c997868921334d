using Microsoft.Extensions.Logging;
using Sluice.ControlPlane.Compilation;

namespace Sluice.Certificates;

/// <summary>Warns of certificates in force that expire soon: two weeks before, three days before, and when it has happened. Each is told once for
/// each certificate.</summary>
/// <remarks>The gateway's own certificate of <c>--certs</c> lives for a day and is renewed when two thirds of its life are over; it is told of when
/// that has not happened after three quarters. Of the authorities of one source the last one counts: bundles carry old ones along.</remarks>
/// <param name="certificates">Those in force now.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Where it is told.</param>
internal sealed class CertificateWatch(
    Func<IReadOnlyList<CertificateStatus>> certificates, TimeProvider time, ILogger<CertificateWatch> log)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan[] Warnings = [TimeSpan.FromDays(14), TimeSpan.FromDays(3), TimeSpan.Zero];

    private readonly Lock _gate = new();
    private Dictionary<(string Source, string Serial), TimeSpan> _told = [];

    /// <summary>Looks at the certificates once a minute, until it is stopped.</summary>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false))
            Look();
    }

    /// <summary>Tells what is to be told now. On any thread.</summary>
    public void Look()
    {
        var now = time.GetUtcNow();
        lock (_gate)
        {
            // What is no more in force is forgotten.
            var told = new Dictionary<(string Source, string Serial), TimeSpan>();
            foreach (var (source, use, facts) in Relevant())
            {
                var left = facts.NotAfter - now;
                if (Reached(use, facts, left) is not { } warning)
                    continue;
                var key = (source, facts.Serial);
                if (!_told.TryGetValue(key, out var last) || last > warning)
                    Tell(source, facts, left);
                told[key] = warning;
            }
            _told = told;
        }
    }

    private IEnumerable<(string Source, CertificateUse Use, CertificateFacts Facts)> Relevant() =>
        from certificate in certificates()
        where certificate.Certificate is not null
        group certificate by (certificate.Source, certificate.Use) into same
        let last = same.Key.Use == CertificateUse.Authority ? [same.MaxBy(c => c.Certificate!.NotAfter)!] : same.ToArray()
        from certificate in last
        select (certificate.Source, certificate.Use, certificate.Certificate!);

    /// <summary>The latest of the warnings that is due; null when none is.</summary>
    private static TimeSpan? Reached(CertificateUse use, CertificateFacts facts, TimeSpan left)
    {
        if (use == CertificateUse.Workload && left > (facts.NotAfter - facts.NotBefore) / 4)
            return null;
        TimeSpan? reached = null;
        foreach (var warning in Warnings)
        {
            if (left <= warning)
                reached = warning;
        }
        return reached;
    }

    private void Tell(string source, CertificateFacts facts, TimeSpan left)
    {
        var names = string.Join(", ", facts.Names);
        if (left <= TimeSpan.Zero)
            CertificateWatchLog.Expired(log, names, source, facts.NotAfter);
        else
            CertificateWatchLog.Expires(log, names, source, facts.NotAfter, (int)left.TotalDays, left.Hours);
    }
}
