using System.Globalization;

namespace Sluice.Reports;

/// <summary>Times as all answers show them: RFC 3339, UTC, with milliseconds.</summary>
internal static class Timestamp
{
    public static string Of(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
