using Sluice.Api.Networking;

namespace Sluice.ControlPlane.Validation.Rules;

/// <summary>Rules of a VirtualService that an earlier one makes unreachable: Istio's warnings IST0130 and IST0131, made by the
/// same
/// comparison as Istio's (equal conditions, and prefixes under otherwise equal conditions).</summary>
internal static class ReachabilityRules
{
    /// <summary>Checks the routes of one VirtualService.</summary>
    public static void Check(Field spec, VirtualServiceSpec service)
    {
        CheckHttp(spec["http"], service.Http);
        CheckRules(spec["tls"], service.Tls, route => route.Match, MatchKeys.Of, _ => null);
        CheckRules(spec["tcp"], service.Tcp, route => route.Match, MatchKeys.Of, _ => null);
    }

    private static void CheckHttp(Field at, IReadOnlyList<HttpRoute>? routes)
    {
        if (routes is null) return;
        var fresh = CheckRules(at, routes, route => route.Match, MatchKeys.Of, route => route.Name);
        if (fresh.Count > 1) new PrefixCoverage(at, routes).Check(fresh);
    }

    /// <summary>Reports rules without conditions before the last one, and conditions that an earlier rule has, too.</summary>
    /// <returns>Rule and place of each condition that is not such a repetition.</returns>
    private static List<(int Rule, int Match)> CheckRules<TRoute, TMatch>(
        Field at, IReadOnlyList<TRoute>? routes, Func<TRoute, IReadOnlyList<TMatch>?> matchesOf, Func<TMatch, string> keyOf,
        Func<TRoute, string?> nameOf)
        where TRoute : class where TMatch : class
    {
        var fresh = new List<(int, int)>();
        var seen = new Dictionary<string, Field>(StringComparer.Ordinal);
        var open = -1;
        for (var rule = 0; rule < (routes?.Count ?? 0); rule++)
        {
            var route = routes![rule];
            if (matchesOf(route) is not { Count: > 0 } matches)
            {
                if (open >= 0)
                {
                    at[rule].Warning(Codes.UnreachableRule,
                        $"{at[rule].Path}{Quoted(nameOf(route))} is never used: {at[open].Path} already takes every request",
                        "only the last rule can do without match");
                }

                open = rule;
                continue;
            }

            var repeated = 0;
            for (var match = 0; match < matches.Count; match++)
            {
                var key = keyOf(matches[match]);
                var place = at[rule]["match"][match];
                if (seen.TryAdd(key, place))
                {
                    fresh.Add((rule, match));
                    continue;
                }

                repeated++;
                place.Info(Codes.IneffectiveMatch, $"{place.Path} is never used: {seen[key].Path} has the same condition");
            }

            if (repeated == matches.Count)
            {
                at[rule].Warning(Codes.UnreachableRule,
                    $"{at[rule].Path}{Quoted(nameOf(route))} is never used: earlier rules have all of its conditions",
                        "remove it, or move it up");
            }
        }

        return fresh;
    }

    private static string Quoted(string? name) => string.IsNullOrEmpty(name) ? "" : $" \"{name}\"";
}
