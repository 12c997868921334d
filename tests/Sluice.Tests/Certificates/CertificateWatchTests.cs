using Microsoft.Extensions.Logging;
using Sluice.Certificates;
using Sluice.ControlPlane.Compilation;

namespace Sluice.Tests.Certificates;

public sealed class CertificateWatchTests
{
    private readonly MovingTime _time = new() { Now = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero) };
    private readonly Lines _log = new();
    private IReadOnlyList<CertificateStatus> _certificates = [];

    private CertificateWatch Watch() => new(() => _certificates, _time, _log);

    private CertificateStatus Of(string name, double days, CertificateUse use = CertificateUse.Shown, double life = 90, string source = "tls.crt") =>
        new(source, use, new CertificateFacts(
            [name], "CN=ca", name, _time.Now.AddDays(days - life), _time.Now.AddDays(days)));

    [Fact]
    public void Warns_once_two_weeks_before_once_three_days_before_and_once_at_the_end()
    {
        _certificates = [Of("a.example.com", days: 14.5)];
        var watch = Watch();

        var told = new List<(double Day, string Line)>();
        for (var day = 0.0; day < 20; day += 0.25)
        {
            watch.Look();
            while (_log.TryTake(out var line))
                told.Add((day, line));
            _time.Now += TimeSpan.FromDays(0.25);
        }

        Assert.Equal(
            [
                (0.5, "The certificate of a.example.com (tls.crt) expires on 2026-03-16 00:00:00Z, in 14 days and 0 hours"),
                (11.5, "The certificate of a.example.com (tls.crt) expires on 2026-03-16 00:00:00Z, in 3 days and 0 hours"),
                (14.5, "The certificate of a.example.com (tls.crt) expired on 2026-03-16 00:00:00Z"),
            ], told);
    }

    [Fact]
    public void A_renewed_one_is_another()
    {
        _certificates = [Of("old", days: 5)];
        var watch = Watch();
        watch.Look();
        Assert.True(_log.TryTake(out _));

        _certificates = [Of("new", days: 90)];
        watch.Look();
        Assert.False(_log.TryTake(out _));
        _certificates = [Of("old", days: 5)];
        watch.Look();
        Assert.True(_log.TryTake(out _));
    }

    [Theory]
    [InlineData(0.3, 0)]
    [InlineData(0.2, 1)]
    [InlineData(-0.1, 1)]
    public void The_gateways_own_is_told_of_when_it_was_not_renewed(double daysLeft, int warnings)
    {
        _certificates = [Of("gateway", daysLeft, CertificateUse.Workload, life: 1)];
        Watch().Look();
        Assert.Equal(warnings, _log.Count);
    }

    [Fact]
    public void A_bundle_of_authorities_counts_as_its_last_one()
    {
        _certificates = [Of("old ca", days: -100, CertificateUse.Authority), Of("new ca", days: 300, CertificateUse.Authority)];
        Watch().Look();
        Assert.Equal(0, _log.Count);

        _certificates = [Of("old ca", days: -100, CertificateUse.Authority), Of("new ca", days: 10, CertificateUse.Authority)];
        Watch().Look();
        Assert.True(_log.TryTake(out var line));
        Assert.StartsWith("The certificate of new ca ", line, StringComparison.Ordinal);
        Assert.Equal(0, _log.Count);
    }

    [Fact]
    public void What_is_missing_is_not_its_business()
    {
        _certificates = [new CertificateStatus("tls.crt", CertificateUse.Shown, null) { Problem = "there is no such file", IsMissing = true }];
        Watch().Look();
        Assert.Equal(0, _log.Count);
    }

    private sealed class Lines : ILogger<CertificateWatch>
    {
        private readonly Queue<string> _lines = new();

        public int Count => _lines.Count;

        public bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? line) => _lines.TryDequeue(out line);

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Assert.Equal(LogLevel.Warning, logLevel);
            _lines.Enqueue(formatter(state, exception));
        }
    }
}
