using Sluice.Api.Findings;

namespace Sluice.ControlPlane.Validation.Analysis;

/// <summary>Objects that are exported to namespaces that don't exist. Only asked where the configuration holds
/// Namespaces.</summary>
internal static class ExportAnalysis
{
    /// <summary>Looks at all objects with exportTo.</summary>
    public static void Run(ConfigIndex index, List<Finding> findings)
    {
        if (index.Set.Namespaces.Count == 0) return;
        foreach (var (service, root) in ConfigIndex.Whole(index.Set.VirtualServices, findings))
            Check(root["spec"]["exportTo"], service.Spec.ExportTo, index);
        foreach (var (rule, root) in ConfigIndex.Whole(index.Set.DestinationRules, findings))
            Check(root["spec"]["exportTo"], rule.Spec.ExportTo, index);
        foreach (var (entry, root) in ConfigIndex.Whole(index.Set.ServiceEntries, findings))
            Check(root["spec"]["exportTo"], entry.Spec.ExportTo, index);
    }

    private static void Check(Field at, IReadOnlyList<string>? exportTo, ConfigIndex index)
    {
        foreach (var (scope, each) in at.Each(exportTo))
        {
            if (scope is "." or "*" or "~" || index.Set.Namespaces.Contains(scope)) continue;
            each.Warning(Codes.NamespaceNotFound, $"{each.Path} {scope}: there is no such namespace",
                index.Suggest(scope, index.Set.Namespaces));
        }
    }
}
