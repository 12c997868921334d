using System.Buffers.Text;
using System.Text;

namespace Sluice.Transport.Http1;

/// <summary>The head of an HTTP/1.1 answer: status, header fields, and how the body is framed. One object serves all answers of a
/// connection, one after the other: where an answer repeats the bytes of the one before, its strings are taken over.</summary>
public sealed class ResponseHead
{
    private Field[] _fields = new Field[16];
    private byte[] _previous = [];
    private int _previousCount;

    /// <summary>Minor version: 0 or 1.</summary>
    public int MinorVersion { get; private set; }

    /// <summary>Status, 100 to 999.</summary>
    public int Status { get; private set; }

    /// <summary>Reason phrase; empty when there is none.</summary>
    public string Reason { get; private set; } = "";

    /// <summary>Header fields in the order of arrival, names in lower case, the framing and hop-by-hop ones included.</summary>
    public ReadOnlySpan<Field> Fields => _fields.AsSpan(0, Count);

    /// <summary>Number of header fields.</summary>
    public int Count { get; private set; }

    /// <summary>Declared length of the body in bytes; null when none is declared.</summary>
    public long? ContentLength { get; private set; }

    /// <summary>Whether the body comes in chunks.</summary>
    public bool Chunked { get; private set; }

    /// <summary>Whether the upstream will close the connection behind this answer.</summary>
    public bool Close { get; private set; }

    /// <summary>Whether header fields are named by Connection, beyond <c>close</c> and <c>keep-alive</c>; they must not be forwarded.</summary>
    public bool NamesHopByHop { get; private set; }

    /// <summary>One header field.</summary>
    /// <param name="Name">Lower case.</param>
    /// <param name="Value">Without surrounding white space; bytes beyond ASCII as Latin-1.</param>
    public readonly record struct Field(string Name, string Value)
    {
        internal int NameStart { get; init; }

        internal int ValueStart { get; init; }

        internal int ValueLength { get; init; }
    }

    /// <summary>Reads a complete head.</summary>
    /// <param name="head">From the status line to the empty line, both with CRLF.</param>
    /// <returns>Null, or what is wrong with it as a sentence without a full stop.</returns>
    internal string? Parse(ReadOnlySpan<byte> head)
    {
        ContentLength = null;
        Chunked = false;
        NamesHopByHop = false;
        var previousCount = _previousCount;
        Count = 0;
        _previousCount = 0;

        var lineEnd = head.IndexOf("\r\n"u8);
        if (ParseStatusLine(head[..lineEnd]) is { } wrong)
            return wrong;
        Close = MinorVersion == 0;

        var position = lineEnd + 2;
        while (!head[position..].StartsWith("\r\n"u8))
        {
            var line = head[position..];
            line = line[..line.IndexOf("\r\n"u8)];
            if (Count == ResponseLimits.FieldCount)
                return $"more than {ResponseLimits.FieldCount} header fields";
            wrong = ParseField(head, line, position, Count < previousCount);
            if (wrong is not null)
                return wrong;
            position += line.Length + 2;
        }

        Remember(head);
        return Chunked && ContentLength is not null ? "both Content-Length and Transfer-Encoding" : null;
    }

    /// <summary>Says why bytes can't be the beginning of a head, however it goes on; null while they can.</summary>
    /// <param name="beginning">What has come of it, without its empty line.</param>
    internal static string? RefuteBeginning(ReadOnlySpan<byte> beginning)
    {
        var prefix = "HTTP/1."u8;
        if (!beginning.StartsWith(prefix[..Math.Min(prefix.Length, beginning.Length)]))
            return "no HTTP/1.1 status line";
        for (var rest = beginning; rest.IndexOf((byte)'\n') is >= 0 and var at; rest = rest[(at + 1)..])
        {
            if (at == 0 || rest[at - 1] != '\r')
                return "a line that ends without CR";
        }
        return null;
    }

    private string? ParseStatusLine(ReadOnlySpan<byte> line)
    {
        // HTTP/1.1 200 OK; the reason may be empty, and careless servers leave out the space before it, too.
        if (line.Length < 12 || !line.StartsWith("HTTP/1."u8) || line[7] is not ((byte)'0' or (byte)'1') || line[8] != ' ')
            return "no HTTP/1.1 status line";
        if (!Utf8Parser.TryParse(line.Slice(9, 3), out int status, out var digits) || digits != 3 || status < 100)
            return "no valid status code";
        if (line.Length > 12 && line[12] != ' ')
            return "no valid status code";
        if (line[12..].IndexOfAnyInRange((byte)0, (byte)0x08) >= 0 || line.Contains((byte)'\n') || line.Contains((byte)'\r'))
            return "control characters in the status line";
        MinorVersion = line[7] - '0';
        var reason = line[Math.Min(13, line.Length)..];
        if (!Ascii.Equals(reason, Reason))
            Reason = Encoding.Latin1.GetString(reason);
        Status = status;
        return null;
    }

    private string? ParseField(ReadOnlySpan<byte> head, ReadOnlySpan<byte> line, int position, bool hasPrevious)
    {
        var colon = line.IndexOf((byte)':');
        if (colon <= 0 || line[..colon].ContainsAnyExcept(Tokens.Characters))
            return "a header field without a valid name";
        var value = line[(colon + 1)..];
        var trimmed = value.TrimStart(" \t"u8);
        var valueStart = position + colon + 1 + (value.Length - trimmed.Length);
        trimmed = trimmed.TrimEnd(" \t"u8);
        if (trimmed.ContainsAny(Tokens.ForbiddenInValues))
            return "control characters in a header field";

        if (Count == _fields.Length)
            Array.Resize(ref _fields, _fields.Length * 2);
        ref var field = ref _fields[Count];
        if (!hasPrevious || !SameAsPrevious(field, line[..colon], trimmed))
            field = new Field(FieldNames.Get(line[..colon]), Encoding.Latin1.GetString(trimmed));
        field = field with { NameStart = position, ValueStart = valueStart, ValueLength = trimmed.Length };
        Count++;
        return ReadFraming(field);
    }

    private bool SameAsPrevious(in Field field, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) =>
        field.Name.Length == name.Length && field.ValueLength == value.Length
        && _previous.AsSpan(field.NameStart, name.Length).SequenceEqual(name)
        && _previous.AsSpan(field.ValueStart, value.Length).SequenceEqual(value);

    private string? ReadFraming(in Field field)
    {
        switch (field.Name)
        {
            case "content-length":
                // "5, 5" and repeated equal lines are one length (RFC 9110 §8.6); anything else is ambiguous.
                foreach (var range in field.Value.AsSpan().Split(','))
                {
                    if (!TryParseLength(field.Value.AsSpan(range).Trim(), out var length) || (ContentLength ?? length) != length)
                        return "no valid Content-Length";
                    ContentLength = length;
                }
                return null;
            case "transfer-encoding":
                if (Chunked || !field.Value.Equals("chunked", StringComparison.OrdinalIgnoreCase))
                    return "a Transfer-Encoding other than chunked";
                if (MinorVersion == 0)
                    return "Transfer-Encoding in an HTTP/1.0 answer";
                Chunked = true;
                return null;
            case "connection":
                foreach (var range in field.Value.AsSpan().Split(','))
                {
                    var token = field.Value.AsSpan(range).Trim();
                    if (token.Equals("close", StringComparison.OrdinalIgnoreCase))
                        Close = true;
                    else if (token.Equals("keep-alive", StringComparison.OrdinalIgnoreCase))
                        Close &= MinorVersion != 0;
                    else if (!token.IsEmpty)
                        NamesHopByHop = true;
                }
                return null;
            default:
                return null;
        }
    }

    private static bool TryParseLength(ReadOnlySpan<char> text, out long length)
    {
        length = 0;
        // At most 18 digits, so that it can't overflow; signs and spaces are not digits.
        return text.Length is > 0 and <= 18 && !text.ContainsAnyExceptInRange('0', '9') && long.TryParse(text, out length);
    }

    private void Remember(ReadOnlySpan<byte> head)
    {
        if (_previous.Length < head.Length)
            _previous = new byte[head.Length];
        head.CopyTo(_previous);
        _previousCount = Count;
    }
}
