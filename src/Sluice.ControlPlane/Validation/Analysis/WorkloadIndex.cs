using Sluice.Api.Networking;
using Sluice.Api.Resources;
using Sluice.ControlPlane.Sources;
using Sluice.ControlPlane.Validation.Checks;

namespace Sluice.ControlPlane.Validation.Analysis;

/// <summary>A Pod or WorkloadEntry.</summary>
/// <param name="Source">The object.</param>
/// <param name="Labels">Its labels.</param>
/// <param name="Node">The node it runs on, whose topology labels count as its own; null when not known.</param>
internal sealed record Workload(Resource Source, IReadOnlyDictionary<string, string> Labels, string? Node);

/// <summary>Workloads by namespace and label.</summary>
internal sealed class WorkloadIndex
{
    private readonly List<Workload> _all = [];
    private readonly Dictionary<string, List<Workload>> _byNamespace = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Namespace, string Key, string Value), List<Workload>> _byLabel = [];

    /// <summary>Indexes the workloads of a configuration.</summary>
    public WorkloadIndex(ConfigSet set)
    {
        foreach (var pod in set.Pods) Add(new Workload(pod, pod.Metadata.Labels, pod.Spec.Spec?.NodeName));
        foreach (var entry in set.WorkloadEntries) Add(new Workload(entry, LabelsOf(entry), null));
    }

    /// <summary>Whether there are any; without, nothing can be said about what selects nothing.</summary>
    public bool Any => _all.Count > 0;

    /// <summary>All workloads of a namespace.</summary>
    public IReadOnlyList<Workload> In(string place) => _byNamespace.TryGetValue(place, out var found) ? found : [];

    /// <summary>The workloads of a namespace that a selector selects; an empty selector selects all.</summary>
    public IEnumerable<Workload> Select(string place, IReadOnlyDictionary<string, string>? selector)
    {
        var candidates = In(place);
        foreach (var (key, value) in selector ?? Empty)
        {
            if (!_byLabel.TryGetValue((place, key, value), out var labelled)) return [];
            if (labelled.Count < candidates.Count) candidates = labelled;
        }

        return candidates.Where(workload => Labels.Select(selector, workload.Labels));
    }

    /// <summary>The workloads of all namespaces that a selector selects.</summary>
    public IEnumerable<Workload> SelectAnywhere(IReadOnlyDictionary<string, string>? selector) =>
        _byNamespace.Keys.SelectMany(place => Select(place, selector));

    private static readonly IReadOnlyDictionary<string, string> Empty = new Dictionary<string, string>();

    /// <summary>The labels of the entry itself go before those of its spec.</summary>
    private static IReadOnlyDictionary<string, string> LabelsOf(Resource<WorkloadEntrySpec> entry)
    {
        if (entry.Spec.Labels is not { Count: > 0 } written) return entry.Metadata.Labels;
        if (entry.Metadata.Labels.Count == 0) return written;
        var merged = new Dictionary<string, string>(written, StringComparer.Ordinal);
        foreach (var (key, value) in entry.Metadata.Labels) merged[key] = value;
        return merged;
    }

    private void Add(Workload workload)
    {
        var place = workload.Source.Namespace;
        _all.Add(workload);
        AddTo(_byNamespace, place, workload);
        foreach (var (key, value) in workload.Labels) AddTo(_byLabel, (place, key, value), workload);
    }

    private static void AddTo<TKey>(Dictionary<TKey, List<Workload>> lists, TKey key, Workload workload) where TKey : notnull
    {
        if (!lists.TryGetValue(key, out var list)) lists[key] = list = [];
        list.Add(workload);
    }
}
