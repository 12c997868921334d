using System.Buffers;
using System.Globalization;

namespace Sluice.Api.Resources;

/// <summary>Reads durations in the forms of protobuf (<c>1.5s</c>) and Go (<c>1h30m</c>, <c>100ms</c>, <c>0</c>).</summary>
public static class Duration
{
    private const int MaxDigits = 24;
    private static readonly SearchValues<char> NumberChars = SearchValues.Create("0123456789.");

    /// <summary>Reads a duration: an optional sign, then numbers with the units ns, us (or µs), ms, s, m, h.
    /// What is finer than a tick (100 ns) is rounded away from zero, so that it never passes for whole milliseconds.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan value)
    {
        value = default;
        var negative = text is ['-', ..];
        if (text is ['-' or '+', ..]) text = text[1..];
        if (text is "0") return true;
        if (text.IsEmpty) return false;

        decimal ticks = 0;
        while (!text.IsEmpty)
        {
            if (!TryReadNumber(ref text, out var number) || !TryReadUnit(ref text, out var unit)) return false;
            if (number > long.MaxValue / unit) return false;
            ticks += number * unit;
        }

        ticks = Math.Ceiling(ticks);
        if (ticks > long.MaxValue) return false;
        value = new TimeSpan((long)(negative ? -ticks : ticks));
        return true;
    }

    private static bool TryReadNumber(ref ReadOnlySpan<char> text, out decimal number)
    {
        number = 0;
        var length = text.IndexOfAnyExcept(NumberChars);
        if (length is <= 0 or > MaxDigits) return false;
        var digits = text[..length];
        text = text[length..];
        return decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);
    }

    private static bool TryReadUnit(ref ReadOnlySpan<char> text, out decimal ticks)
    {
        var length = text.IndexOfAny(NumberChars);
        if (length < 0) length = text.Length;
        ticks = text[..length] switch
        {
            "ns" => 0.01m,
            "us" or "\u00b5s" or "\u03bcs" => TimeSpan.TicksPerMicrosecond,
            "ms" => TimeSpan.TicksPerMillisecond,
            "s" => TimeSpan.TicksPerSecond,
            "m" => TimeSpan.TicksPerMinute,
            "h" => TimeSpan.TicksPerHour,
            _ => 0,
        };
        text = text[length..];
        return ticks > 0;
    }
}
