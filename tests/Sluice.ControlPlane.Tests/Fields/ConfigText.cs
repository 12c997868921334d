using System.Text.Json.Nodes;
using Sluice.ControlPlane.Sources;
using Sluice.ControlPlane.Sources.Yaml;

namespace Sluice.ControlPlane.Tests.Fields;

/// <summary>A configuration of which single fields can be changed. As text each object takes one line, so that a change moves nothing
/// else.</summary>
internal sealed class ConfigText(string yaml)
{
    private readonly List<JsonNode> _objects = [.. YamlReader.ReadAll(yaml).Select(n => ToJson(n)!)];

    /// <summary>Writes a field of an object, and returns whether it was there before.</summary>
    /// <param name="id"><c>VirtualService default/reviews</c>.</param>
    /// <param name="path">Path of the field; what is missing on the way is made.</param>
    /// <param name="value">YAML; null takes the field away.</param>
    public bool Set(string id, string path, string value)
    {
        var target = _objects.Find(o => IdOf(o) == id) ?? throw new FormatException($"there is no {id}");
        var content = ToJson(Assert.Single(YamlReader.ReadAll($"value: {value}")))!["value"];
        var rest = path.AsSpan();
        FieldPath.TryTakeStep(ref rest, out var step);
        while (!rest.IsEmpty)
        {
            var isList = rest[0] == '[' && rest.Length > 1 && char.IsAsciiDigit(rest[1]);
            target = Find(target, step) ?? Put(target, step, isList ? new JsonArray() : new JsonObject())!;
            FieldPath.TryTakeStep(ref rest, out step);
        }
        var wasWritten = Find(target, step) is not null;
        Put(target, step, content?.DeepClone());
        return wasWritten;
    }

    public override string ToString() => string.Join("\n---\n", _objects.Select(o => o.ToJsonString()));

    private static string IdOf(JsonNode resource) =>
        $"{resource["kind"]} {resource["metadata"]?["namespace"] ?? "default"}/{resource["metadata"]?["name"]}";

    private static JsonNode? Find(JsonNode node, ReadOnlySpan<char> step)
    {
        if (node is not JsonArray list)
            return node[step.ToString()];
        var index = int.Parse(step);
        return index < list.Count ? list[index] : null;
    }

    private static JsonNode? Put(JsonNode node, ReadOnlySpan<char> step, JsonNode? value)
    {
        if (node is JsonArray list)
        {
            var index = int.Parse(step);
            if (index < list.Count)
                list[index] = value;
            else
                list.Add(value);
        }
        else if (value is null)
        {
            ((JsonObject)node).Remove(step.ToString());
        }
        else
        {
            node[step.ToString()] = value;
        }
        return value;
    }

    private static JsonNode? ToJson(YamlNode node) => node switch
    {
        { Kind: YamlKind.Map } => new JsonObject(node.Entries.Select(e => KeyValuePair.Create(e.Key.Text, ToJson(e.Value)))),
        { Kind: YamlKind.List } => new JsonArray([.. node.Items.Select(ToJson)]),
        { Scalar: ScalarKind.Null } => null,
        { Scalar: ScalarKind.Bool } => JsonValue.Create(PlainScalar.ToBool(node.Text)),
        { Scalar: ScalarKind.Integer or ScalarKind.Float } => JsonNode.Parse(node.Text),
        _ => JsonValue.Create(node.Text),
    };
}
