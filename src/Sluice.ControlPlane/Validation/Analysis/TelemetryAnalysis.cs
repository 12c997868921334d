using Sluice.Api.Findings;
using Sluice.Api.Resources;
using Sluice.Api.Telemetry;
using Sluice.ControlPlane.Validation.Checks;

namespace Sluice.ControlPlane.Validation.Analysis;

/// <summary>Telemetry resources that compete for the same workload, or name providers that don't exist.</summary>
internal sealed class TelemetryAnalysis(ConfigIndex index)
{
    private const int MaxNamed = 3;

    /// <summary>Providers that every mesh has.</summary>
    private static readonly string[] BuiltIn = ["prometheus", "stackdriver", "envoy", "envoy-json"];

    /// <summary>Looks at all Telemetry resources.</summary>
    public static void Run(ConfigIndex index, List<Finding> findings)
    {
        var analysis = new TelemetryAnalysis(index);
        foreach (var group in ConfigIndex.Whole(index.Set.Telemetries, findings).GroupBy(pair => pair.Object.Namespace))
            analysis.CheckRivals([.. group]);
        foreach (var (telemetry, root) in ConfigIndex.Whole(index.Set.Telemetries, findings))
            analysis.CheckProviders(root["spec"], telemetry.Spec);
    }

    private void CheckRivals(IReadOnlyList<(Resource<TelemetrySpec> Object, Field At)> group)
    {
        var attached = group.Where(pair => pair.Object.Spec is { TargetRef: null, TargetRefs: null or { Count: 0 } }).ToList();
        var general = attached.Where(pair => SelectorOf(pair.Object) is null).ToList();
        if (general.Count > 1)
        {
            foreach (var (telemetry, at) in general)
            {
                at.Error(Codes.SeveralTelemetries,
                    $"{telemetry.Id} and {Others(general, telemetry)} are for the whole namespace: only one of them is used",
                    "merge them");
            }
        }

        CheckSelectors([.. attached.Where(pair => SelectorOf(pair.Object) is not null)]);
    }

    private void CheckSelectors(IReadOnlyList<(Resource<TelemetrySpec> Object, Field At)> selecting)
    {
        var byWorkload = new Dictionary<object, List<Resource<TelemetrySpec>>>(ReferenceEqualityComparer.Instance);
        foreach (var (telemetry, _) in selecting)
        {
            foreach (var workload in WorkloadsOf(telemetry))
            {
                if (!byWorkload.TryGetValue(workload, out var list)) byWorkload[workload] = list = [];
                list.Add(telemetry);
            }
        }

        foreach (var (telemetry, at) in selecting)
        {
            var rivals = WorkloadsOf(telemetry).SelectMany(workload => byWorkload[workload])
                .Where(other => other != telemetry).Distinct().Take(MaxNamed).ToList();
            if (rivals.Count == 0) continue;
            at["spec"]["selector"].Error(Codes.ConflictingTelemetrySelectors,
                $"spec.selector {Labels.Text(SelectorOf(telemetry))} selects workloads of "
                    + $"{string.Join(", ", rivals.Select(rival => rival.Id))}, too: only one of them is used", "merge them");
        }
    }

    private static string Others(IReadOnlyList<(Resource<TelemetrySpec> Object, Field At)> group, Resource<TelemetrySpec> one) =>
        string.Join(", ", group.Where(pair => pair.Object != one).Take(MaxNamed).Select(pair => pair.Object.Id));

    private static IReadOnlyDictionary<string, string>? SelectorOf(Resource<TelemetrySpec> telemetry) =>
        telemetry.Spec.Selector?.MatchLabels is { Count: > 0 } labels ? labels : null;

    /// <summary>The workloads that a selector selects; this gateway, which needs no Pod to be there, stands for itself.</summary>
    private IEnumerable<object> WorkloadsOf(Resource<TelemetrySpec> telemetry)
    {
        var selector = SelectorOf(telemetry);
        if (telemetry.Namespace == index.Identity.Namespace && Labels.Select(selector, index.Identity.Labels))
            yield return index.Identity;
        foreach (var workload in index.Workloads.Select(telemetry.Namespace, selector)) yield return workload;
    }

    private void CheckProviders(Field at, TelemetrySpec spec)
    {
        foreach (var (tracing, each) in at["tracing"].Each(spec.Tracing)) CheckProviders(each["providers"], tracing.Providers);
        foreach (var (metrics, each) in at["metrics"].Each(spec.Metrics)) CheckProviders(each["providers"], metrics.Providers);
        foreach (var (logging, each) in at["accessLogging"].Each(spec.AccessLogging))
            CheckProviders(each["providers"], logging.Providers);
    }

    private void CheckProviders(Field at, IReadOnlyList<ProviderRef>? providers)
    {
        foreach (var (provider, each) in at.Each(providers))
        {
            if (provider.Name is not { Length: > 0 } name || BuiltIn.Contains(name)) continue;
            var known = (index.Set.Mesh.ExtensionProviders ?? []).Select(other => other.Name ?? "").ToList();
            if (known.Contains(name)) continue;
            each["name"].Warning(Codes.UnknownProvider,
                $"{each.Path}.name {name}: the MeshConfig has no such provider, so nothing is sent to it",
                index.Suggest(name, known));
        }
    }
}
