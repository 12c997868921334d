namespace Sluice.ControlPlane.Discovery;

/// <summary>Where something runs; parts that are not known are empty.</summary>
internal readonly record struct Locality(string Region, string Zone, string Subzone)
{
    internal const string RegionLabel = "topology.kubernetes.io/region";
    internal const string ZoneLabel = "topology.kubernetes.io/zone";
    internal const string SubzoneLabel = "topology.istio.io/subzone";

    // Label values may not hold a slash, so the parts are separated by dots.
    private const string OwnLabel = "istio-locality";

    /// <summary>Nothing is known.</summary>
    public static Locality Unknown { get; } = new("", "", "");

    /// <summary>Reads <c>region/zone/subzone</c>, of which the later parts may be missing.</summary>
    public static Locality Parse(string? text, char separator = '/')
    {
        if (string.IsNullOrEmpty(text))
            return Unknown;
        var parts = text.Split(separator, 3);
        return new Locality(parts[0], parts.ElementAtOrDefault(1) ?? "", parts.ElementAtOrDefault(2) ?? "");
    }

    /// <summary>The locality that labels tell: <c>istio-locality</c>, else those of the Kubernetes topology.</summary>
    public static Locality Of(IReadOnlyDictionary<string, string> labels)
    {
        if (labels.TryGetValue(OwnLabel, out var own) && own.Length > 0)
            return Parse(own, own.Contains('/', StringComparison.Ordinal) ? '/' : '.');
        return new Locality(
            labels.GetValueOrDefault(RegionLabel, ""), labels.GetValueOrDefault(ZoneLabel, ""), labels.GetValueOrDefault(SubzoneLabel, ""));
    }

    /// <summary>Whether it lies in a locality as rules name it: <c>region</c>, <c>region/zone</c>, with <c>*</c> for any.</summary>
    public bool IsIn(string rule)
    {
        var (region, zone, subzone) = Parse(rule);
        return Fits(region, Region) && (zone.Length == 0 || Fits(zone, Zone)) && (subzone.Length == 0 || Fits(subzone, Subzone));
    }

    /// <summary>Its value for a label by which failover priorities compare; null for other labels, and what is not known.</summary>
    public string? ValueOf(string label)
    {
        var part = label switch
        {
            RegionLabel => Region,
            ZoneLabel => Zone,
            SubzoneLabel => Subzone,
            _ => "",
        };
        return part.Length > 0 ? part : null;
    }

    private static bool Fits(string rule, string part) => rule == "*" || rule == part;
}
