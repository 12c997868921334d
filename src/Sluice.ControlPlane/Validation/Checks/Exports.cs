namespace Sluice.ControlPlane.Validation.Checks;

/// <summary><c>exportTo</c>: the namespaces that may use an object. <c>.</c> is its own, <c>*</c> all, <c>~</c> none.</summary>
internal static class Exports
{
    /// <summary>Checks the list of an object.</summary>
    /// <param name="at">The field.</param>
    /// <param name="exportTo">Its value.</param>
    /// <param name="ownNamespace">Namespace of the object.</param>
    /// <param name="mayHide">Whether <c>~</c> is allowed (ServiceEntries).</param>
    public static void Check(Field at, IReadOnlyList<string>? exportTo, string ownNamespace, bool mayHide = false)
    {
        if (exportTo is null) return;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (scope, each) in at.Each(exportTo))
        {
            var target = scope == "." ? ownNamespace : scope;
            if (!seen.Add(target))
            {
                each.Error(Codes.Duplicate, target == scope
                    ? $"{at.Path} names {scope} twice"
                    : $"{at.Path} names the own namespace twice, as . and as {target}");
            }
            else if (scope == "~" && !mayHide)
            {
                each.Error(Codes.ExportTo, $"{each.Path} is ~, which only a ServiceEntry may say",
                    "use . for the own namespace only");
            }
            else if (scope is not ("." or "*" or "~") && !Names.IsLabel(scope))
            {
                each.Error(Codes.ExportTo, $"{each.Path} \"{scope}\" is not a namespace",
                    "a namespace, . for the own one, or * for all");
            }
        }

        if (exportTo.Count <= 1) return;
        if (seen.Contains("*")) at.Error(Codes.ExportTo, $"{at.Path} names * and more: * already is every namespace");
        if (seen.Contains("~")) at.Error(Codes.ExportTo, $"{at.Path} names ~ (nobody) and more");
    }

    /// <summary>Checks that an object for selected workloads stays in its namespace.</summary>
    public static void CheckPrivate(Field at, IReadOnlyList<string>? exportTo, string ownNamespace)
    {
        if (exportTo is null or { Count: 0 }) return;
        if (exportTo.Count > 1 || (exportTo[0] != "." && exportTo[0] != ownNamespace))
        {
            at.Error(Codes.ExportTo, $"{at.Path} goes beyond the own namespace, but workloadSelector only works within it",
                "write [\".\"]");
        }
    }

    /// <summary>Whether an object that is exported to these namespaces can be used from that one.</summary>
    public static bool Reach(IReadOnlyList<string>? exportTo, string ownNamespace, string from)
    {
        if (exportTo is null or { Count: 0 }) return true;
        foreach (var scope in exportTo)
        {
            if (scope == "*" || scope == from || (scope == "." && ownNamespace == from)) return true;
        }

        return false;
    }
}
