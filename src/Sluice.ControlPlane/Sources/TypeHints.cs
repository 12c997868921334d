using System.Globalization;
using Sluice.Api.Resources;
using Sluice.ControlPlane.Sources.Schema;
using Sluice.ControlPlane.Sources.Yaml;

namespace Sluice.ControlPlane.Sources;

/// <summary>Says how to write what does not fit.</summary>
internal static class TypeHints
{
    /// <summary>How to write a value that is of the wrong type; empty when nobody can know.</summary>
    public static string Of(YamlNode node, Shape shape) => (shape.Kind, node.Kind) switch
    {
        (ShapeKind.Text, YamlKind.Scalar) => $"quote it: \"{node.Text}\"",
        (ShapeKind.Duration, YamlKind.Scalar) => $"add a unit: {node.Text}s",
        (ShapeKind.Bool, YamlKind.Scalar) => OfBool(node.Text),
        (ShapeKind.Number or ShapeKind.NumberOrText, YamlKind.Scalar) => OfNumber(node),
        (ShapeKind.List, YamlKind.Scalar) => $"write a list: [{OneLine(node.Text)}]",
        (ShapeKind.List, YamlKind.Map) => "begin each element with \"- \"",
        (ShapeKind.Record, YamlKind.Scalar) => OfRecord(node, shape),
        (ShapeKind.Record, YamlKind.List) => "write its fields without \"- \"",
        (ShapeKind.Map, YamlKind.Scalar or YamlKind.List) => "write it as key: value",
        _ => "",
    };

    /// <summary>How to write a duration.</summary>
    public static string OfDuration(string text)
    {
        if (decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _))
            return $"add a unit: {text}s";
        if (text is [.., 'd'] && int.TryParse(text.AsSpan(..^1), NumberStyles.None, CultureInfo.InvariantCulture, out var days))
            return FormattableString.Invariant($"write days in hours: {days * 24L}h");
        var plain = text.Replace(" ", "", StringComparison.Ordinal).ToLowerInvariant()
            .Replace("sec", "s", StringComparison.Ordinal).Replace("min", "m", StringComparison.Ordinal);
        return Duration.TryParse(plain, out _) ? $"write {plain}" : "write a number with a unit, such as 1.5s, 100ms or 1h30m";
    }

    private static string OfBool(string text) => text.ToUpperInvariant() switch
    {
        "TRUE" or "YES" or "ON" or "1" or "ENABLED" => "write true, without quotes",
        "FALSE" or "NO" or "OFF" or "0" or "DISABLED" => "write false, without quotes",
        _ => "",
    };

    private static string OfNumber(YamlNode node) =>
        node.Scalar == ScalarKind.String && PlainScalar.KindOf(node.Text) is ScalarKind.Integer or ScalarKind.Float
            ? $"leave the quotes out: {node.Text}"
            : "";

    /// <summary>Istio has small records where people write the value itself: <c>uri: /a</c>, <c>port: 80</c>,
    /// <c>percentage: 5</c>.</summary>
    private static string OfRecord(YamlNode node, Shape record)
    {
        if (record.Find("exact") is not null && record.Find("regex") is not null)
            return $"say how it is compared: {{exact: {OneLine(node.Text)}}}, or prefix or regex";
        var fits = record.Fields.OrderBy(field => field.Index).Where(field => Takes(field, node)).ToArray();
        var choices = fits.Where(field => field.Shape.Value.Kind == ShapeKind.Choice).ToArray();
        if (choices.Length == 1) fits = choices;
        return fits.Length switch
        {
            0 => "",
            1 => $"write {{{fits[0].Name}: {OneLine(node.Text)}}}",
            _ => $"write its fields, such as {fits[0].Name}: {OneLine(node.Text)}",
        };
    }

    private static bool Takes(Field field, YamlNode node) =>
        field.Shape.Value.Kind is not (ShapeKind.Record or ShapeKind.List or ShapeKind.Map)
        && ScalarBinder.Fits(node, field.Shape.Value);

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
