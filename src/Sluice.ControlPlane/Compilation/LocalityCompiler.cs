using Sluice.Api.Networking;
using Sluice.ControlPlane.Discovery;
using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Clusters.Balancers;

namespace Sluice.ControlPlane.Compilation;

/// <summary>Puts the endpoints of a cluster into levels and groups by how near they are to this gateway.</summary>
/// <remarks>https://istio.io/latest/docs/reference/config/networking/destination-rule/#LocalityLoadBalancerSetting. With <c>distribute</c> for
/// the gateway's locality the localities get the shares it names, and those it does not name get nothing. Else, where outlier detection can
/// find out that endpoints fail, the nearest come first: by locality, or by the labels of <c>failoverPriority</c>; with
/// <c>zoneAwareLbSetting</c> by region alone. What a service itself prefers holds where its rule says nothing, also without outlier
/// detection.</remarks>
internal sealed class LocalityCompiler(GatewayIdentity identity, LocalityLoadBalancerSetting? mesh)
{
    private const string NodeLabel = "kubernetes.io/hostname";
    private const int OtherRegion = 3;
    private const int NotFailedOverTo = 4;
    private const int LocalityLevels = 5;

    private static readonly string[] SameZone = [Locality.RegionLabel, Locality.ZoneLabel];
    private static readonly string[] SameNode = [Locality.RegionLabel, Locality.ZoneLabel, Locality.SubzoneLabel, NodeLabel];

    private readonly Locality _own = Locality.Of(identity.Labels);

    /// <summary>The groups of each level, the nearest level first.</summary>
    /// <param name="endpoints">The cluster's endpoints.</param>
    /// <param name="members">What is known about them, in the same order.</param>
    /// <param name="preference">What the cluster prefers.</param>
    public EndpointGroup[][] Levels(Endpoint[] endpoints, ServiceEndpoint[] members, in LocalityPreference preference)
    {
        if (endpoints.Length < 2)
            return Flat(endpoints);
        if (preference.Balancer?.ZoneAwareLbSetting is { } zones)
        {
            return zones.Enabled != false && preference.MayFailOver
                ? Prioritized(endpoints, members, new Nearness(zones.FailoverPriority, zones.Failover, RegionsOnly: true))
                : Flat(endpoints);
        }
        var rule = preference.Balancer?.LocalityLbSetting;
        if (rule is null && preference.Distribution != TrafficDistribution.Any)
        {
            var labels = preference.Distribution == TrafficDistribution.PreferSameNode ? SameNode : SameZone;
            return Prioritized(endpoints, members, new Nearness(labels, null, RegionsOnly: false));
        }
        var setting = rule ?? mesh;
        if (setting?.Enabled == false)
            return Flat(endpoints);
        if (setting?.Distribute is { Count: > 0 } distribute)
        {
            return distribute.FirstOrDefault(d => _own.IsIn(d.From ?? ""))?.To is { } shares
                ? [Shared(endpoints, members, shares)]
                : Flat(endpoints);
        }
        return preference.MayFailOver
            ? Prioritized(endpoints, members, new Nearness(setting?.FailoverPriority, setting?.Failover, RegionsOnly: false))
            : Flat(endpoints);
    }

    private static EndpointGroup[][] Flat(Endpoint[] endpoints) => [[new EndpointGroup(endpoints, 1)]];

    // A share that covers several localities is split between them by the weights of their endpoints.
    private EndpointGroup[] Shared(Endpoint[] endpoints, ServiceEndpoint[] members, IReadOnlyDictionary<string, uint> shares)
    {
        var groups = new List<EndpointGroup>();
        var rest = Enumerable.Range(0, endpoints.Length).GroupBy(i => LocalityOf(members[i].Workload)).ToList();
        foreach (var (rule, share) in shares.OrderBy(s => s.Key.Contains('*', StringComparison.Ordinal)))
        {
            var covered = rest.FindAll(locality => locality.Key.IsIn(rule));
            rest.RemoveAll(covered.Contains);
            var total = covered.Sum(Weight);
            foreach (var locality in covered)
                groups.Add(new EndpointGroup([.. locality.Select(i => endpoints[i])], (int)Math.Ceiling(share * Weight(locality) / total)));
        }
        return [.. groups];

        double Weight(IEnumerable<int> locality) => locality.Sum(i => (double)endpoints[i].Weight);
    }

    private EndpointGroup[][] Prioritized(Endpoint[] endpoints, ServiceEndpoint[] members, in Nearness nearness)
    {
        var levels = new SortedDictionary<int, List<Endpoint>>();
        for (var i = 0; i < endpoints.Length; i++)
        {
            var level = LevelOf(members[i].Workload, nearness);
            if (!levels.TryGetValue(level, out var found))
                levels[level] = found = [];
            found.Add(endpoints[i]);
        }
        return [.. levels.Values.Select(level => new[] { new EndpointGroup([.. level], 1) })];
    }

    private int LevelOf(Workload workload, in Nearness nearness)
    {
        if (nearness.Labels is not { Count: > 0 } labels)
            return DistanceOf(LocalityOf(workload), nearness);
        var first = 0;
        while (first < labels.Count && HasLabel(workload, labels[first]))
            first++;
        var level = labels.Count - first;
        return nearness.Failover is { Count: > 0 } ? level * LocalityLevels + DistanceOf(LocalityOf(workload), nearness) : level;
    }

    // Parts that nobody knows are equal, as in Istio.
    private int DistanceOf(Locality other, in Nearness nearness)
    {
        if (other.Region == _own.Region)
            return nearness.RegionsOnly ? 0 : other.Zone != _own.Zone ? 2 : other.Subzone != _own.Subzone ? 1 : 0;
        foreach (var rule in nearness.Failover ?? [])
        {
            if (rule.From == _own.Region)
                return rule.To == other.Region ? OtherRegion : NotFailedOverTo;
        }
        return OtherRegion;
    }

    // `key=value` compares with that value, `key` with the gateway's own.
    private bool HasLabel(Workload workload, string label)
    {
        var equals = label.IndexOf('=', StringComparison.Ordinal);
        var key = equals < 0 ? label : label[..equals];
        var wanted = equals < 0 ? _own.ValueOf(key) ?? identity.Labels.GetValueOrDefault(key, "") : label[(equals + 1)..];
        var own = key == NodeLabel ? workload.Node : LocalityOf(workload).ValueOf(key);
        return (own ?? workload.Labels.GetValueOrDefault(key, "")) == wanted;
    }

    // An EndpointSlice tells a zone and no region; the zones of a cluster lie in the region of its gateway.
    private Locality LocalityOf(Workload workload) =>
        workload.Locality is { Region: "", Zone.Length: > 0 } zone ? zone with { Region = _own.Region } : workload.Locality;

    /// <summary>By what endpoints are near.</summary>
    /// <param name="Labels">Labels in falling order; null or none for the locality.</param>
    /// <param name="Failover">Where the traffic of a region goes.</param>
    /// <param name="RegionsOnly">Whether zones are all alike.</param>
    private readonly record struct Nearness(IReadOnlyList<string>? Labels, IReadOnlyList<LocalityFailover>? Failover, bool RegionsOnly);
}

/// <summary>What a cluster prefers.</summary>
/// <param name="Balancer">The settings of its DestinationRule; those of localities replace the mesh's as a whole. Null without.</param>
/// <param name="Distribution">What its service asks for.</param>
/// <param name="MayFailOver">Whether outlier detection is in force.</param>
internal readonly record struct LocalityPreference(LoadBalancerSettings? Balancer, TrafficDistribution Distribution, bool MayFailOver);
