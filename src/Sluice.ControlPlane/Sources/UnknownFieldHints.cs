using Sluice.ControlPlane.Sources.Schema;

namespace Sluice.ControlPlane.Sources;

/// <summary>Says what an unknown field was probably meant to be: a field one level up or down, or one whose name is
/// near.</summary>
internal static class UnknownFieldHints
{
    private const int MaxPlaces = 3;

    /// <summary>The hint; empty when there is nothing to guess.</summary>
    public static string Of(string name, Shape record, EnclosingRecord? around, FieldPath path)
    {
        var inside = record.Fields.OrderBy(field => field.Index)
            .Where(field => RecordIn(field)?.Find(name) is not null).ToArray();
        if (inside.Length is > 0 and <= MaxPlaces)
            return $"it belongs in {Either([.. inside.Select(field => $"\"{field.Name}\"")])}";
        if (around is { } outer && outer.Shape.Find(name) is not null)
            return outer.Depth == 0 ? "it belongs at the top of the object" : $"it belongs in {path.ToString(outer.Depth)}";
        if (Suggestion.Nearest(name, record.Fields.Select(field => field.Name)) is { } near) return $"did you mean \"{near}\"?";
        return inside.Length > MaxPlaces ? $"it belongs in a field such as \"{inside[0].Name}\"" : "";
    }

    private static Shape? RecordIn(Field field)
    {
        var shape = field.Shape.Value;
        if (shape.Kind is ShapeKind.List or ShapeKind.Map) shape = shape.Element!.Value;
        return shape.Kind == ShapeKind.Record ? shape : null;
    }

    private static string Either(string[] names) =>
        names.Length == 1 ? names[0] : $"{string.Join(", ", names[..^1])} or {names[^1]}";
}
