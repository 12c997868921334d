using Sluice.ControlPlane.Sources;
using Sluice.ControlPlane.Sources.Schema;
using Sluice.ControlPlane.Sources.Yaml;

namespace Sluice.ControlPlane.Tests.Sources;

/// <summary>Compares the records with Istio's custom resource definitions, field by field and in both directions.</summary>
public sealed class CustomResourceDefinitionTests
{
    /// <summary>Second spellings in the definitions, read as the first one.</summary>
    private static readonly string[] Aliases = ["mirror_percent", "jwks_uri"];

    /// <summary>Text in the definitions that protobuf declares as a duration, but that no rule there tells to be one.</summary>
    private static readonly string[] UndeclaredDurations = ["idleTimeout", "ttl", "budgetInterval"];

    public static TheoryData<string, string> Kinds => new(RoundTripTests.Kinds
        .Select(row => row.Data).Where(row => row.Item1.EndsWith(".istio.io", StringComparison.Ordinal)));

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Has_the_fields_types_and_values_of_the_definition(string group, string name)
    {
        var file = Repository.Shared("istio/crds.yaml");
        Assert.SkipWhen(file is null, "Istio's custom resource definitions are not beside this checkout");
        var definition = DocumentSplitter.Split(File.ReadAllText(file))
            .SelectMany(document => YamlReader.ReadAll(document.Text))
            .Single(root => At(root, "spec", "names", "kind")!.Text == name && At(root, "spec", "group")!.Text == group);

        var kind = KnownKinds.Find(group, name)!;
        var versions = At(definition, "spec", "versions")!.Items;
        Assert.Equal(versions.Select(version => $"{group}/{version.Find("name")!.Text}").Order(), kind.ApiVersions.Order());
        var differences = new List<string>();
        foreach (var version in versions)
        {
            var spec = At(version, "schema", "openAPIV3Schema", "properties", "spec")!;
            Compare(spec, kind.Content, "spec", differences);
        }

        Assert.Empty(differences.Distinct());
    }

    private static void Compare(YamlNode schema, Shape shape, string path, List<string> differences)
    {
        var expected = KindOf(schema, path);
        if (expected != shape.Kind) differences.Add($"{path} is {shape.Kind}, in the definition {expected}");
        else if (shape.Kind == ShapeKind.List) Compare(schema.Find("items")!, shape.Element!.Value, path + "[]", differences);
        else if (shape.Kind == ShapeKind.Map)
            Compare(schema.Find("additionalProperties")!, shape.Element!.Value, path + "[key]", differences);
        else if (shape.Kind == ShapeKind.Record) CompareFields(schema, shape, path, differences);
        else if (shape.Kind == ShapeKind.Choice)
            Assert.Equal(schema.Find("enum")!.Items.Select(item => item.Text), shape.Choices);
        else if (shape.Kind == ShapeKind.Number && shape.IsWhole != (schema.Find("type")!.Text == "integer"))
            differences.Add($"{path} is whole in one and not in the other");
    }

    private static void CompareFields(YamlNode schema, Shape shape, string path, List<string> differences)
    {
        var properties = schema.Find("properties")?.Entries ?? [];
        foreach (var (key, property) in properties)
        {
            if (shape.Find(key.Text) is { } field) Compare(property, field.Shape.Value, $"{path}.{key.Text}", differences);
            else differences.Add($"{path}.{key.Text} has no property");
        }

        var names = properties.Select(property => property.Key.Text).Except(Aliases);
        var extra = shape.Fields.Select(field => field.Name).Except(names);
        differences.AddRange(extra.Select(name => $"{path}.{name} is not in the definition"));
    }

    private static ShapeKind KindOf(YamlNode schema, string path) => schema.Find("type")!.Text switch
    {
        "object" => schema.Find("additionalProperties") is { Kind: YamlKind.Map } ? ShapeKind.Map : ShapeKind.Record,
        "array" => ShapeKind.List,
        "boolean" => ShapeKind.Bool,
        "integer" or "number" => ShapeKind.Number,
        _ when schema.Find("enum") is not null => ShapeKind.Choice,
        _ when schema.Find("format")?.Text == "byte" => ShapeKind.Bytes,
        _ when IsDuration(schema) || UndeclaredDurations.Contains(path.Split('.')[^1]) => ShapeKind.Duration,
        _ => ShapeKind.Text,
    };

    private static bool IsDuration(YamlNode schema) =>
        schema.Find("x-kubernetes-validations")?.Items
            .Any(rule => rule.Find("rule")!.Text.Contains("duration(self)", StringComparison.Ordinal)) ?? false;

    private static YamlNode? At(YamlNode node, params string[] path) =>
        path.Aggregate<string, YamlNode?>(node, (at, key) => at?.Find(key));
}
