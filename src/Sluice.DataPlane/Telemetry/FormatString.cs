using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace Sluice.DataPlane.Telemetry;

/// <summary>A text with Envoy's command operators (<c>%REQ(x-user?:authority):20%</c>, <c>%RESPONSE_CODE%</c>, <c>%%</c>), parsed once and filled
/// in for each request: access log lines and the values of header operations.</summary>
/// <remarks>https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage#command-operators. What is written is
/// <see cref="WireText"/>.</remarks>
public sealed class FormatString
{
    private const string UnsetInJson = "-";

    private readonly FormatPart[] _parts;

    private FormatString(FormatPart[] parts, IReadOnlyList<string> unsupported)
    {
        _parts = parts;
        Unsupported = unsupported;
        Literal = parts switch
        {
            [] => "",
            [{ Literal: { } literal }] => literal,
            _ => null,
        };
    }

    /// <summary>Operators that Envoy knows and that never have a value here; validation warns of them.</summary>
    public IReadOnlyList<string> Unsupported { get; }

    /// <summary>The text when it has no operators, so that it is the same for every request; else null.</summary>
    public string? Literal { get; }

    /// <summary>Reads a format.</summary>
    /// <param name="format">The text as it was written.</param>
    /// <param name="parsed">The format; null on failure.</param>
    /// <param name="reason">What is wrong with it, as a sentence without a full stop; null on success.</param>
    public static bool TryParse(
        string format, [NotNullWhen(true)] out FormatString? parsed, [NotNullWhen(false)] out string? reason)
    {
        var unsupported = new List<string>();
        parsed = FormatParser.Parse(format, unsupported, out reason) is { } parts ? new FormatString(parts, unsupported) : null;
        return reason is null;
    }

    /// <summary>The text for a request.</summary>
    /// <param name="info">Its facts.</param>
    /// <param name="whenUnset">Stands for operators without a value.</param>
    public string Format(RequestInfo info, string whenUnset)
    {
        if (Literal is not null)
            return Literal;
        var buffer = new FormatBuffer();
        Write(info, whenUnset, ref buffer);
        var text = buffer.Written.ToString();
        buffer.Dispose();
        return text;
    }

    /// <summary>Writes the text for a request as a line of a log, without making a string. What came from outside can't forge a line, nor end a
    /// quotation: quotes, backslashes and control characters in values become <c>\xNN</c>, as nginx writes them.</summary>
    /// <param name="info">Its facts.</param>
    /// <param name="whenUnset">Stands for operators without a value.</param>
    /// <param name="output">Takes the bytes.</param>
    public void FormatLine(RequestInfo info, string whenUnset, IBufferWriter<byte> output)
    {
        var buffer = new FormatBuffer();
        foreach (var part in _parts)
        {
            var start = buffer.Written.Length;
            if (part.Literal is not null)
                buffer.Append(part.Literal);
            else if (part.Write!(info, ref buffer))
                buffer.EscapeFrom(start);
            else
                buffer.Append(whenUnset);
        }
        var written = Encoding.Latin1.GetBytes(buffer.Written, output.GetSpan(buffer.Written.Length));
        output.Advance(written);
        buffer.Dispose();
    }

    /// <summary>Writes the text for a request as a JSON value: a single operator as a number where it is one, and as null without a value;
    /// anything else as a string.</summary>
    public void WriteJson(RequestInfo info, Utf8JsonWriter output)
    {
        var buffer = new FormatBuffer();
        if (_parts is not [{ Write: { } write } part])
        {
            Write(info, UnsetInJson, ref buffer);
            WriteString(buffer.Written, output);
        }
        else if (!write(info, ref buffer))
        {
            output.WriteNullValue();
        }
        else if (part.IsNumber)
        {
            output.WriteRawValue(buffer.Written);
        }
        else
        {
            WriteString(buffer.Written, output);
        }
        buffer.Dispose();
    }

    private void Write(RequestInfo info, string whenUnset, ref FormatBuffer buffer)
    {
        foreach (var part in _parts)
        {
            if (part.Literal is not null)
                buffer.Append(part.Literal);
            else if (!part.Write!(info, ref buffer))
                buffer.Append(whenUnset);
        }
    }

    private static void WriteString(ReadOnlySpan<char> wire, Utf8JsonWriter output)
    {
        if (Ascii.IsValid(wire))
        {
            output.WriteStringValue(wire);
            return;
        }
        var bytes = new byte[wire.Length];
        output.WriteStringValue(Encoding.UTF8.GetString(bytes, 0, Encoding.Latin1.GetBytes(wire, bytes)));
    }
}

/// <summary>Writes the value of an operator; false when it has none, and nothing was written.</summary>
internal delegate bool FormatWriter(RequestInfo info, ref FormatBuffer output);

/// <summary>A part of a format: a literal, or an operator.</summary>
/// <param name="Literal">Text; null for an operator.</param>
/// <param name="Write">Writes the operator's value; null for a literal.</param>
/// <param name="IsNumber">Whether the value is a number in JSON.</param>
internal sealed record FormatPart(string? Literal, FormatWriter? Write, bool IsNumber);
