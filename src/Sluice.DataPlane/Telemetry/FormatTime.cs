using System.Globalization;

namespace Sluice.DataPlane.Telemetry;

/// <summary>The operator <c>%START_TIME%</c>, with a format of <c>strftime</c> when one is given: <c>%START_TIME(%Y-%m-%dT%H:%M:%S.%3fZ)%</c>.
/// Times are in UTC.</summary>
/// <remarks>Beyond strftime, Envoy has <c>%f</c> and <c>%1f</c> to <c>%9f</c> for the fraction of a second, and <c>%E3S</c> for seconds with a
/// fraction.</remarks>
internal static class FormatTime
{
    private const int TickDigits = 7;
    private const int MostDigits = 9;

    private delegate void TimeWriter(DateTime time, ref FormatBuffer output);

    /// <summary>What the operator stands for; null and a reason when it is written wrongly.</summary>
    public static FormatPart? Resolve(in FormatCommand command, out string? reason)
    {
        reason = null;
        if (string.IsNullOrEmpty(command.Argument))
            return new FormatPart(null, WriteDefault, IsNumber: false);
        var writers = new List<TimeWriter>();
        var format = command.Argument.AsSpan();
        while (!format.IsEmpty)
        {
            if (ReadPart(ref format) is not { } writer)
            {
                reason = $"%START_TIME({command.Argument})%: there is no time conversion {format}";
                return null;
            }
            writers.Add(writer);
        }
        var parts = writers.ToArray();
        return new FormatPart(null, (RequestInfo info, ref FormatBuffer output) =>
        {
            foreach (var part in parts)
                part(info.Start.UtcDateTime, ref output);
            return true;
        }, IsNumber: false);
    }

    private static bool WriteDefault(RequestInfo info, ref FormatBuffer output)
    {
        var time = info.Start.UtcDateTime;
        WriteDate(time, ref output);
        output.Append('T');
        WriteClock(time, ref output);
        output.Append('.');
        output.Append(time.Millisecond, 3);
        output.Append('Z');
        return true;
    }

    private static TimeWriter? ReadPart(ref ReadOnlySpan<char> format)
    {
        if (format[0] != '%')
        {
            var literal = format[..(format.IndexOf('%') is > 0 and var end ? end : format.Length)].ToString();
            format = format[literal.Length..];
            return (DateTime _, ref FormatBuffer output) => output.Append(literal);
        }
        if (format.Length >= 4 && format[1] == 'E' && format[2] is >= '1' and <= '9' && format[3] == 'S')
        {
            var digits = format[2] - '0';
            format = format[4..];
            return (DateTime time, ref FormatBuffer output) =>
            {
                output.Append(time.Second, 2);
                output.Append('.');
                WriteFraction(time, digits, ref output);
            };
        }
        if (format.Length >= 3 && format[1] is >= '1' and <= '9' && format[2] == 'f')
        {
            var digits = format[1] - '0';
            format = format[3..];
            return (DateTime time, ref FormatBuffer output) => WriteFraction(time, digits, ref output);
        }
        var writer = format.Length >= 2 ? Conversion(format[1]) : null;
        if (writer is not null)
            format = format[2..];
        return writer;
    }

    private static TimeWriter? Conversion(char letter) => letter switch
    {
        'Y' => (DateTime t, ref FormatBuffer o) => o.Append(t.Year, 4),
        'y' => (DateTime t, ref FormatBuffer o) => o.Append(t.Year % 100, 2),
        'm' => (DateTime t, ref FormatBuffer o) => o.Append(t.Month, 2),
        'd' => (DateTime t, ref FormatBuffer o) => o.Append(t.Day, 2),
        'e' => (DateTime t, ref FormatBuffer o) => o.Append($"{t.Day,2}"),
        'j' => (DateTime t, ref FormatBuffer o) => o.Append(t.DayOfYear, 3),
        'H' => (DateTime t, ref FormatBuffer o) => o.Append(t.Hour, 2),
        'I' => (DateTime t, ref FormatBuffer o) => o.Append((t.Hour + 11) % 12 + 1, 2),
        'M' => (DateTime t, ref FormatBuffer o) => o.Append(t.Minute, 2),
        'S' => (DateTime t, ref FormatBuffer o) => o.Append(t.Second, 2),
        'p' => (DateTime t, ref FormatBuffer o) => o.Append(t.Hour < 12 ? "AM" : "PM"),
        'a' => (DateTime t, ref FormatBuffer o) => o.Append(CultureInfo.InvariantCulture.DateTimeFormat.GetAbbreviatedDayName(t.DayOfWeek)),
        'A' => (DateTime t, ref FormatBuffer o) => o.Append(CultureInfo.InvariantCulture.DateTimeFormat.GetDayName(t.DayOfWeek)),
        'b' or 'h' => (DateTime t, ref FormatBuffer o) =>
            o.Append(CultureInfo.InvariantCulture.DateTimeFormat.GetAbbreviatedMonthName(t.Month)),
        'B' => (DateTime t, ref FormatBuffer o) => o.Append(CultureInfo.InvariantCulture.DateTimeFormat.GetMonthName(t.Month)),
        'F' => WriteDate,
        'T' => WriteClock,
        'z' => (DateTime _, ref FormatBuffer o) => o.Append("+0000"),
        'Z' => (DateTime _, ref FormatBuffer o) => o.Append("UTC"),
        's' => (DateTime t, ref FormatBuffer o) => o.Append(SinceEpoch(t)),
        'f' => (DateTime t, ref FormatBuffer o) => WriteFraction(t, MostDigits, ref o),
        '%' => (DateTime _, ref FormatBuffer o) => o.Append('%'),
        _ => null,
    };

    private static void WriteDate(DateTime time, ref FormatBuffer output)
    {
        output.Append(time.Year, 4);
        output.Append('-');
        output.Append(time.Month, 2);
        output.Append('-');
        output.Append(time.Day, 2);
    }

    private static void WriteClock(DateTime time, ref FormatBuffer output)
    {
        output.Append(time.Hour, 2);
        output.Append(':');
        output.Append(time.Minute, 2);
        output.Append(':');
        output.Append(time.Second, 2);
    }

    private static void WriteFraction(DateTime time, int digits, ref FormatBuffer output)
    {
        var ticks = time.Ticks % TimeSpan.TicksPerSecond;
        for (var i = digits; i < TickDigits; i++)
            ticks /= 10;
        output.Append(ticks, Math.Min(digits, TickDigits));
        for (var i = TickDigits; i < digits; i++)
            output.Append('0');
    }

    private static long SinceEpoch(DateTime time) => (time - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerSecond;
}
