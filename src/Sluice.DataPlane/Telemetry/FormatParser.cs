using System.Buffers;
using System.Globalization;
using System.Text;

namespace Sluice.DataPlane.Telemetry;

/// <summary>Reads formats: <c>%COMMAND(argument):LENGTH%</c> among literal text, in which <c>%%</c> stands for a percent sign.</summary>
internal static class FormatParser
{
    private static readonly SearchValues<char> CommandCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

    /// <summary>The parts of a format, or null and a reason.</summary>
    /// <param name="format">The text as it was written.</param>
    /// <param name="unsupported">Collects operators that never have a value here.</param>
    /// <param name="reason">What is wrong, or null.</param>
    public static FormatPart[]? Parse(string format, List<string> unsupported, out string? reason)
    {
        var parts = new List<FormatPart>();
        var literal = new StringBuilder();
        reason = null;
        for (var position = 0; position < format.Length;)
        {
            if (format[position] != '%')
            {
                literal.Append(format[position++]);
                continue;
            }
            if (format.AsSpan(position).StartsWith("%%"))
            {
                literal.Append('%');
                position += 2;
                continue;
            }
            if (!TryReadCommand(format, ref position, out var command))
            {
                reason = $"a percent sign must be doubled, or begin an operator such as %PROTOCOL%: {format[position..]}";
                return null;
            }
            Flush(parts, literal);
            if (FormatCommands.Resolve(command, unsupported, out reason) is not { } part)
                return null;
            parts.Add(part);
        }
        Flush(parts, literal);
        return [.. parts];
    }

    private static void Flush(List<FormatPart> parts, StringBuilder literal)
    {
        if (literal.Length > 0)
            parts.Add(new FormatPart(WireText.From(literal.ToString()), null, IsNumber: false));
        literal.Clear();
    }

    // An argument may hold anything but what ends it: a closing bracket before a length or the final percent sign.
    private static bool TryReadCommand(string format, ref int position, out FormatCommand command)
    {
        command = default;
        var rest = format.AsSpan(position + 1);
        var nameLength = rest.IndexOfAnyExcept(CommandCharacters);
        if (nameLength <= 0)
            return false;
        string? argument = null;
        var tail = rest[nameLength..];
        if (tail[0] == '(')
        {
            var end = 0;
            do
            {
                var next = tail[(end + 1)..].IndexOf(')');
                if (next < 0)
                    return false;
                end += next + 1;
            }
            while (!TryReadEnd(tail[(end + 1)..], out _, out _));
            argument = tail[1..end].ToString();
            tail = tail[(end + 1)..];
        }
        if (!TryReadEnd(tail, out var length, out var consumed))
            return false;
        command = new FormatCommand(rest[..nameLength].ToString(), argument, length);
        position = format.Length - tail.Length + consumed;
        return true;
    }

    private static bool TryReadEnd(ReadOnlySpan<char> tail, out int? length, out int consumed)
    {
        length = null;
        consumed = 1;
        if (tail is ['%', ..])
            return true;
        var digits = tail is [':', ..] ? tail[1..].IndexOf('%') : -1;
        if (digits <= 0 || !int.TryParse(tail.Slice(1, digits), NumberStyles.None, CultureInfo.InvariantCulture, out var parsed))
            return false;
        length = parsed;
        consumed = digits + 2;
        return true;
    }
}

/// <summary>An operator as it was written.</summary>
/// <param name="Name">Such as <c>REQ</c>.</param>
/// <param name="Argument">What is in the brackets; null without them.</param>
/// <param name="Length">Bound on the length of the value, in bytes; null without one.</param>
internal readonly record struct FormatCommand(string Name, string? Argument, int? Length);
