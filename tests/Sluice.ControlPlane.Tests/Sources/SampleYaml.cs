using System.Globalization;
using System.Text;
using Sluice.ControlPlane.Sources.Schema;

namespace Sluice.ControlPlane.Tests.Sources;

/// <summary>Writes a value with every field that a shape has, as JSON, which is YAML.</summary>
internal static class SampleYaml
{
    /// <summary>The value.</summary>
    public static string Of(Shape shape)
    {
        var text = new StringBuilder();
        Write(text, shape, "x");
        return text.ToString();
    }

    private static void Write(StringBuilder text, Shape shape, string name)
    {
        switch (shape.Kind)
        {
            case ShapeKind.Record:
                WriteRecord(text, shape);
                break;
            case ShapeKind.List:
                text.Append('[');
                Write(text, shape.Element!.Value, name);
                text.Append(',');
                Write(text, shape.Element!.Value, name);
                text.Append(']');
                break;
            case ShapeKind.Map:
                text.Append("{\"a.b/c\":");
                Write(text, shape.Element!.Value, name);
                text.Append('}');
                break;
            default:
                text.Append(Scalar(shape, name));
                break;
        }
    }

    private static void WriteRecord(StringBuilder text, Shape shape)
    {
        text.Append('{');
        foreach (var field in shape.Fields.OrderBy(field => field.Index))
        {
            if (text[^1] != '{') text.Append(',');
            text.Append(CultureInfo.InvariantCulture, $"\"{field.Name}\":");
            Write(text, field.Shape.Value, field.Name);
        }

        text.Append('}');
    }

    private static string Scalar(Shape shape, string name) => shape.Kind switch
    {
        ShapeKind.Text => $"\"the {name}\"",
        ShapeKind.Bool => "true",
        ShapeKind.Number => shape.IsWhole ? shape.Max.ToString(CultureInfo.InvariantCulture) : "12.5",
        ShapeKind.Duration => "\"90.5s\"",
        ShapeKind.Choice => $"\"{shape.Choices[^1]}\"",
        ShapeKind.Bytes => "\"aGVsbG8=\"",
        ShapeKind.NumberOrText => "\"http\"",
        _ => "{\"a\":[1,null,true,\"x\"]}",
    };
}
