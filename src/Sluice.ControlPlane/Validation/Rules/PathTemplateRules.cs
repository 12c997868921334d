namespace Sluice.ControlPlane.Validation.Rules;

/// <summary>Path templates of AuthorizationPolicies: <c>{*}</c> stands for one segment, <c>{**}</c> for any number of
/// them.</summary>
internal static class PathTemplateRules
{
    private const string One = "{*}";
    private const string Any = "{**}";

    /// <summary>Checks a path; one without template takes wildcards at its ends, as every value does.</summary>
    public static void Check(Field at, string path)
    {
        if (!path.Contains(One, StringComparison.Ordinal) && !path.Contains(Any, StringComparison.Ordinal)) return;
        var anySeen = false;
        foreach (var segment in path.Split('/'))
        {
            var isTemplate = segment is One or Any;
            if (!isTemplate && segment.AsSpan().ContainsAny("{}*"))
            {
                at.Error(Codes.Pattern, $"{at.Path} \"{path}\" mixes {segment} into a path template",
                    "a segment is a text, {*} for one of any kind, or {**} for the rest");
                return;
            }

            if (segment != Any) continue;
            if (anySeen)
            {
                at.Error(Codes.Pattern, $"{at.Path} \"{path}\" holds {Any} twice", "use it once");
                return;
            }

            anySeen = true;
        }
    }
}
