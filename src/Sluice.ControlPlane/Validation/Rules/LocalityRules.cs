using Sluice.Api.Networking;

namespace Sluice.ControlPlane.Validation.Rules;

/// <summary>Value rules of balancing by locality (<c>region/zone/subzone</c>).</summary>
internal static class LocalityRules
{
    private const int MaxLevels = 3;

    private static readonly string[] TopologyLabels =
        ["topology.kubernetes.io/region", "topology.kubernetes.io/zone", "topology.istio.io/subzone"];

    /// <summary>Checks localityLbSetting.</summary>
    public static void Check(Field at, LocalityLoadBalancerSetting setting, bool hasOutlierDetection)
    {
        if (setting.Distribute is { Count: > 0 } && setting.Failover is { Count: > 0 })
        {
            at.Error(Codes.Exclusive, $"distribute and failover can't both be set in {at.Path}: keep one");
        }

        var sources = new List<string>();
        foreach (var (distribute, each) in at["distribute"].Each(setting.Distribute))
        {
            CheckShares(each["to"], distribute.To);
            CheckLocality(each["from"], distribute.From ?? "", sources);
        }

        CheckFailover(at, setting.Failover, setting.FailoverPriority, hasOutlierDetection);
    }

    /// <summary>Checks zoneAwareLbSetting.</summary>
    public static void Check(Field at, ZoneAwareLoadBalancerSetting setting, bool hasOutlierDetection)
    {
        if (setting.MinClusterSize is 0)
            at["minClusterSize"].Error(Codes.Number, $"{at.Path}.minClusterSize is 0: it must be at least 1");
        CheckFailover(at, setting.Failover, setting.FailoverPriority, hasOutlierDetection);
    }

    private static void CheckShares(Field at, IReadOnlyDictionary<string, uint>? shares)
    {
        var total = 0L;
        var targets = new List<string>();
        foreach (var (locality, share, each) in at.Each(shares))
        {
            if (share is 0 or > 100) each.Error(Codes.Locality, $"{each.Path} is {share}: a share lies between 1 and 100");
            total += share;
            CheckLocality(each, locality, targets);
        }

        if (total != 100) at.Error(Codes.Locality, $"{at.Path} adds up to {total}: the shares of one source make 100");
    }

    private static void CheckFailover(
        Field at, IReadOnlyList<LocalityFailover>? failovers, IReadOnlyList<string>? priorities, bool hasOutlierDetection)
    {
        if (failovers is { Count: > 0 } && priorities?.FirstOrDefault(TopologyLabels.Contains) is { } topology)
        {
            at["failoverPriority"].Error(Codes.Exclusive,
                $"failover and failoverPriority {topology} can't both be set in {at.Path}: keep one");
        }

        if (!hasOutlierDetection && (failovers is { Count: > 0 } || priorities is { Count: > 0 }))
        {
            at.Warning(Codes.SchemaWarning, $"{at.Path} fails over, but nothing finds out that endpoints fail",
                "add outlierDetection to the same policy");
        }

        foreach (var (failover, each) in at["failover"].Each(failovers))
        {
            CheckRegion(each["from"], failover.From ?? "");
            CheckRegion(each["to"], failover.To ?? "");
            if (failover.From == failover.To)
                each.Error(Codes.Locality, $"{each.Path} fails over from {failover.From} to itself");
        }
    }

    private static void CheckRegion(Field at, string region)
    {
        if (region.Contains('/'))
            at.Error(Codes.Locality, $"{at.Path} \"{region}\" is more than a region", "failover is between regions");
        if (region.Contains('*')) at.Error(Codes.Locality, $"{at.Path} \"{region}\" holds a wildcard", "name a region");
    }

    /// <summary>Checks one locality of a list in which none may overlap an earlier one.</summary>
    private static void CheckLocality(Field at, string locality, List<string> earlier)
    {
        var star = locality.IndexOf('*');
        if (locality.Split('/', MaxLevels).Any(level => level.Length == 0))
        {
            at.Error(Codes.Locality, $"{at.Path} \"{locality}\" has an empty part",
                "write region, region/zone or region/zone/subzone");
        }
        else if (star >= 0 && star != locality.Length - 1)
        {
            at.Error(Codes.Locality, $"{at.Path} \"{locality}\" has a wildcard before its end", "a * may only stand at the end");
        }
        else if (earlier.Find(other => Covers(other, locality)) is { } overlapped)
        {
            at.Error(Codes.Locality, $"{at.Path} \"{locality}\" overlaps \"{overlapped}\"");
        }

        earlier.Add(locality);
    }

    /// <summary>Whether an earlier locality leaves nothing, or only a part, for a later one. A later wildcard is what
    /// remains.</summary>
    private static bool Covers(string earlier, string later)
    {
        var (before, after) = (earlier.Split('/', MaxLevels), later.Split('/', MaxLevels));
        for (var i = 0; i < Math.Min(before.Length, after.Length); i++)
        {
            if (before[i] != after[i] && before[i] != "*") return false;
        }

        return true;
    }
}
