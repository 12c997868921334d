using System.Globalization;
using Sluice.Api.Resources;
using Sluice.ControlPlane.Sources.Schema;
using Sluice.ControlPlane.Sources.Yaml;

namespace Sluice.ControlPlane.Sources;

/// <summary>Reads the metadata of an object. What a server adds to it is passed over.</summary>
internal sealed class MetadataReader(NodeBinder binder, FindingSink findings)
{
    private const string DefaultNamespace = "default";

    /// <summary>Kubernetes' other fields, which have no meaning here.</summary>
    private static readonly string[] PassedOver =
    [
        "creationTimestamp", "deletionGracePeriodSeconds", "deletionTimestamp", "finalizers", "generateName", "generation",
        "managedFields", "ownerReferences", "resourceVersion", "selfLink", "uid", "clusterName",
    ];

    /// <summary>Reads the metadata and makes the object known to the findings that follow.</summary>
    /// <returns>The metadata, or null when the object has no name.</returns>
    public ObjectMeta? Read(YamlNode root, KnownKind kind)
    {
        if (FindEntry(root, "metadata") is not { Value.IsNull: false } metadata) return MissingName(root, root, kind);
        if (metadata.Value.Kind != YamlKind.Map)
        {
            findings.Error(
                SourceCodes.WrongType, metadata.Value, "metadata", "metadata must be a map", "write name: and namespace: in it");
            return null;
        }

        var (name, space) = (TextOf(metadata.Value, "name"), TextOf(metadata.Value, "namespace"));
        if (space.Length == 0) space = DefaultNamespace;
        if (name.Length > 0) findings.Object = $"{kind.Name} {space}/{name}";

        var labels = NoStrings;
        var annotations = NoStrings;
        DateTimeOffset? created = null;
        var position = binder.Positions.Open("metadata", metadata.Key.Line, metadata.Key.Column);
        binder.Path.EnterField("metadata");
        foreach (var (key, value) in metadata.Value.Entries)
        {
            var field = binder.Positions.Open(key.Text, key.Line, key.Column);
            binder.Path.EnterField(key.Text);
            if (value.IsNull) { }
            else if (key.Text is "name" or "namespace") binder.IsText(value);
            else if (key.Text == "labels") labels = binder.BindStrings(value);
            else if (key.Text == "annotations") annotations = binder.BindStrings(value);
            else if (key.Text == "creationTimestamp") created = TimeOf(value);
            else if (kind.IsIstio && !PassedOver.Contains(key.Text)) ReportUnknown(key);
            binder.Path.Leave();
            binder.Positions.Close(field);
        }

        binder.Path.Leave();
        binder.Positions.Close(position);
        if (name.Length == 0) return MissingName(metadata.Key, metadata.Value, kind);
        return new ObjectMeta
        {
            Name = name,
            Namespace = StringPool.Shared.Get(space),
            Labels = labels,
            Annotations = annotations,
            CreationTimestamp = created,
        };
    }

    private static IReadOnlyDictionary<string, string> NoStrings { get; } = new Dictionary<string, string>();

    private static YamlEntry? FindEntry(YamlNode map, string key)
    {
        foreach (var entry in map.Entries)
        {
            if (entry.Key.Text == key) return entry;
        }

        return null;
    }

    private static string TextOf(YamlNode metadata, string key) =>
        metadata.Find(key) is { Kind: YamlKind.Scalar, IsNull: false } node ? node.Text : "";

    private static DateTimeOffset? TimeOf(YamlNode node) =>
        DateTimeOffset.TryParse(node.Text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : null;

    private ObjectMeta? MissingName(YamlNode at, YamlNode metadata, KnownKind kind)
    {
        findings.Error(SourceCodes.MissingName, at, "metadata.name", $"this {kind.Name} has no metadata.name",
            metadata.Find("generateName") is null
                ? "give it a name that is unique in its namespace"
                : "only a cluster makes names from generateName; write name instead");
        return null;
    }

    private void ReportUnknown(YamlNode key)
    {
        var near = Suggestion.Nearest(key.Text, [.. PassedOver, "name", "namespace", "labels", "annotations"]);
        findings.Error(SourceCodes.UnknownField, key, binder.Path.ToString(), $"unknown field \"{key.Text}\" in metadata",
            near is null ? "" : $"did you mean \"{near}\"?");
    }
}
