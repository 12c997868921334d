using Sluice.ControlPlane.Sources.Schema;
using Sluice.ControlPlane.Sources.Yaml;

namespace Sluice.ControlPlane.Sources;

/// <summary>A record around the place where a reader stands, and how far from the top it is.</summary>
internal readonly record struct EnclosingRecord(Shape Shape, int Depth);

/// <summary>Says what does not fit: what was found, what would fit, and how to write it.</summary>
internal sealed class BindingFindings(FindingSink sink, FieldPath path)
{
    /// <summary>A field that its record does not have.</summary>
    public void UnknownField(YamlNode key, Shape record, EnclosingRecord? around)
    {
        var place = path.Depth == 0 ? "" : $" in {path}";
        sink.Error(SourceCodes.UnknownField, key, With(key), $"unknown field \"{key.Text}\"{place}",
            UnknownFieldHints.Of(key.Text, record, around, path));
    }

    /// <summary>A field of the MeshConfig that is not read, because it concerns other proxies or is misspelt.</summary>
    public void MeshFieldNotRead(YamlNode key, Shape record)
    {
        var near = Suggestion.Nearest(key.Text, record.Fields.Select(field => field.Name));
        sink.Warning(SourceCodes.MeshFieldNotRead, key, With(key), $"{With(key)} of the MeshConfig is not read and has no effect",
            near is null ? "" : $"did you mean \"{near}\"?");
    }

    /// <summary>A key that is written twice in a map.</summary>
    public void DuplicateKey(YamlNode key, YamlNode map)
    {
        var first = map.Entries.First(entry => entry.Key.Text == key.Text).Key;
        sink.Error(SourceCodes.DuplicateKey, key, path.Depth == 0 ? key.Text : path.ToString(),
            $"\"{key.Text}\" is written twice in the same map", $"the first one is in line {first.Line}; keep one of them");
    }

    /// <summary>A list element that is left empty; in a condition that means that it always holds.</summary>
    public void EmptyElement(YamlNode item, bool isMatch)
    {
        if (isMatch)
        {
            sink.Warning(SourceCodes.EmptyElement, item, path.ToString(), $"{path} is empty, so it matches everything",
                "write {} if that is meant, or remove it");
        }
        else
        {
            sink.Error(SourceCodes.EmptyElement, item, path.ToString(), $"{path} is empty",
                "write a value after the \"-\" or remove it");
        }
    }

    /// <summary>A map entry whose value is left empty.</summary>
    public void EmptyValue(YamlNode key, Shape element)
    {
        var hint = element.Kind switch
        {
            ShapeKind.Text => "write \"\" if an empty string is meant",
            ShapeKind.Record when IsStringMatch(element) => "write {} to ask for presence, or exact, prefix or regex",
            _ => "write a value or remove the key",
        };
        sink.Error(SourceCodes.EmptyElement, key, path.ToString(), $"{path} is empty", hint);
    }

    /// <summary>A value that its field can't hold.</summary>
    /// <returns>Whether it can be taken nevertheless.</returns>
    public bool DoesNotFit(YamlNode node, Shape shape)
    {
        if (sink.IsSecret)
        {
            sink.Error(SourceCodes.SecretValueIgnored, node, path.ToString(),
                $"{path} is not {Describe(shape)}, so it is ignored",
                shape.Kind == ShapeKind.Bytes ? "encode it, or write it as text under stringData" : "quote it");
            return false;
        }

        if (shape.Kind == ShapeKind.Bytes && node is { Kind: YamlKind.Scalar, Scalar: ScalarKind.String })
        {
            sink.Warning(SourceCodes.TextForBytes, node, path.ToString(), $"{path} is not base64, so it is taken as text",
                "encode it, or use the field for text");
            return true;
        }

        if (node.Kind == YamlKind.Scalar && IsSpecial(node, shape)) return false;
        ReportType(node, shape);
        return false;
    }

    private void ReportType(YamlNode node, Shape shape)
    {
        if (path.ToString().EndsWith(".accessToken", StringComparison.Ordinal))
        {
            sink.Error(SourceCodes.WrongType, node, path.ToString(), $"{path} must be {Describe(shape)}", "quote it");
            return;
        }

        sink.Error(SourceCodes.WrongType, node, path.ToString(), $"{path} must be {Describe(shape)}, not {Describe(node)}",
            TypeHints.Of(node, shape));
    }

    /// <summary>Errors of values that are of the right type.</summary>
    private bool IsSpecial(YamlNode node, Shape shape)
    {
        switch (shape.Kind)
        {
            case ShapeKind.Duration when node.Scalar == ScalarKind.String:
                sink.Error(SourceCodes.BadDuration, node, path.ToString(), $"{path} is \"{node.Text}\", which is not a duration",
                    TypeHints.OfDuration(node.Text));
                return true;
            case ShapeKind.Choice when node.Scalar == ScalarKind.String:
                var near = Suggestion.Nearest(node.Text, shape.Choices);
                sink.Error(SourceCodes.UnknownChoice, node, path.ToString(),
                    $"{path} is \"{node.Text}\", which is none of {string.Join(", ", shape.Choices)}",
                    near is null ? "" : $"did you mean {near}?");
                return true;
            case ShapeKind.Number when ScalarBinder.IsNumber(node) && !HasFraction(node, shape):
                sink.Error(SourceCodes.OutOfRange, node, path.ToString(), $"{path} is {node.Text}, but must be {Range(shape)}");
                return true;
            default:
                return false;
        }
    }

    private static bool HasFraction(YamlNode node, Shape shape) =>
        shape.IsWhole && PlainScalar.TryToDecimal(node.Text, out var value) && decimal.Truncate(value) != value;

    private static string Range(Shape shape) =>
        shape.IsWhole ? FormattableString.Invariant($"a whole number from {shape.Min} to {shape.Max}") : "a finite number";

    private static bool IsStringMatch(Shape record) => record.Find("exact") is not null && record.Find("regex") is not null;

    private static string Describe(Shape shape) => shape.Kind switch
    {
        ShapeKind.Record => "a map",
        ShapeKind.Map => shape.Element!.Value.Kind switch
        {
            ShapeKind.Text => "a map of strings",
            ShapeKind.Number => "a map of numbers",
            ShapeKind.Bytes => "a map of base64 strings",
            _ => "a map",
        },
        ShapeKind.List => shape.Element!.Value.Kind switch
        {
            ShapeKind.Text => "a list of strings",
            ShapeKind.Number => "a list of numbers",
            _ => "a list of maps",
        },
        ShapeKind.Text => "a string",
        ShapeKind.Bool => "true or false",
        ShapeKind.Number => shape.IsWhole ? "a whole number" : "a number",
        ShapeKind.Duration => "a duration",
        ShapeKind.Choice => "one of " + string.Join(", ", shape.Choices),
        ShapeKind.Bytes => "base64",
        _ => "a number or a string",
    };

    private static string Describe(YamlNode node) => node.Kind switch
    {
        YamlKind.Map => "a map",
        YamlKind.List => "a list",
        _ => node.Scalar switch
        {
            ScalarKind.Null => "empty",
            ScalarKind.Bool => $"the boolean {node.Text}",
            ScalarKind.Integer or ScalarKind.Float => $"the number {node.Text}",
            _ => $"the string \"{Shorten(node.Text)}\"",
        },
    };

    private static string Shorten(string text)
    {
        var line = text.ReplaceLineEndings(" ");
        return line.Length > 60 ? line[..57] + "..." : line;
    }

    private string With(YamlNode key) => path.Depth == 0 ? key.Text : $"{path}.{key.Text}";
}
