using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sluice.Api.Resources;

/// <summary>Reads strings through <see cref="StringPool"/>, values and the keys of maps alike.</summary>
public sealed class PooledStringConverter : JsonConverter<string>
{
    /// <inheritdoc />
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName)) throw new JsonException("not a string");
        return reader.ValueIsEscaped || reader.HasValueSequence ? reader.GetString() : StringPool.Shared.Get(reader.ValueSpan);
    }

    /// <inheritdoc />
    public override string ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Read(ref reader, typeToConvert, options)!;

    /// <inheritdoc />
    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value);

    /// <inheritdoc />
    public override void WriteAsPropertyName(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
        writer.WritePropertyName(value);
}
