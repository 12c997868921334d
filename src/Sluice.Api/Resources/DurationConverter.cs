using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sluice.Api.Resources;

/// <summary>Durations as Istio's files hold them: protobuf's <c>1.5s</c>, and Go's <c>1h30m</c>, <c>100ms</c>, <c>-2us</c>.
/// They are written back in protobuf's form.</summary>
public sealed class DurationConverter : JsonConverter<TimeSpan>
{
    private const int MaxLength = 64;

    /// <inheritdoc />
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String && Duration.TryParse(reader.GetString(), out var value)) return value;
        throw new JsonException("not a duration");
    }

    /// <inheritdoc />
    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options)
    {
        Span<char> text = stackalloc char[MaxLength];
        var seconds = (decimal)value.Ticks / TimeSpan.TicksPerSecond;
        seconds.TryFormat(text[..^1], out var length, "0.#######", CultureInfo.InvariantCulture);
        text[length++] = 's';
        writer.WriteStringValue(text[..length]);
    }
}
