using Sluice.Api.Resources;
using Sluice.Api.Security;

namespace Sluice.ControlPlane.Validation.Rules;

/// <summary>The annotation that has an AuthorizationPolicy only say what it would do.</summary>
internal static class DryRunRules
{
    private const string Annotation = "istio.io/dry-run";

    /// <summary>Go's words for true and false.</summary>
    private static readonly string[] Booleans =
        ["1", "t", "T", "true", "TRUE", "True", "0", "f", "F", "false", "FALSE", "False"];

    /// <summary>Checks the annotation of an object.</summary>
    public static void Check(Resource resource, Field root)
    {
        if (!resource.Metadata.Annotations.TryGetValue(Annotation, out var value)) return;
        var at = root["metadata"]["annotations"].Key(Annotation);
        if (resource is not Resource<AuthorizationPolicySpec> policy)
        {
            at.Error(Codes.DryRun, $"{Annotation} has no meaning for a {resource.Kind}", "remove the annotation");
        }
        else if (policy.Spec.Action is AuthorizationAction.Audit or AuthorizationAction.Custom)
        {
            at.Error(Codes.DryRun, $"{Annotation} only works with the actions ALLOW and DENY", "remove the annotation");
        }
        else if (!Booleans.Contains(value))
        {
            at.Error(Codes.DryRun, $"{Annotation} is \"{value}\", which is neither true nor false");
        }
    }
}
