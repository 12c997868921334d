using Sluice.Api.Networking;

namespace Sluice.ControlPlane.Validation.Rules;

/// <summary>Value rules of one http route: exactly one action, conditions that can hold, and policies within their
/// limits.</summary>
internal static class HttpRouteRules
{
    /// <summary>Checks one route.</summary>
    /// <param name="at">The route.</param>
    /// <param name="route">Its content.</param>
    /// <param name="inDelegate">Whether it stands in a VirtualService without hosts.</param>
    /// <param name="mayMatchClaims">Whether conditions on claims make sense here.</param>
    public static void Check(Field at, HttpRoute route, bool inDelegate, bool mayMatchClaims)
    {
        CheckAction(at, route, inDelegate);
        foreach (var (match, each) in at["match"].Each(route.Match)) HttpMatchRules.Check(each, match, mayMatchClaims);
        HttpHeaderRules.Check(at["headers"], route.Headers);
        HttpHeaderRules.CheckSingleAuthority(at, route);
        HttpPolicyRules.Check(at, route);
        MirrorRules.Check(at, route);
        HttpActionRules.Check(at, route);
        DestinationRules.Check(at["route"], route.Route);
    }

    private static void CheckAction(Field at, HttpRoute route, bool inDelegate)
    {
        var destinations = route.Route is { Count: > 0 };
        if (route.Delegate is not null && !inDelegate)
        {
            Exclude(at, route.Redirect is not null, "delegate", "redirect");
            Exclude(at, route.Route is not null, "delegate", "route");
            return;
        }

        if (route.Delegate is not null)
        {
            at["delegate"].Error(Codes.Delegate,
                $"{at.Path}.delegate is set in a delegate: only one level of delegation is possible");
        }

        if (route.Redirect is not null)
        {
            Exclude(at, destinations, "redirect", "route");
            Exclude(at, route.Fault is not null, "redirect", "fault");
            Exclude(at, route.Rewrite is not null, "redirect", "rewrite");
            Exclude(at, route.DirectResponse is not null, "redirect", "directResponse");
        }
        else if (route.DirectResponse is not null)
        {
            Exclude(at, destinations, "directResponse", "route");
            Exclude(at, route.Fault is not null, "directResponse", "fault");
            Exclude(at, route.Rewrite is not null, "directResponse", "rewrite");
        }
        else if (!destinations)
        {
            at.Error(Codes.Required, $"{at.Path} does nothing: one of route, redirect or directResponse is needed");
        }
    }

    private static void Exclude(Field at, bool both, string one, string other)
    {
        if (both) at.Error(Codes.Exclusive, $"{one} and {other} can't both be set in {at.Path}: keep one");
    }
}
