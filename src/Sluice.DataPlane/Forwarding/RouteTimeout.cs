using System.Globalization;
using Sluice.DataPlane.Routing;
using Sluice.DataPlane.Telemetry;

namespace Sluice.DataPlane.Forwarding;

/// <summary>How long an exchange with an upstream may take: the route's <c>timeout</c>; a gRPC call may ask for less with
/// <c>grpc-timeout</c>, and for any time where the route sets none.</summary>
internal static class RouteTimeout
{
    private const int MaxDigits = 8;

    /// <summary>The bound; null for none.</summary>
    public static TimeSpan? Of(ForwardAction action, RequestInfo info)
    {
        if (!info.IsGrpc || !TryParse(info.RequestHeaders!["grpc-timeout"].ToString(), out var asked))
            return action.Timeout;
        return action.Timeout is { } limit && limit < asked ? limit : asked;
    }

    /// <summary>Reads up to eight digits and a unit: H, M, S, m, u or n (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md).</summary>
    internal static bool TryParse(ReadOnlySpan<char> text, out TimeSpan timeout)
    {
        timeout = default;
        if (text.Length is < 2 or > MaxDigits + 1
            || !long.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var value))
            return false;
        var ticks = text[^1] switch
        {
            'H' => value * TimeSpan.TicksPerHour,
            'M' => value * TimeSpan.TicksPerMinute,
            'S' => value * TimeSpan.TicksPerSecond,
            'm' => value * TimeSpan.TicksPerMillisecond,
            'u' => value * TimeSpan.TicksPerMicrosecond,
            'n' => value / TimeSpan.NanosecondsPerTick,
            _ => 0,
        };
        // Timers take whole milliseconds, at most 49 days.
        timeout = TimeSpan.FromTicks(Math.Min(ticks, 49 * TimeSpan.TicksPerDay));
        return timeout >= TimeSpan.FromMilliseconds(1);
    }
}
