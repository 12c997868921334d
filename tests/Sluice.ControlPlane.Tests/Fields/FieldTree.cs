using System.Text.Json.Serialization.Metadata;
using Sluice.Api.Resources;
using Sluice.ControlPlane.Sources;

namespace Sluice.ControlPlane.Tests.Fields;

/// <summary>A field where it may be written.</summary>
/// <param name="Path">The way to it: <c>spec.http[].retries.attempts</c>. Brackets stand for any index or key.</param>
/// <param name="Record">The record that has it.</param>
/// <param name="Name">Its name.</param>
/// <param name="Type">What may be written in it; of a list or map, what its elements are.</param>
/// <param name="Many">What it has many of: <c>list</c>, <c>map</c>, or nothing.</param>
/// <param name="IsMessage">Whether it holds records, whose fields are fields of their own.</param>
internal sealed record FieldPlace(string Path, Type Record, string Name, Type Type, string Many, bool IsMessage)
{
    /// <summary>The way to the records that it holds.</summary>
    public string Content => Many.Length > 0 ? $"{Path}[]" : Path;
}

/// <summary>All fields of a kind, by the metadata with which files are read.</summary>
internal static class FieldTree
{
    /// <summary>The fields below <c>spec</c>, each message before its own.</summary>
    public static List<FieldPlace> Of(JsonTypeInfo spec)
    {
        var places = new List<FieldPlace>();
        Walk(spec, "spec", places);
        return places;
    }

    /// <summary>The way to a field without indices and keys: <c>spec.http[0].match[1].headers[x-a].exact</c> becomes
    /// <c>spec.http[].match[].headers[].exact</c>.</summary>
    public static string Generic(string path)
    {
        var generic = new List<string>();
        var rest = path.AsSpan();
        while (!rest.IsEmpty)
        {
            var isElement = rest[0] == '[';
            if (!FieldPath.TryTakeStep(ref rest, out var step))
                throw new FormatException($"{path} is no path of a field");
            generic.Add(isElement ? "[]" : generic.Count == 0 ? step.ToString() : $".{step}");
        }
        return string.Concat(generic);
    }

    private static void Walk(JsonTypeInfo record, string path, List<FieldPlace> places)
    {
        foreach (var property in record.Properties)
        {
            var (type, many) = ElementOf(property.PropertyType);
            var message = MessageOf(type);
            var place = new FieldPlace($"{path}.{property.Name}", record.Type, property.Name, type, many, message is not null);
            places.Add(place);
            if (message is not null)
                Walk(message, place.Content, places);
        }
    }

    private static (Type Type, string Many) ElementOf(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string) || type == typeof(ReadOnlyMemory<byte>))
            return (type, "");
        var info = ApiJson.Default.GetTypeInfo(type);
        return info?.Kind switch
        {
            JsonTypeInfoKind.Enumerable => (info.ElementType!, "list"),
            JsonTypeInfoKind.Dictionary => (info.ElementType!, "map"),
            _ => (type, ""),
        };
    }

    private static JsonTypeInfo? MessageOf(Type type) =>
        ApiJson.Default.GetTypeInfo(type) is { Kind: JsonTypeInfoKind.Object } info ? info : null;
}
