using Prometheus;

namespace Sluice.Admin;

/// <summary>The metrics about certificates, read at the moment of a scrape. A certificate that is no more in force takes its series with it.</summary>
internal sealed class CertificateMetrics
{
    private readonly AdminParts _parts;
    private readonly Gauge _notAfter;
    private readonly Gauge _daysLeft;

    private CertificateMetrics(AdminParts parts)
    {
        _parts = parts;
        var factory = Metrics.WithCustomRegistry(parts.Registry);
        _notAfter = factory.CreateGauge(
            "sluice_tls_certificate_not_after_timestamp_seconds", "When a certificate expires, in seconds since 1970.", "host", "file", "serial");
        _daysLeft = factory.CreateGauge("envoy_server_days_until_first_cert_expiring", "Whole days until the first certificate expires.");
    }

    /// <summary>Registers the metrics.</summary>
    public static void Register(AdminParts parts) => parts.Registry.AddBeforeCollectCallback(new CertificateMetrics(parts).Collect);

    private void Collect()
    {
        var now = _parts.Time.GetUtcNow();
        var shown = new HashSet<(string Host, string File, string Serial)>();
        // As in Envoy: without certificates there is all the time that fits.
        var days = (double)uint.MaxValue;
        foreach (var certificate in _parts.Reload.Status.Certificates)
        {
            if (certificate.Certificate is not { } facts)
                continue;
            var labels = (facts.Names[0], certificate.Source, facts.Serial);
            shown.Add(labels);
            _notAfter.WithLabels(labels.Item1, labels.Source, labels.Serial).Set(facts.NotAfter.ToUnixTimeSeconds());
            days = Math.Min(days, Math.Max(0, Math.Floor((facts.NotAfter - now).TotalDays)));
        }
        _daysLeft.Set(days);
        foreach (var labels in _notAfter.GetAllLabelValues())
        {
            if (!shown.Contains((labels[0], labels[1], labels[2])))
                _notAfter.RemoveLabelled(labels);
        }
    }
}
