using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Sluice.Api.Kubernetes;
using Sluice.Api.Resources;

namespace Sluice.ControlPlane.Sources.Schema;

/// <summary>What may be written in a place.</summary>
internal enum ShapeKind
{
    Record,
    List,
    Map,
    Text,
    Bool,
    Number,
    Duration,
    Choice,
    Bytes,
    NumberOrText,
    Anything,
}

/// <summary>A field of a record.</summary>
/// <param name="Name">Name as it is written.</param>
/// <param name="Index">Its place among the fields of the record.</param>
/// <param name="Shape">What may be written in it.</param>
internal sealed record Field(string Name, int Index, Lazy<Shape> Shape);

/// <summary>What may be written for a type of <c>Sluice.Api</c>, taken from its JSON metadata: the fields of a record, the
/// elements of lists and maps, the names of an enum, the range of a number.</summary>
internal sealed class Shape
{
    /// <summary>Two of Istio's fields may also be written as in protobuf; the custom resource definitions list both
    /// forms.</summary>
    private static readonly FrozenDictionary<string, string> Aliases = new Dictionary<string, string>
    {
        ["mirror_percent"] = "mirrorPercent",
        ["jwks_uri"] = "jwksUri",
    }.ToFrozenDictionary();

    private static readonly ConcurrentDictionary<Type, Shape> Known = new();

    private readonly FrozenDictionary<string, Field> _fields;

    private Shape(ShapeKind kind, IEnumerable<Field>? fields = null)
    {
        Kind = kind;
        _fields = (fields ?? []).ToFrozenDictionary(field => field.Name);
    }

    /// <summary>The kind.</summary>
    public ShapeKind Kind { get; }

    /// <summary>Fields of a record.</summary>
    public IEnumerable<Field> Fields => _fields.Values;

    /// <summary>What may be written for each element of a list or map.</summary>
    public Lazy<Shape>? Element { get; private init; }

    /// <summary>The values of an enum as they are written.</summary>
    public IReadOnlyList<string> Choices { get; private init; } = [];

    /// <summary>Whether a number must be whole.</summary>
    public bool IsWhole { get; private init; }

    /// <summary>Least value of a whole number.</summary>
    public decimal Min { get; private init; }

    /// <summary>Greatest value of a whole number.</summary>
    public decimal Max { get; private init; }

    /// <summary>The shape of a type that <see cref="ApiJson"/> describes.</summary>
    public static Shape Of(Type type) => Known.GetOrAdd(Nullable.GetUnderlyingType(type) ?? type, Create);

    /// <summary>The field of this name, also when it is written as in protobuf and Istio takes that.</summary>
    public Field? Find(string name)
    {
        if (_fields.TryGetValue(name, out var field)) return field;
        return Aliases.TryGetValue(name, out var alias) ? _fields.GetValueOrDefault(alias) : null;
    }

    private static Shape Create(Type type)
    {
        if (type == typeof(string)) return new Shape(ShapeKind.Text);
        if (type == typeof(bool)) return new Shape(ShapeKind.Bool);
        if (type == typeof(int)) return Whole(int.MinValue, int.MaxValue);
        if (type == typeof(uint)) return Whole(uint.MinValue, uint.MaxValue);
        if (type == typeof(ulong)) return Whole(ulong.MinValue, ulong.MaxValue);
        if (type == typeof(double)) return new Shape(ShapeKind.Number);
        if (type == typeof(TimeSpan)) return new Shape(ShapeKind.Duration);
        if (type == typeof(ReadOnlyMemory<byte>)) return new Shape(ShapeKind.Bytes);
        if (type == typeof(IntOrString)) return new Shape(ShapeKind.NumberOrText);
        if (type == typeof(JsonElement)) return new Shape(ShapeKind.Anything);

        var info = ApiJson.Default.GetTypeInfo(type) ?? throw new NotSupportedException($"no JSON metadata for {type}");
        if (type.IsEnum) return new Shape(ShapeKind.Choice) { Choices = NamesOf(type, info) };
        return info.Kind switch
        {
            JsonTypeInfoKind.Object => new Shape(ShapeKind.Record, FieldsOf(info)),
            JsonTypeInfoKind.Enumerable => new Shape(ShapeKind.List) { Element = Later(info.ElementType!) },
            JsonTypeInfoKind.Dictionary => new Shape(ShapeKind.Map) { Element = Later(info.ElementType!) },
            _ => throw new NotSupportedException($"no way to read {type}"),
        };
    }

    private static Shape Whole(decimal min, decimal max) => new(ShapeKind.Number) { IsWhole = true, Min = min, Max = max };

    private static IEnumerable<Field> FieldsOf(JsonTypeInfo info) =>
        info.Properties.Select((property, index) => new Field(property.Name, index, Later(property.PropertyType)));

    /// <summary>Shapes refer to each other, so each is made when it is first needed.</summary>
    private static Lazy<Shape> Later(Type type) => new(() => Of(type));

    private static string[] NamesOf(Type type, JsonTypeInfo info)
    {
        var values = Enum.GetValuesAsUnderlyingType(type);
        var names = new string[values.Length];
        for (var i = 0; i < names.Length; i++)
        {
            var json = JsonSerializer.SerializeToUtf8Bytes(Enum.ToObject(type, values.GetValue(i)!), info);
            names[i] = System.Text.Encoding.UTF8.GetString(json.AsSpan(1, json.Length - 2));
        }

        return names;
    }
}
