using System.Globalization;
using Sluice.Api.Networking;
using Sluice.ControlPlane.Validation.Checks;

namespace Sluice.ControlPlane.Validation.Rules;

/// <summary>Value rules of load balancing.</summary>
internal static class LoadBalancerRules
{
    /// <summary>Maglev's table must be smaller than this.</summary>
    private const ulong MaglevLimit = 5_000_011;

    /// <summary>Checks the settings.</summary>
    /// <param name="at">The settings.</param>
    /// <param name="balancer">Their content.</param>
    /// <param name="hasOutlierDetection">Whether the same policy detects outliers, without which failover does nothing.</param>
    public static void Check(Field at, LoadBalancerSettings balancer, bool hasOutlierDetection)
    {
        if (balancer.Simple is not null && balancer.ConsistentHash is not null)
        {
            at.Error(Codes.Exclusive, $"simple and consistentHash can't both be set in {at.Path}: keep one");
        }

        if (balancer.LocalityLbSetting is not null && balancer.ZoneAwareLbSetting is not null)
        {
            at.Error(Codes.Exclusive, $"localityLbSetting and zoneAwareLbSetting can't both be set in {at.Path}: keep one");
        }

        if (balancer.ConsistentHash is { } hash) CheckHash(at["consistentHash"], hash);
        if (balancer.LocalityLbSetting is { } locality)
            LocalityRules.Check(at["localityLbSetting"], locality, hasOutlierDetection);
        if (balancer.ZoneAwareLbSetting is { } zones) LocalityRules.Check(at["zoneAwareLbSetting"], zones, hasOutlierDetection);
        if (balancer.Warmup is { } warmup) CheckWarmup(at["warmup"], warmup);
        Numbers.CheckDuration(at["warmupDurationSecs"], balancer.WarmupDurationSecs);
    }

    private static void CheckHash(Field at, ConsistentHash hash)
    {
        var keys = (hash.HttpHeaderName is null ? 0 : 1) + (hash.HttpCookie is null ? 0 : 1) + (hash.UseSourceIp is null ? 0 : 1)
            + (hash.HttpQueryParameterName is null ? 0 : 1);
        if (keys > 1)
        {
            at.Error(Codes.Exclusive,
                $"httpHeaderName, httpCookie, useSourceIp and httpQueryParameterName can't be combined in {at.Path}: keep one");
        }

        if (hash.RingHash is not null && hash.Maglev is not null)
        {
            at.Error(Codes.Exclusive, $"ringHash and maglev can't both be set in {at.Path}: keep one");
        }

        if (hash.HttpCookie is { } cookie) CheckCookie(at["httpCookie"], cookie);
        if (hash.MinimumRingSize is not (null or 0))
        {
            at["minimumRingSize"].Warning(Codes.SchemaWarning, $"{at.Path}.minimumRingSize is deprecated",
                "write ringHash: {minimumRingSize: …}");
            if (hash.RingHash is not null || hash.Maglev is not null)
            {
                at.Error(Codes.Exclusive,
                    $"minimumRingSize and {(hash.Maglev is null ? "ringHash" : "maglev")} can't both be set in {at.Path}: keep "
                    + "the latter");
            }
        }

        if (hash.Maglev is { } maglev) CheckMaglev(at["maglev"]["tableSize"], maglev.TableSize ?? 0);
    }

    private static void CheckCookie(Field at, HttpCookie cookie)
    {
        if (string.IsNullOrEmpty(cookie.Name))
            at["name"].Error(Codes.Required, $"{at.Path}.name is missing: a cookie has a name");
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (attribute, each) in at["attributes"].Each(cookie.Attributes))
        {
            if (string.IsNullOrEmpty(attribute.Name)) each["name"].Error(Codes.Required, $"{each.Path}.name is missing");
            else if (!names.Add(attribute.Name))
                each["name"].Error(Codes.Duplicate, $"{each.Path}.name {attribute.Name} is set twice");
        }
    }

    private static void CheckMaglev(Field at, ulong size)
    {
        if (size == 0) at.Error(Codes.Required, $"{at.Path} is missing", "a prime number, e.g. 65537");
        else if (size >= MaglevLimit) at.Error(Codes.Number, $"{at.Path} is {size}: it must be less than {MaglevLimit}");
        else if (!IsPrime(size)) at.Error(Codes.Number, $"{at.Path} is {size}, which is not a prime number", "e.g. 65537");
    }

    private static void CheckWarmup(Field at, Warmup warmup)
    {
        if (warmup.Duration is null)
            at["duration"].Error(Codes.Required, $"{at.Path}.duration is missing: say how long an endpoint warms up");
        Numbers.CheckDuration(at["duration"], warmup.Duration);
        Numbers.CheckPercent(at["minimumPercent"], warmup.MinimumPercent, smallest: 0);
        if (warmup.Aggression is { } aggression && !(aggression > 0))
        {
            at["aggression"].Error(Codes.Number,
                string.Create(CultureInfo.InvariantCulture, $"{at.Path}.aggression is {aggression}: it must be greater than 0"));
        }
    }

    private static bool IsPrime(ulong number)
    {
        if (number < 4) return number > 1;
        if (number % 2 == 0) return false;
        for (ulong factor = 3; factor * factor <= number; factor += 2)
        {
            if (number % factor == 0) return false;
        }

        return true;
    }
}
