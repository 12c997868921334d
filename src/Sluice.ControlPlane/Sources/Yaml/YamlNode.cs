namespace Sluice.ControlPlane.Sources.Yaml;

/// <summary>What a node is.</summary>
internal enum YamlKind
{
    Scalar,
    Map,
    List,
}

/// <summary>A key of a map with its value.</summary>
internal readonly record struct YamlEntry(YamlNode Key, YamlNode Value);

/// <summary>A node of a YAML document that knows its place. Aliases are resolved: the same node may stand in several places.
/// Nodes live only while their document is read.</summary>
internal sealed class YamlNode
{
    private static readonly YamlEntry[] NoEntries = [];
    private static readonly YamlNode[] NoItems = [];

    /// <summary>What it is.</summary>
    public required YamlKind Kind { get; init; }

    /// <summary>Line in the file, from 1.</summary>
    public required int Line { get; init; }

    /// <summary>Column, from 1.</summary>
    public required int Column { get; init; }

    /// <summary>Text of a scalar.</summary>
    public string Text { get; init; } = "";

    /// <summary>What a scalar means.</summary>
    public ScalarKind Scalar { get; init; } = ScalarKind.String;

    /// <summary>Whether a scalar is a block literal (<c>|</c>), whose text keeps the lines of the file.</summary>
    public bool IsLiteral { get; init; }

    /// <summary>Entries of a map in the order of the file, merged ones last. Keys that are written twice are kept
    /// twice.</summary>
    public IReadOnlyList<YamlEntry> Entries { get; init; } = NoEntries;

    /// <summary>Items of a list.</summary>
    public IReadOnlyList<YamlNode> Items { get; init; } = NoItems;

    /// <summary>Number of nodes in and below this one with aliases written out.</summary>
    public long Weight { get; set; } = 1;

    /// <summary>Whether it is a scalar that means null.</summary>
    public bool IsNull => Kind == YamlKind.Scalar && Scalar == ScalarKind.Null;

    /// <summary>The value of a key, or null when the map does not have it.</summary>
    public YamlNode? Find(string key)
    {
        for (var i = 0; i < Entries.Count; i++)
        {
            if (Entries[i].Key.Text == key) return Entries[i].Value;
        }

        return null;
    }
}
