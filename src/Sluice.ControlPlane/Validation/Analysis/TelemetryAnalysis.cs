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

        foreach (var (telemetry, at) in attached.Where(pair => SelectorOf(pair.Object) is not null))
        {
            var rivals = attached.Where(other => other.Object != telemetry && SelectorOf(other.Object) is not null
                && ShareWorkload(telemetry, other.Object)).ToList();
            if (rivals.Count == 0) continue;
            at["spec"]["selector"].Error(Codes.ConflictingTelemetrySelectors,
                $"spec.selector {Labels.Text(SelectorOf(telemetry))} selects workloads of {Others(rivals, telemetry)}, too: "
                    + "only one of them is used", "merge them");
        }
    }

    private static string Others(IReadOnlyList<(Resource<TelemetrySpec> Object, Field At)> group, Resource<TelemetrySpec> one) =>
        string.Join(", ", group.Where(pair => pair.Object != one).Take(MaxNamed).Select(pair => pair.Object.Id));

    private static IReadOnlyDictionary<string, string>? SelectorOf(Resource<TelemetrySpec> telemetry) =>
        telemetry.Spec.Selector?.MatchLabels is { Count: > 0 } labels ? labels : null;

    private bool ShareWorkload(Resource<TelemetrySpec> a, Resource<TelemetrySpec> b)
    {
        var (ofA, ofB) = (SelectorOf(a), SelectorOf(b));
        if (a.Namespace == index.Identity.Namespace && Labels.Select(ofA, index.Identity.Labels)
            && Labels.Select(ofB, index.Identity.Labels))
            return true;
        return index.Workloads.Select(a.Namespace, ofA).Any(workload => Labels.Select(ofB, workload.Labels));
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
