using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Sluice.DataPlane.Telemetry;

/// <summary>The form of access log lines (MeshConfig <c>accessLogFormat</c>, <c>accessLogEncoding</c>).</summary>
public sealed class AccessLogFormat
{
    private const string IstioText =
        "[%START_TIME%] \"%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%\" %RESPONSE_CODE% %RESPONSE_FLAGS% "
        + "%RESPONSE_CODE_DETAILS% %CONNECTION_TERMINATION_DETAILS% \"%UPSTREAM_TRANSPORT_FAILURE_REASON%\" %BYTES_RECEIVED% %BYTES_SENT% "
        + "%DURATION% %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% \"%REQ(X-FORWARDED-FOR)%\" \"%REQ(USER-AGENT)%\" \"%REQ(X-REQUEST-ID)%\" "
        + "\"%REQ(:AUTHORITY)%\" \"%UPSTREAM_HOST%\" %UPSTREAM_CLUSTER_RAW% %UPSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_LOCAL_ADDRESS% "
        + "%DOWNSTREAM_REMOTE_ADDRESS% %REQUESTED_SERVER_NAME% %ROUTE_NAME%\n";

    private const string IstioJson = """
        {"start_time":"%START_TIME%","route_name":"%ROUTE_NAME%","method":"%REQ(:METHOD)%","path":"%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%",
        "protocol":"%PROTOCOL%","response_code":"%RESPONSE_CODE%","response_flags":"%RESPONSE_FLAGS%",
        "response_code_details":"%RESPONSE_CODE_DETAILS%","connection_termination_details":"%CONNECTION_TERMINATION_DETAILS%",
        "bytes_received":"%BYTES_RECEIVED%","bytes_sent":"%BYTES_SENT%","duration":"%DURATION%",
        "upstream_service_time":"%RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)%","x_forwarded_for":"%REQ(X-FORWARDED-FOR)%",
        "user_agent":"%REQ(USER-AGENT)%","request_id":"%REQ(X-REQUEST-ID)%","authority":"%REQ(:AUTHORITY)%",
        "upstream_host":"%UPSTREAM_HOST%","upstream_cluster":"%UPSTREAM_CLUSTER_RAW%",
        "upstream_local_address":"%UPSTREAM_LOCAL_ADDRESS%","downstream_local_address":"%DOWNSTREAM_LOCAL_ADDRESS%",
        "downstream_remote_address":"%DOWNSTREAM_REMOTE_ADDRESS%","requested_server_name":"%REQUESTED_SERVER_NAME%",
        "upstream_transport_failure_reason":"%UPSTREAM_TRANSPORT_FAILURE_REASON%"}
        """;

    private readonly FormatString? _text;
    private readonly JsonField[] _fields;

    private AccessLogFormat(FormatString? text, JsonField[] fields) => (_text, _fields) = (text, fields);

    /// <summary>Istio's default, a line of text.</summary>
    public static AccessLogFormat DefaultText { get; } = MustParse(IstioText, isJson: false);

    /// <summary>Istio's default as a JSON object.</summary>
    public static AccessLogFormat DefaultJson { get; } = MustParse(IstioJson, isJson: true);

    /// <summary>Reads a format.</summary>
    /// <param name="format">Text with command operators, its line feed included; as JSON an object whose values are such texts, or objects.</param>
    /// <param name="isJson">Whether lines are JSON objects.</param>
    /// <param name="parsed">The format; null on failure.</param>
    /// <param name="reason">What is wrong, as a sentence without a full stop; null on success.</param>
    public static bool TryParse(
        string format, bool isJson, [NotNullWhen(true)] out AccessLogFormat? parsed, [NotNullWhen(false)] out string? reason)
    {
        parsed = null;
        if (!isJson)
        {
            if (FormatString.TryParse(format, out var text, out reason))
                parsed = new AccessLogFormat(text, []);
            return parsed is not null;
        }
        try
        {
            using var document = JsonDocument.Parse(format);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                reason = "it is not a JSON object";
                return false;
            }
            if (TryParseFields(document.RootElement, out var fields, out reason))
                parsed = new AccessLogFormat(null, fields);
            return parsed is not null;
        }
        catch (JsonException e)
        {
            reason = $"it is not JSON: {e.Message}";
            return false;
        }
    }

    /// <summary>Writes the line of a request, in UTF-8.</summary>
    public void Write(RequestInfo info, IBufferWriter<byte> output)
    {
        if (_text is not null)
        {
            _text.FormatLine(info, "-", output);
            return;
        }
        using (var json = new Utf8JsonWriter(output))
            WriteObject(info, _fields, json);
        output.Write("\n"u8);
    }

    private static void WriteObject(RequestInfo info, JsonField[] fields, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        foreach (var field in fields)
        {
            json.WritePropertyName(field.Name);
            if (field.Text is not null)
                field.Text.WriteJson(info, json);
            else
                WriteObject(info, field.Fields, json);
        }
        json.WriteEndObject();
    }

    private static bool TryParseFields(JsonElement element, out JsonField[] fields, [NotNullWhen(false)] out string? reason)
    {
        var found = new List<JsonField>();
        fields = [];
        foreach (var property in element.EnumerateObject())
        {
            var name = JsonEncodedText.Encode(property.Name);
            FormatString? text = null;
            JsonField[] inner = [];
            if (property.Value.ValueKind == JsonValueKind.Object)
            {
                if (!TryParseFields(property.Value, out inner, out reason))
                    return false;
            }
            else if (!FormatString.TryParse(TextOf(property.Value), out text, out reason))
            {
                reason = $"{property.Name}: {reason}";
                return false;
            }
            found.Add(new JsonField(name, text, inner));
        }
        reason = null;
        fields = [.. found];
        return true;
    }

    private static string TextOf(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText().Replace("%", "%%", StringComparison.Ordinal);

    private static AccessLogFormat MustParse(string format, bool isJson) =>
        TryParse(format, isJson, out var parsed, out var reason) ? parsed : throw new InvalidOperationException(reason);

    private sealed record JsonField(JsonEncodedText Name, FormatString? Text, JsonField[] Fields);
}
