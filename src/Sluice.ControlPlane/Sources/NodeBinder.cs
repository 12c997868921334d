using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Sluice.Api.Networking;
using Sluice.Api.Resources;
using Sluice.ControlPlane.Sources.Schema;
using Sluice.ControlPlane.Sources.Yaml;

namespace Sluice.ControlPlane.Sources;

/// <summary>What is done with fields that a record does not have.</summary>
internal enum UnknownFields
{
    /// <summary>They are errors: Istio's kinds.</summary>
    Error,

    /// <summary>They are warnings, and names may be written as in protobuf: MeshConfig.</summary>
    Warn,

    /// <summary>They are passed over: Kubernetes kinds.</summary>
    PassOver,
}

/// <summary>Reads nodes into records. It walks down a node beside the shape of the record, reports everything that does not fit
/// at its place, notes where each field is written, and writes what does fit as JSON, of which the record is then
/// made.</summary>
internal sealed class NodeBinder : IDisposable
{
    private static readonly JsonWriterOptions WriterOptions =
        new() { SkipValidation = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ArrayBufferWriter<byte> _buffer = new(4096);
    private readonly Utf8JsonWriter _json;
    private readonly BindingFindings _findings;
    private readonly List<EnclosingRecord> _within = [];

    /// <summary>Makes a binder that reports to a sink.</summary>
    public NodeBinder(FindingSink sink)
    {
        _json = new Utf8JsonWriter(_buffer, WriterOptions);
        _findings = new BindingFindings(sink, Path);
    }

    /// <summary>Where the binder stands.</summary>
    public FieldPath Path { get; } = new();

    /// <summary>Where the fields are written.</summary>
    public PositionTable.Builder Positions { get; } = new();

    private UnknownFields Unknown { get; set; }

    /// <summary>Begins an object; what is read next belongs to it.</summary>
    public void Start(YamlNode root, UnknownFields unknown)
    {
        Unknown = unknown;
        Path.Clear();
        Positions.Start(root.Line, root.Column);
        _buffer.ResetWrittenCount();
        _json.Reset();
        _within.Clear();
    }

    /// <summary>Reads a node that is the record itself.</summary>
    public void ReadRecord(YamlNode node, Shape shape)
    {
        if (node is { IsNull: false } && Fits(node, shape)) WriteRecord(node, shape);
        else WriteEmpty();
    }

    /// <summary>Reads a field that holds the record, <c>spec</c>.</summary>
    public void ReadRecordIn(YamlEntry field, Shape shape)
    {
        var position = Positions.Open(field.Key.Text, field.Key.Line, field.Key.Column);
        Path.EnterField(field.Key.Text);
        ReadRecord(field.Value, shape);
        Leave(position);
    }

    /// <summary>Reads a record that is not written: it has no fields.</summary>
    public void ReadNothing() => WriteEmpty();

    /// <summary>Begins a record whose fields stand beside others; <see cref="TryReadField"/> reads them.</summary>
    public void BeginFields() => _json.WriteStartObject();

    /// <summary>Reads a field, when the record has it.</summary>
    public bool TryReadField(YamlEntry entry, Shape record)
    {
        if (record.Find(entry.Key.Text) is not { } field) return false;
        WriteField(entry, field);
        return true;
    }

    /// <summary>Ends what <see cref="BeginFields"/> began.</summary>
    public void EndFields() => _json.WriteEndObject();

    /// <summary>The record that was read, of which everything that does not fit was left out.</summary>
    public T Make<T>(JsonTypeInfo<T> info) where T : class
    {
        _json.Flush();
        return JsonSerializer.Deserialize(_buffer.WrittenSpan, info)!;
    }

    /// <summary>Reads a map of strings beside the records: labels and annotations. In it, null stands for an empty
    /// string.</summary>
    public IReadOnlyDictionary<string, string> BindStrings(YamlNode node)
    {
        var shape = Shape.Of(typeof(IReadOnlyDictionary<string, string>));
        if (!Fits(node, shape)) return new Dictionary<string, string>();
        var strings = new Dictionary<string, string>(node.Entries.Count, StringComparer.Ordinal);
        foreach (var (key, value) in node.Entries)
        {
            var name = StringPool.Shared.Get(key.Text);
            var position = Enter(name, key);
            if (strings.ContainsKey(name)) _findings.DuplicateKey(key, node);
            else if (value.IsNull) strings[name] = "";
            else if (Fits(value, shape.Element!.Value)) strings[name] = StringPool.Shared.Get(value.Text);
            Leave(position);
        }

        return strings;
    }

    /// <summary>Notes where a field is written that is read elsewhere.</summary>
    public void Mark(YamlNode key) => Positions.Close(Positions.Open(key.Text, key.Line, key.Column));

    /// <summary>Reports a key that is written twice.</summary>
    public void ReportDuplicate(YamlNode key, YamlNode map) => _findings.DuplicateKey(key, map);

    /// <summary>Whether a node is a string; reports it otherwise.</summary>
    public bool IsText(YamlNode node) => Fits(node, Shape.Of(typeof(string)));

    /// <inheritdoc />
    public void Dispose() => _json.Dispose();

    private void WriteEmpty()
    {
        _json.WriteStartObject();
        _json.WriteEndObject();
    }

    private void WriteRecord(YamlNode node, Shape shape)
    {
        _json.WriteStartObject();
        _within.Add(new EnclosingRecord(shape, Path.Depth));
        UInt128 written = 0;
        foreach (var entry in node.Entries)
        {
            if (Find(shape, entry.Key.Text) is not { } field)
            {
                ReportUnknown(entry.Key, shape);
            }
            else if ((written >> field.Index & 1) == 1)
            {
                _findings.DuplicateKey(entry.Key, node);
            }
            else
            {
                written |= UInt128.One << field.Index;
                WriteField(entry, field);
            }
        }

        _within.RemoveAt(_within.Count - 1);
        _json.WriteEndObject();
    }

    private Field? Find(Shape shape, string name) =>
        shape.Find(name) ?? (Unknown == UnknownFields.Warn ? shape.Find(ProtobufNames.ToJson(name)) : null);

    private void WriteField(YamlEntry entry, Field field)
    {
        var position = Positions.Open(field.Name, entry.Key.Line, entry.Key.Column);
        Path.EnterField(field.Name);
        // As for Kubernetes, null is the same as nothing.
        var shape = field.Shape.Value;
        if (!entry.Value.IsNull && Fits(entry.Value, shape))
        {
            _json.WritePropertyName(field.Name);
            WriteValue(entry.Value, shape);
        }

        Leave(position);
    }

    private void WriteList(YamlNode node, Shape element)
    {
        _json.WriteStartArray();
        for (var i = 0; i < node.Items.Count; i++)
        {
            var item = node.Items[i];
            var position = Positions.Open(null, item.Line, item.Column);
            Path.EnterIndex(i);
            if (item.IsNull) WriteEmptyElement(item, element);
            else if (Fits(item, element)) WriteValue(item, element);
            Leave(position);
        }

        _json.WriteEndArray();
    }

    /// <summary>An empty condition is one that always holds, as in Istio; anything else that is empty is a mistake.</summary>
    private void WriteEmptyElement(YamlNode item, Shape element)
    {
        var isMatch = element == Shape.Of(typeof(HttpMatch)) || element == Shape.Of(typeof(L4MatchAttributes));
        if (isMatch) WriteEmpty();
        _findings.EmptyElement(item, isMatch);
    }

    private void WriteMap(YamlNode node, Shape element)
    {
        _json.WriteStartObject();
        var written = new HashSet<string>(node.Entries.Count, StringComparer.Ordinal);
        foreach (var (key, value) in node.Entries)
        {
            var name = StringPool.Shared.Get(key.Text);
            var position = Enter(name, key);
            if (!written.Add(name)) _findings.DuplicateKey(key, node);
            else if (value.IsNull) ReportEmptyValue(key, element);
            else if (Fits(value, element))
            {
                _json.WritePropertyName(name);
                WriteValue(value, element);
            }

            Leave(position);
        }

        _json.WriteEndObject();
    }

    private void WriteValue(YamlNode node, Shape shape)
    {
        switch (shape.Kind)
        {
            case ShapeKind.Record:
                WriteRecord(node, shape);
                break;
            case ShapeKind.List:
                WriteList(node, shape.Element!.Value);
                break;
            case ShapeKind.Map:
                WriteMap(node, shape.Element!.Value);
                break;
            default:
                ScalarBinder.Write(_json, node, shape);
                break;
        }
    }

    private bool Fits(YamlNode node, Shape shape)
    {
        var expected = shape.Kind switch
        {
            ShapeKind.Record or ShapeKind.Map => YamlKind.Map,
            ShapeKind.List => YamlKind.List,
            _ => YamlKind.Scalar,
        };
        if (shape.Kind == ShapeKind.Anything) return true;
        if (node.Kind == expected && (expected != YamlKind.Scalar || ScalarBinder.Fits(node, shape))) return true;
        return _findings.DoesNotFit(node, shape);
    }

    private void ReportUnknown(YamlNode key, Shape shape)
    {
        switch (Unknown)
        {
            case UnknownFields.Error:
                _findings.UnknownField(key, shape, _within.Count > 1 ? _within[^2] : null);
                break;
            case UnknownFields.Warn:
                _findings.MeshFieldNotRead(key, shape);
                break;
        }
    }

    private void ReportEmptyValue(YamlNode key, Shape element)
    {
        if (Unknown != UnknownFields.PassOver) _findings.EmptyValue(key, element);
    }

    private int Enter(string key, YamlNode at)
    {
        Path.EnterKey(key);
        return Positions.Open(key, at.Line, at.Column);
    }

    private void Leave(int position)
    {
        Path.Leave();
        Positions.Close(position);
    }
}
