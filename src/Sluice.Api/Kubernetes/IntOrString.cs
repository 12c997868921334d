using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sluice.Api.Kubernetes;

/// <summary>A port by number or by name, as <c>targetPort</c> holds it.</summary>
/// <param name="Number">The number, or 0 when it is a name.</param>
/// <param name="Name">The name, or null when it is a number.</param>
[JsonConverter(typeof(IntOrStringConverter))]
public readonly record struct IntOrString(int Number, string? Name)
{
    /// <summary>Whether it is a name.</summary>
    public bool IsName => Name is not null;

    /// <inheritdoc />
    public override string ToString() => Name ?? Number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>Reads and writes <see cref="IntOrString"/>: a JSON number or string.</summary>
public sealed class IntOrStringConverter : JsonConverter<IntOrString>
{
    /// <inheritdoc />
    public override IntOrString Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Number
            ? new IntOrString(reader.GetInt32(), null)
            : new IntOrString(0, reader.GetString());

    /// <inheritdoc />
    public override void Write(Utf8JsonWriter writer, IntOrString value, JsonSerializerOptions options)
    {
        if (value.Name is { } name) writer.WriteStringValue(name);
        else writer.WriteNumberValue(value.Number);
    }
}
