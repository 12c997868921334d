using System.Collections.Concurrent;

namespace Sluice.DataPlane.Telemetry;

/// <summary>Envoy's short codes for <see cref="ResponseFlags"/>.</summary>
public static class ResponseFlagText
{
    // In the order in which Envoy joins them.
    private static readonly (ResponseFlags Flag, string Code)[] Codes =
    [
        (ResponseFlags.NoHealthyUpstream, "UH"), (ResponseFlags.UpstreamTimeout, "UT"), (ResponseFlags.LocalReset, "LR"),
        (ResponseFlags.UpstreamReset, "UR"), (ResponseFlags.UpstreamConnectionFailure, "UF"),
        (ResponseFlags.UpstreamConnectionTermination, "UC"), (ResponseFlags.UpstreamOverflow, "UO"), (ResponseFlags.NoRoute, "NR"),
        (ResponseFlags.DelayInjected, "DI"), (ResponseFlags.FaultInjected, "FI"), (ResponseFlags.RateLimited, "RL"),
        (ResponseFlags.Unauthorized, "UAEX"), (ResponseFlags.DownstreamDisconnect, "DC"),
        (ResponseFlags.RetryLimitExceeded, "URX"), (ResponseFlags.StreamIdleTimeout, "SI"),
        (ResponseFlags.DownstreamProtocolError, "DPE"), (ResponseFlags.UpstreamProtocolError, "UPE"),
        (ResponseFlags.NoCluster, "NC"), (ResponseFlags.OverloadManager, "OM"),
    ];

    // Combinations are few: a request ends in one of some twenty ways, with a delay or an exhausted retry beside it.
    private static readonly ConcurrentDictionary<ResponseFlags, string> Texts = new();

    /// <summary>The codes joined with commas, e.g. <c>UF,URX</c>; <c>-</c> for none.</summary>
    public static string ToText(this ResponseFlags flags) =>
        flags == ResponseFlags.None ? "-" : Texts.GetOrAdd(flags, static f => Join(f));

    private static string Join(ResponseFlags flags)
    {
        var parts = new List<string>();
        foreach (var (flag, code) in Codes)
        {
            if ((flags & flag) != 0)
                parts.Add(code);
        }
        return string.Join(',', parts);
    }
}
