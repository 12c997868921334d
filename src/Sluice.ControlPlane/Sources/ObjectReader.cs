using Sluice.Api.Findings;
using Sluice.Api.Resources;
using Sluice.ControlPlane.Sources.Schema;
using Sluice.ControlPlane.Sources.Yaml;

namespace Sluice.ControlPlane.Sources;

/// <summary>What a document holds.</summary>
internal sealed record DocumentContent(
    IReadOnlyList<Resource> Objects, IReadOnlyList<Finding> Findings, int PassedOver, MeshDocument? Mesh)
{
    /// <summary>Names of the Namespaces in it, which are passed over otherwise.</summary>
    public IReadOnlyList<string> Namespaces { get; init; } = [];

    /// <summary>Whether it holds anything at all.</summary>
    public bool IsEmpty => Objects.Count == 0 && Findings.Count == 0 && PassedOver == 0;
}

/// <summary>Reads documents into objects. One reader serves one thread.</summary>
internal sealed class ObjectReader : IDisposable
{
    private const string MeshConfigMap = "istio";

    private readonly FindingSink _findings = new();
    private readonly NodeBinder _binder;
    private readonly MetadataReader _metadata;
    private readonly MeshReader _meshReader;
    private readonly List<Resource> _objects = [];
    private readonly List<string> _namespaces = [];
    private MeshDocument? _mesh;
    private int _passedOver;

    /// <summary>Makes a reader.</summary>
    public ObjectReader()
    {
        _binder = new NodeBinder(_findings);
        _metadata = new MetadataReader(_binder, _findings);
        _meshReader = new MeshReader(_findings);
    }

    /// <summary>Reads a document: one object, or a List of them.</summary>
    public DocumentContent Read(string file, DocumentText document) => Read(file, document, root => ReadRoot(root, document));

    /// <summary>Reads a document that is a MeshConfig, or the ConfigMap that holds it.</summary>
    public DocumentContent ReadMesh(string file, DocumentText document) =>
        Read(file, document, root => ReadMeshRoot(root, document));

    /// <inheritdoc />
    public void Dispose()
    {
        _binder.Dispose();
        _meshReader.Dispose();
    }

    private DocumentContent Read(string file, DocumentText document, Action<YamlNode> readRoot)
    {
        _findings.File = file;
        try
        {
            foreach (var root in YamlReader.ReadAll(document.Text, document.Line)) readRoot(root);
        }
        catch (YamlSyntaxException e)
        {
            ReportSyntax(e, document.Text);
        }

        var content = new DocumentContent([.. _objects], _findings.Take(), _passedOver, _mesh) { Namespaces = [.. _namespaces] };
        _objects.Clear();
        _namespaces.Clear();
        (_passedOver, _mesh) = (0, null);
        return content;
    }

    private void ReadRoot(YamlNode root, DocumentText document)
    {
        if (root.Kind != YamlKind.Map)
        {
            var isList = root.Kind == YamlKind.List;
            _findings.Error(SourceCodes.NotAnObject, root, "",
                $"an object must be a map with apiVersion, kind and metadata, not {(isList ? "a list" : "a string")}",
                isList ? "separate objects with a line \"---\", without \"- \"" : "write a space after each colon");
            return;
        }

        if (IsMissing(root, "apiVersion") && IsMissing(root, "kind"))
        {
            _findings.Error(SourceCodes.NotAnObject, root, "", "no apiVersion and no kind: this is not a Kubernetes object",
                NotAnObjectHints.Of(root));
            return;
        }

        if (!TryReadTypeField(root, "apiVersion", out var apiVersion) | !TryReadTypeField(root, "kind", out var kind)) return;
        if (apiVersion == "v1" && kind == "List") ReadItems(root, document);
        else if (FindKind(root, apiVersion, kind) is { } known) ReadObject(root, known, apiVersion, document);
    }

    private void ReadMeshRoot(YamlNode root, DocumentText document)
    {
        if (root.Kind == YamlKind.Map) _mesh ??= _meshReader.Read(root, document);
        else _findings.Error(SourceCodes.NotAnObject, root, "", "a MeshConfig must be a map", "write field: value");
    }

    private void ReadItems(YamlNode list, DocumentText document)
    {
        var items = list.Find("items");
        if (items is null or { IsNull: true }) return;
        if (items.Kind != YamlKind.List)
        {
            _findings.Error(
                SourceCodes.WrongType, items, "items", "items must be a list of objects", "begin each object with \"- \"");
            return;
        }

        for (var i = 0; i < items.Items.Count; i++)
        {
            var item = items.Items[i];
            var path = $"items[{i}]";
            if (item.IsNull) _findings.Error(SourceCodes.EmptyElement, item, path, $"{path} is empty", "remove the \"-\"");
            else ReadRoot(item, document);
        }
    }

    private bool TryReadTypeField(YamlNode root, string name, out string value)
    {
        value = "";
        var node = root.Find(name);
        if (node is { Kind: YamlKind.Scalar, Scalar: ScalarKind.String, Text.Length: > 0 })
        {
            value = node.Text;
            return true;
        }

        _findings.Error(SourceCodes.NotAnObject, node ?? root, name,
            IsMissing(root, name) ? $"no {name}: this is not a Kubernetes object" : $"{name} must be a string",
            NotAnObjectHints.Of(root));
        return false;
    }

    private static bool IsMissing(YamlNode root, string name) => root.Find(name) is null or { IsNull: true };

    private KnownKind? FindKind(YamlNode root, string apiVersion, string kind)
    {
        var slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        var group = slash < 0 ? "" : apiVersion[..slash];
        if (KnownKinds.Find(group, kind) is { } known)
        {
            if (known.ApiVersions.Contains(apiVersion)) return known;
            ReportVersion(root.Find("apiVersion")!, apiVersion, known);
        }
        else if (KnownKinds.NearestKind(group, kind) is { } near)
        {
            _findings.Error(SourceCodes.UnknownVersion, root.Find("kind")!, "kind", $"{apiVersion} has no kind {kind}",
                $"did you mean {near.Name}?");
        }
        else if (KnownKinds.WithNearestGroup(group, kind) is { } meant)
        {
            ReportVersion(root.Find("apiVersion")!, apiVersion, meant);
        }
        else if (KnownKinds.IsIstioGroup(group))
        {
            _findings.Warning(SourceCodes.KindNotRead, root.Find("kind")!, "kind", $"{kind} is not read and has no effect here");
        }
        else
        {
            _passedOver++;
            if (apiVersion == "v1" && kind == "Namespace") RememberNamespace(root);
        }

        return null;
    }

    private void RememberNamespace(YamlNode root)
    {
        if (root.Find("metadata")?.Find("name") is { Kind: YamlKind.Scalar, IsNull: false } name) _namespaces.Add(name.Text);
    }

    private void ReportVersion(YamlNode at, string apiVersion, KnownKind known) =>
        _findings.Error(SourceCodes.UnknownVersion, at, "apiVersion", $"there is no {known.Name} in apiVersion {apiVersion}",
            $"write {known.ApiVersions[0]}");

    private void ReadObject(YamlNode root, KnownKind kind, string apiVersion, DocumentText document)
    {
        _findings.IsSecret = kind.Name == "Secret";
        var errors = _findings.Errors;
        _binder.Start(root, kind.IsIstio ? UnknownFields.Error : UnknownFields.PassOver);
        var metadata = _metadata.Read(root, kind);
        ReadFields(root, kind);
        if (metadata is not null)
        {
            var positions = _binder.Positions.Build(_findings.File);
            _objects.Add(kind.Make(
                new ObjectHead(
                    kind.ApiVersions.First(version => version == apiVersion), metadata, positions.Locate(""), positions.Locate,
                    IsComplete: _findings.Errors == errors, kind.HasSpec ? StatusReader.Read(root) : null),
                _binder));
            if (kind.Name == "ConfigMap" && metadata.Name == MeshConfigMap) _mesh ??= _meshReader.ReadConfigMap(root, document);
        }

        (_findings.Object, _findings.IsSecret) = ("", false);
    }

    private void ReadFields(YamlNode root, KnownKind kind)
    {
        YamlEntry? spec = null;
        var read = new HashSet<string>(StringComparer.Ordinal);
        if (!kind.HasSpec) _binder.BeginFields();
        foreach (var entry in root.Entries)
        {
            var name = entry.Key.Text;
            if (!read.Add(name)) _binder.ReportDuplicate(entry.Key, root);
            else if (name is "apiVersion" or "kind") _binder.Mark(entry.Key);
            else if (kind.HasSpec && name == "spec") spec = entry;
            else if (name == "metadata" || (kind.HasSpec && name == "status")) continue;
            else if (kind.IsIstio) ReportUnknown(entry.Key, kind);
            else if (!kind.HasSpec) _binder.TryReadField(entry, kind.Content);
        }

        if (!kind.HasSpec) _binder.EndFields();
        else if (spec is { } found) _binder.ReadRecordIn(found, kind.Content);
        else _binder.ReadNothing();
    }

    private void ReportUnknown(YamlNode key, KnownKind kind)
    {
        var hint = kind.Content.Find(key.Text) is not null ? "it belongs in \"spec\"; check its indentation"
            : Suggestion.Nearest(key.Text, ["spec", "metadata"]) is { } near ? $"did you mean \"{near}\"?" : "";
        _findings.Error(SourceCodes.UnknownField, key, key.Text, $"unknown field \"{key.Text}\" at the top of the object", hint);
    }

    private void ReportSyntax(YamlSyntaxException error, string text)
    {
        var (message, hint) = (error.Message, error.Hint);
        if (error.Quoted.Length > 0 && text.Contains("Secret", StringComparison.Ordinal))
        {
            message = message.Replace(error.Quoted, "...", StringComparison.Ordinal);
            hint = hint.Replace(error.Quoted, "...", StringComparison.Ordinal);
        }

        _findings.Add(Severity.Error, SourceCodes.Syntax, error.Line, error.Column, "", message, hint);
    }
}
