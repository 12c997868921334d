using Sluice.Api.Networking;
using Sluice.ControlPlane.Validation.Checks;

namespace Sluice.ControlPlane.Validation.Rules;

/// <summary>Value rules of mirroring.</summary>
internal static class MirrorRules
{
    /// <summary>Checks the mirrors of one route.</summary>
    public static void Check(Field at, HttpRoute route)
    {
        if (route.Mirror is not null && route.Mirrors is { Count: > 0 })
        {
            at.Error(Codes.Exclusive, $"mirror and mirrors can't both be set in {at.Path}: keep one", "mirrors holds several");
        }

        if (route.MirrorPercent is { } percent)
        {
            if (percent > 100)
                at["mirrorPercent"].Error(Codes.Percentage,
                    $"{at.Path}.mirrorPercent is {percent}: a percentage lies between 0 and 100");
            at["mirrorPercent"].Warning(Codes.SchemaWarning, $"{at.Path}.mirrorPercent is deprecated",
                "write mirrorPercentage: {value: …}");
        }

        Numbers.CheckPercent(at["mirrorPercentage"]["value"], route.MirrorPercentage?.Value, smallest: 0);
        if (route.Mirror is { } mirror) DestinationRules.CheckDestination(at["mirror"], mirror);
        foreach (var (policy, each) in at["mirrors"].Each(route.Mirrors))
        {
            if (policy.Destination is { } destination) DestinationRules.CheckDestination(each["destination"], destination);
            else each["destination"].Error(Codes.Required, $"{each.Path}.destination is missing: say where the copies go");
            Numbers.CheckPercent(each["percentage"]["value"], policy.Percentage?.Value, smallest: 0);
        }
    }
}
