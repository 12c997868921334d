namespace Sluice.ControlPlane.Discovery;

/// <summary>Which endpoints of a service its owner wants to be preferred.</summary>
internal enum TrafficDistribution
{
    /// <summary>None.</summary>
    Any,

    /// <summary>Those of the same zone, then those of the same region.</summary>
    PreferSameZone,

    /// <summary>Those on the same node, then those of the same subzone, zone and region.</summary>
    PreferSameNode,
}

/// <summary>Reads <see cref="TrafficDistribution"/>.</summary>
/// <remarks>From the annotation <c>networking.istio.io/traffic-distribution</c> of Services and ServiceEntries
/// (https://istio.io/latest/docs/reference/config/annotations/#NetworkingTrafficDistribution), else from the <c>trafficDistribution</c> of a
/// Service. PreferClose is the old name of PreferSameZone; other values mean nothing to Istio either.</remarks>
internal static class TrafficDistributions
{
    private const string Annotation = "networking.istio.io/traffic-distribution";

    /// <summary>What an object asks for.</summary>
    /// <param name="annotations">Its annotations.</param>
    /// <param name="field">The Service's field; null without.</param>
    public static TrafficDistribution Of(IReadOnlyDictionary<string, string> annotations, string? field = null) =>
        Parse(annotations.GetValueOrDefault(Annotation)) ?? Parse(field) ?? TrafficDistribution.Any;

    private static TrafficDistribution? Parse(string? text) => text?.ToUpperInvariant() switch
    {
        "PREFERCLOSE" or "PREFERSAMEZONE" => TrafficDistribution.PreferSameZone,
        "PREFERSAMENODE" => TrafficDistribution.PreferSameNode,
        _ => null,
    };
}
