using System.Text;
using System.Text.Json;
using Sluice.Api.Resources;
using Sluice.ControlPlane.Sources.Schema;
using Sluice.ControlPlane.Sources.Yaml;

namespace Sluice.ControlPlane.Sources;

/// <summary>Tells whether a scalar fits a shape, and writes it as the JSON that the record is made of.</summary>
internal static class ScalarBinder
{
    /// <summary>Whether the scalar is a value of the shape. As in Kubernetes there are no conversions between strings and
    /// others, but a float without a fraction is a whole number.</summary>
    public static bool Fits(YamlNode scalar, Shape shape) => shape.Kind switch
    {
        ShapeKind.Text => scalar.Scalar == ScalarKind.String,
        ShapeKind.Bool => scalar.Scalar == ScalarKind.Bool,
        ShapeKind.Number => IsNumber(scalar) && (shape.IsWhole ? IsInRange(scalar.Text, shape) : IsFinite(scalar.Text)),
        ShapeKind.Duration => scalar.Scalar == ScalarKind.String && Duration.TryParse(scalar.Text, out _),
        ShapeKind.Choice => scalar.Scalar == ScalarKind.String && shape.Choices.Contains(scalar.Text, StringComparer.Ordinal),
        ShapeKind.Bytes => scalar.Scalar == ScalarKind.String && TryDecode(scalar.Text, out _),
        ShapeKind.NumberOrText => scalar.Scalar == ScalarKind.String || (IsNumber(scalar) && IsInt32(scalar.Text)),
        _ => true,
    };

    /// <summary>Whether the scalar is an integer or float.</summary>
    public static bool IsNumber(YamlNode scalar) => scalar.Scalar is ScalarKind.Integer or ScalarKind.Float;

    /// <summary>Writes a node that fits.</summary>
    public static void Write(Utf8JsonWriter json, YamlNode node, Shape shape)
    {
        switch (shape.Kind)
        {
            case ShapeKind.Number when shape.IsWhole:
            case ShapeKind.NumberOrText when IsNumber(node):
                PlainScalar.TryToDecimal(node.Text, out var whole);
                json.WriteNumberValue(decimal.Truncate(whole));
                break;
            case ShapeKind.Number:
                json.WriteNumberValue(PlainScalar.ToDouble(node.Text));
                break;
            case ShapeKind.Bytes:
                // What is not base64 was reported, and stands for itself.
                json.WriteBase64StringValue(TryDecode(node.Text, out var bytes) ? bytes : Encoding.UTF8.GetBytes(node.Text));
                break;
            default:
                WriteAsIs(json, node);
                break;
        }
    }

    /// <summary>Base64 as Kubernetes reads it, in which line ends don't count.</summary>
    private static bool TryDecode(string text, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (text.AsSpan().ContainsAny(' ', '\t')) return false;
        var buffer = new byte[((text.Length / 4) + 1) * 3];
        if (!Convert.TryFromBase64String(text, buffer, out var length)) return false;
        bytes = buffer.AsSpan(0, length);
        return true;
    }

    private static void WriteAsIs(Utf8JsonWriter json, YamlNode node)
    {
        switch (node)
        {
            case { Kind: YamlKind.Map }:
                json.WriteStartObject();
                foreach (var (key, value) in node.Entries)
                {
                    json.WritePropertyName(key.Text);
                    WriteAsIs(json, value);
                }

                json.WriteEndObject();
                break;
            case { Kind: YamlKind.List }:
                json.WriteStartArray();
                foreach (var item in node.Items) WriteAsIs(json, item);
                json.WriteEndArray();
                break;
            case { Scalar: ScalarKind.String }:
                json.WriteStringValue(node.Text);
                break;
            case { Scalar: ScalarKind.Bool }:
                json.WriteBooleanValue(PlainScalar.ToBool(node.Text));
                break;
            case { Scalar: ScalarKind.Integer or ScalarKind.Float } when PlainScalar.TryToDecimal(node.Text, out var number):
                json.WriteNumberValue(number);
                break;
            default:
                json.WriteNullValue();
                break;
        }
    }

    private static bool IsInRange(string text, Shape shape) =>
        PlainScalar.TryToDecimal(text, out var value)
        && decimal.Truncate(value) == value && value >= shape.Min && value <= shape.Max;

    private static bool IsInt32(string text) =>
        PlainScalar.TryToDecimal(text, out var value)
        && decimal.Truncate(value) == value && value is >= int.MinValue and <= int.MaxValue;

    private static bool IsFinite(string text) => double.IsFinite(PlainScalar.ToDouble(text));
}
