using Sluice.Api.Networking;
using Sluice.Api.Resources;
using Sluice.ControlPlane.Compilation;

namespace Sluice.ControlPlane.Validation.Rules;

/// <summary>The annotation that binds clients to the destinations of a VirtualService's weighted routes.</summary>
internal static class StickyWeightsRules
{
    /// <summary>Checks the annotation of a VirtualService.</summary>
    public static void Check(Resource<VirtualServiceSpec> service, Field root)
    {
        var at = root["metadata"]["annotations"].Key(StickyAnnotation.Name);
        if (!StickyAnnotation.TryRead(service, out var key, out var reason))
        {
            at.Warning(Codes.StickyWeights,
                $"{StickyAnnotation.Name}: {reason.Value.Message}; clients don't keep to their destination", reason.Value.Hint);
        }
        else if (key is not null && service.Spec.Http?.Any(route => route.Route is { Count: > 1 } || route.Delegate is not null) != true)
        {
            at.Warning(Codes.StickyWeights, $"{StickyAnnotation.Name} has no effect: no route of spec.http has several destinations",
                "remove the annotation, or list the destinations with their weights");
        }
    }
}
