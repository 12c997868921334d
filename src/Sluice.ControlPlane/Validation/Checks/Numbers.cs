using System.Globalization;

namespace Sluice.ControlPlane.Validation.Checks;

/// <summary>Ports, percentages, durations, status codes and counts.</summary>
internal static class Numbers
{
    /// <summary>The highest port number.</summary>
    public const uint MaxPort = 65535;

    private const double SmallestPercentage = 0.0001;

    /// <summary>Checks a port number; null (not written) counts as 0, as in Istio's messages.</summary>
    public static void CheckPort(Field at, uint? port)
    {
        if (port is null) at.Error(Codes.Required, $"{at.Path} is missing: a port number is needed");
        else if (port is 0 or > MaxPort) at.Error(Codes.Port, $"{at.Path} is {port}: a port number lies between 1 and {MaxPort}");
    }

    /// <summary>Checks a port number where leaving it out, or 0, means any port.</summary>
    public static void CheckOptionalPort(Field at, uint? port)
    {
        if (port is > 0) CheckPort(at, port);
    }

    /// <summary>Checks a port that is written as text, as AuthorizationPolicies do.</summary>
    public static void CheckPortText(Field at, string port)
    {
        if (!uint.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number > MaxPort)
        {
            at.Error(Codes.Port, $"{at.Path} \"{port}\" is not a port number", $"a number up to {MaxPort}");
        }
    }

    /// <summary>Checks a whole percentage.</summary>
    public static void CheckPercent(Field at, int? percent)
    {
        if (percent is < 0 or > 100) at.Error(Codes.Percentage, $"{at.Path} is {percent}: a percentage lies between 0 and 100");
    }

    /// <summary>Checks a percentage with fractions.</summary>
    /// <param name="at">The field.</param>
    /// <param name="percent">Its value.</param>
    /// <param name="smallest">The smallest value beside 0 that has an effect.</param>
    public static void CheckPercent(Field at, double? percent, double smallest = SmallestPercentage)
    {
        if (percent is null) return;
        if (!(percent >= 0 && percent <= 100))
        {
            at.Error(Codes.Percentage, Text($"{at.Path} is {percent}: a percentage lies between 0 and 100"));
        }
        else if (percent > 0 && percent < smallest)
        {
            at.Error(Codes.Percentage, Text($"{at.Path} is {percent}: the smallest share beside 0 is {smallest} percent"));
        }
    }

    /// <summary>Checks a duration: at least 1 ms, in whole milliseconds.</summary>
    public static void CheckDuration(Field at, TimeSpan? duration)
    {
        if (duration is not { } value) return;
        if (value < TimeSpan.FromMilliseconds(1))
        {
            at.Error(Codes.Duration, $"{at.Path} is shorter than 1ms", value == TimeSpan.Zero
                ? "leave the field out to have no limit" : "");
        }
        else if (value.Ticks % TimeSpan.TicksPerMillisecond != 0)
        {
            at.Error(Codes.Duration, $"{at.Path} is finer than a millisecond", "use whole milliseconds, e.g. 1500ms");
        }
    }

    /// <summary>Checks a count that must not be negative.</summary>
    public static void CheckCount(Field at, int? count)
    {
        if (count is < 0) at.Error(Codes.Number, $"{at.Path} is {count}: it must not be negative");
    }

    /// <summary>Checks the status of an answer that the gateway makes by itself.</summary>
    public static void CheckStatus(Field at, long status)
    {
        // Istio's check lets 600 pass.
        if (status is < 200 or > 600) at.Error(Codes.Status, $"{at.Path} is {status}: a final status lies between 200 and 599");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
