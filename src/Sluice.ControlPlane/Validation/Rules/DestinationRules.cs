using Sluice.Api.Networking;
using Sluice.ControlPlane.Validation.Checks;

namespace Sluice.ControlPlane.Validation.Rules;

/// <summary>Value rules of the destinations of routes, which http, tls and tcp share.</summary>
internal static class DestinationRules
{
    /// <summary>Checks the weighted destinations of an http route.</summary>
    public static void Check(Field at, IReadOnlyList<HttpRouteDestination>? destinations)
    {
        var total = 0L;
        foreach (var (weighted, each) in at.Each(destinations))
        {
            HttpHeaderRules.Check(each["headers"], weighted.Headers);
            total += CheckWeighted(each, weighted.Destination, weighted.Weight);
        }

        CheckTotal(at, destinations?.Count ?? 0, total);
    }

    /// <summary>Checks the weighted destinations of a tls or tcp route.</summary>
    public static void Check(Field at, IReadOnlyList<RouteDestination>? destinations)
    {
        var total = 0L;
        foreach (var (weighted, each) in at.Each(destinations))
            total += CheckWeighted(each, weighted.Destination, weighted.Weight);
        CheckTotal(at, destinations?.Count ?? 0, total);
    }

    /// <summary>Checks one destination.</summary>
    public static void CheckDestination(Field at, Destination destination)
    {
        if (destination.Host == "*")
        {
            at["host"].Error(Codes.HostName, $"{at.Path}.host is *: a request goes to one service", "name the service");
        }
        else
        {
            Hosts.CheckWildcardDomain(at["host"], destination.Host);
        }

        if (destination.Subset is { Length: > 0 }) Names.CheckLabel(at["subset"], destination.Subset, "a subset");
        if (destination.Port is { } port) Numbers.CheckPort(at["port"]["number"], port.Number);
    }

    private static long CheckWeighted(Field at, Destination? destination, int? weight)
    {
        if (destination is null)
            at["destination"].Error(Codes.Required, $"{at.Path}.destination is missing: say where requests go");
        else CheckDestination(at["destination"], destination);
        if (weight is < 0) at["weight"].Error(Codes.Weights, $"{at.Path}.weight is {weight}: a weight must not be negative");
        return weight ?? 0;
    }

    private static void CheckTotal(Field at, int count, long total)
    {
        if (count > 1 && total == 0)
        {
            at.Error(Codes.Weights, $"{at.Path} has {count} destinations, but their weights add up to 0", "give each a weight");
        }
    }
}
