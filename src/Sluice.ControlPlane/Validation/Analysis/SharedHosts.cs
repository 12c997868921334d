using Sluice.Api.Findings;
using Sluice.Api.Networking;
using Sluice.Api.Resources;

namespace Sluice.ControlPlane.Validation.Analysis;

/// <summary>VirtualServices that serve the same host at the same Gateway. Their rules become one list, in the order of the names;
/// rules
/// of a later one that an earlier one takes all requests from are never used.</summary>
internal static class SharedHosts
{
    private const string Mesh = "mesh";

    /// <summary>How many earlier conditions with the same path a condition is compared with.</summary>
    private const int MaxCompared = 64;

    /// <summary>A condition of a rule; null where the rule has none.</summary>
    private sealed record Condition(Resource<VirtualServiceSpec> Service, int Rule, HttpMatch? Match);

    /// <summary>Looks at all VirtualServices.</summary>
    public static void Run(ConfigIndex index, List<Finding> findings)
    {
        var groups = new Dictionary<((string, string) Gateway, string Host), List<Resource<VirtualServiceSpec>>>();
        foreach (var service in index.Set.VirtualServices)
        {
            if (!service.IsComplete) continue;
            foreach (var reference in (service.Spec.Gateways ?? []).Where(reference => reference != Mesh).Distinct())
            {
                var gateway = ConfigIndex.ResolveGateway(reference, service.Namespace);
                foreach (var host in service.Spec.Hosts ?? [])
                {
                    var key = (gateway, index.Services.Expand(host, service.Namespace).ToLowerInvariant());
                    if (!groups.TryGetValue(key, out var group)) groups[key] = group = [];
                    if (!group.Contains(service)) group.Add(service);
                }
            }
        }

        var told = new HashSet<(Resource, string)>();
        var shadowed = new HashSet<(Resource, int)>();
        foreach (var (key, group) in groups)
        {
            if (group.Count < 2) continue;
            for (var i = 1; i < group.Count; i++)
            {
                if (told.Add((group[i], key.Host))) Tell(group[i], group[0], key.Host, findings);
            }

            FindShadowed(group, shadowed, findings);
        }
    }

    private static void Tell(Resource<VirtualServiceSpec> service, Resource<VirtualServiceSpec> first, string host,
        List<Finding> findings) =>
        Field.Of(service, findings)["spec"]["hosts"].Info(Codes.SharedHost,
            $"spec.hosts {host} is served by {first.Id}, too: the rules of both are one list, with those of {first.Name} first");

    /// <summary>Walks over the joint list. Rules that take everything come last, as in Istio.</summary>
    private static void FindShadowed(List<Resource<VirtualServiceSpec>> group, HashSet<(Resource, int)> shadowed,
        List<Finding> findings)
    {
        var seen = new Dictionary<string, List<Condition>>(StringComparer.Ordinal);
        Condition? catchAll = null;
        foreach (var service in group)
        {
            for (var rule = 0; rule < (service.Spec.Http?.Count ?? 0); rule++)
            {
                var route = service.Spec.Http![rule];
                if (RouteCover.IsCatchAll(route))
                {
                    if (catchAll is not null && catchAll.Service != service) Report(service, rule, catchAll, shadowed, findings);
                    catchAll ??= new Condition(service, rule, null);
                    break; // What follows in the same VirtualService is reported there.
                }

                var matches = route.Match ?? [];
                var covers = matches.Select(match => FindCover(seen, service, match)).ToList();
                if (matches.Count > 0 && covers.TrueForAll(cover => cover is not null))
                    Report(service, rule, covers[0]!, shadowed, findings);
                else if (route.Delegate is null) Remember(seen, service, rule, matches);
            }
        }
    }

    private static void Remember(Dictionary<string, List<Condition>> seen, Resource<VirtualServiceSpec> service, int rule,
        IReadOnlyList<HttpMatch> matches)
    {
        foreach (var match in matches)
        {
            if (RouteCover.PrefixOf(match) is not { } prefix) continue;
            if (!seen.TryGetValue(prefix, out var list)) seen[prefix] = list = [];
            if (list.Count < MaxCompared) list.Add(new Condition(service, rule, match));
        }
    }

    private static Condition? FindCover(Dictionary<string, List<Condition>> seen, Resource<VirtualServiceSpec> service,
        HttpMatch match)
    {
        var path = RouteCover.PrefixOf(match) ?? "";
        for (var length = path.Length; length >= 0; length--)
        {
            if (!seen.TryGetValue(path[..length], out var list)) continue;
            var cover = list.Find(condition => condition.Service != service && RouteCover.Covers(condition.Match!, match));
            if (cover is not null) return cover;
        }

        return null;
    }

    private static void Report(
        Resource<VirtualServiceSpec> service, int rule, Condition cover, HashSet<(Resource, int)> shadowed,
            List<Finding> findings)
    {
        if (!shadowed.Add((service, rule))) return;
        var by = $"spec.http[{cover.Rule}]";
        var at = Field.Of(service, findings)["spec"]["http"][rule];
        at.Warning(Codes.ShadowedAcrossObjects,
            $"{at.Path} is never used for a host that {cover.Service.Id} serves, too: {by} there ({cover.Service.Locate(by)}) "
                + "takes its requests",
            "make the condition narrower there, or rename this object so that it comes first");
    }
}
