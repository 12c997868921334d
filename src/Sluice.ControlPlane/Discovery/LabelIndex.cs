namespace Sluice.ControlPlane.Discovery;

/// <summary>Finds the objects of a namespace that a label selector picks, without looking at all of them for every selector.</summary>
internal sealed class LabelIndex<T> where T : class
{
    private readonly Dictionary<(string Namespace, string Key, string Value), List<Entry>> _byLabel = [];

    /// <summary>Adds an object under its labels.</summary>
    public void Add(string ns, IReadOnlyDictionary<string, string> labels, T item)
    {
        foreach (var (key, value) in labels)
        {
            if (!_byLabel.TryGetValue((ns, key, value), out var entries))
                _byLabel[(ns, key, value)] = entries = [];
            entries.Add(new Entry(labels, item));
        }
    }

    /// <summary>The objects whose labels include all of the selector's, in the order of their addition. An empty selector picks none.</summary>
    public IEnumerable<T> Select(string ns, IReadOnlyDictionary<string, string> selector)
    {
        List<Entry>? fewest = null;
        foreach (var (key, value) in selector)
        {
            if (!_byLabel.TryGetValue((ns, key, value), out var entries))
                yield break;
            if (fewest is null || entries.Count < fewest.Count)
                fewest = entries;
        }
        foreach (var entry in fewest ?? [])
        {
            if (Labels.Include(entry.Labels, selector))
                yield return entry.Item;
        }
    }

    private readonly record struct Entry(IReadOnlyDictionary<string, string> Labels, T Item);
}

/// <summary>Label selection.</summary>
internal static class Labels
{
    /// <summary>Whether all labels of a selector are among <paramref name="labels"/>. An empty selector fits everything.</summary>
    public static bool Include(IReadOnlyDictionary<string, string> labels, IReadOnlyDictionary<string, string>? selector)
    {
        if (selector is null)
            return true;
        foreach (var (key, value) in selector)
        {
            if (!labels.TryGetValue(key, out var own) || own != value)
                return false;
        }
        return true;
    }
}
