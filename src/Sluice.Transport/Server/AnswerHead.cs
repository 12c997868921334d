using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Sluice.Transport.Server;

/// <summary>Writes the heads of answers, and the sizes of chunks: names in lower case, values byte for byte.</summary>
internal static class AnswerHead
{
    // Status line, date, length, and what the connection adds.
    private const int Overhead = 192;

    private static readonly byte[]?[] StatusLines = new byte[]?[600];

    [ThreadStatic]
    private static byte[]? _date;

    [ThreadStatic]
    private static long _dateSecond;

    /// <summary>Writes the head of a final answer.</summary>
    /// <param name="output">Where it goes; nothing is written on an exception.</param>
    /// <param name="status">Status, 100 to 999.</param>
    /// <param name="reason">Reason phrase; null for the usual one.</param>
    /// <param name="fields">Header fields; those that frame the message and manage the connection are left out but for an upgrade's.</param>
    /// <param name="coding">The line of the transfer coding, if there is one.</param>
    /// <param name="persistence">The line that says what becomes of the connection, if one does.</param>
    /// <exception cref="InvalidOperationException">A field has something in it that must not be in a head.</exception>
    public static void Write(
        PipeWriter output, int status, string? reason, FieldList fields, ReadOnlySpan<byte> coding, ReadOnlySpan<byte> persistence)
    {
        var size = Overhead + (reason?.Length ?? 0);
        for (var i = 0; i < fields.Count; i++)
        {
            if (fields.IsNumberAt(i))
                continue;
            foreach (var value in fields.ValuesAt(i))
                size += fields.NameAt(i).Length + (value?.Length ?? 0) + 4;
        }
        var room = output.GetSpan(size);
        var end = WriteStatusLine(room, status, reason);
        var isUpgrade = status == StatusCodes.Status101SwitchingProtocols;
        var hasDate = false;
        for (var i = 0; i < fields.Count; i++)
        {
            var name = fields.NameAt(i);
            if (!isUpgrade && IsTheConnections(name))
                continue;
            if (fields.IsNumberAt(i))
            {
                end += WriteLength(room[end..], fields.ContentLength!.Value);
                continue;
            }
            hasDate |= name.Length == 4 && name.Equals(HeaderNames.Date, StringComparison.OrdinalIgnoreCase);
            foreach (var value in fields.ValuesAt(i))
                end += WriteField(room[end..], name, value ?? "");
        }
        if (!hasDate)
            end += Append(room[end..], Date());
        end += Append(room[end..], coding);
        end += Append(room[end..], persistence);
        end += Append(room[end..], "\r\n"u8);
        output.Advance(end);
    }

    /// <summary>Writes an interim answer.</summary>
    public static void WriteInterim(PipeWriter output, int status, IHeaderDictionary? fields)
    {
        var size = Overhead;
        foreach (var (name, values) in fields ?? EmptyFields)
        {
            foreach (var value in values)
                size += name.Length + (value?.Length ?? 0) + 4;
        }
        var room = output.GetSpan(size);
        var end = WriteStatusLine(room, status, reason: null);
        foreach (var (name, values) in fields ?? EmptyFields)
        {
            foreach (var value in values)
                end += WriteField(room[end..], name, value ?? "");
        }
        end += Append(room[end..], "\r\n"u8);
        output.Advance(end);
    }

    /// <summary>Writes four digits and a line end: a chunk's room is given before its size is known.</summary>
    public static void WriteChunkSize(Span<byte> room, int size)
    {
        Utf8Formatter.TryFormat(size, room, out _, new StandardFormat('x', 4));
        room[4] = (byte)'\r';
        room[5] = (byte)'\n';
    }

    private static readonly HeaderDictionary EmptyFields = new();

    private static int WriteStatusLine(Span<byte> room, int status, string? reason)
    {
        if (reason is not null || status >= StatusLines.Length)
            return Append(room, Encoding.Latin1.GetBytes($"HTTP/1.1 {status.ToString(CultureInfo.InvariantCulture)} {reason}\r\n"));
        var line = StatusLines[status] ??= Encoding.ASCII.GetBytes(
            $"HTTP/1.1 {status.ToString(CultureInfo.InvariantCulture)} {ReasonPhrases.GetReasonPhrase(status)}\r\n");
        return Append(room, line);
    }

    private static int WriteLength(Span<byte> room, long length)
    {
        var name = "content-length: "u8;
        name.CopyTo(room);
        Utf8Formatter.TryFormat(length, room[name.Length..], out var digits);
        return name.Length + digits + Append(room[(name.Length + digits)..], "\r\n"u8);
    }

    private static int WriteField(Span<byte> room, string name, string value)
    {
        Ascii.ToLower(name, room, out var length);
        if (length != name.Length)
            throw new InvalidOperationException("A field of the answer has a name beyond ASCII.");
        room[length++] = (byte)':';
        room[length++] = (byte)' ';
        var written = room.Slice(length, Encoding.Latin1.GetBytes(value, room[length..]));
        if (written.ContainsAny((byte)'\r', (byte)'\n', (byte)0))
            throw new InvalidOperationException($"Field {name} of the answer has CR, LF or NUL in its value.");
        length += written.Length;
        room[length++] = (byte)'\r';
        room[length++] = (byte)'\n';
        return length;
    }

    /// <summary>Whether the field is one that the connection writes itself.</summary>
    private static bool IsTheConnections(string name) => name.Length switch
    {
        10 => name.Equals(HeaderNames.Connection, StringComparison.OrdinalIgnoreCase) || name.Equals(HeaderNames.KeepAlive, StringComparison.OrdinalIgnoreCase),
        17 => name.Equals(HeaderNames.TransferEncoding, StringComparison.OrdinalIgnoreCase),
        _ => false,
    };

    private static byte[] Date()
    {
        // A coarse clock is enough to know that the second is the same.
        var second = Environment.TickCount64 / 1000;
        if (_date is null || second != _dateSecond)
        {
            _dateSecond = second;
            _date = Encoding.ASCII.GetBytes($"date: {HeaderUtilities.FormatDate(TimeProvider.System.GetUtcNow())}\r\n");
        }
        return _date;
    }

    private static int Append(Span<byte> room, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(room);
        return bytes.Length;
    }
}
