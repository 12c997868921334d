using System.Collections.Frozen;

namespace Sluice.DataPlane.Routing;

/// <summary>A frozen dictionary that is asked with spans.</summary>
internal readonly struct TextTable<T> where T : class
{
    private readonly FrozenDictionary<string, T>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    /// <param name="entries">Texts and what they stand for.</param>
    /// <param name="ignoreCase">Whether letter case is ignored.</param>
    public TextTable(IReadOnlyDictionary<string, T> entries, bool ignoreCase = false)
    {
        Count = entries.Count;
        _lookup = entries.ToFrozenDictionary(ignoreCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal)
            .GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>How many entries there are.</summary>
    public int Count { get; }

    /// <summary>What a text stands for, or null.</summary>
    public T? Find(ReadOnlySpan<char> text) => Count > 0 && _lookup.TryGetValue(text, out var found) ? found : null;
}
