namespace Sluice.ControlPlane.Validation.Checks;

/// <summary>Values of headers, in which <c>%COMMAND(args)%</c> is replaced and <c>%%</c> is a percent sign.</summary>
internal static class HeaderValues
{
    /// <summary>Checks a value that is set or added.</summary>
    public static void Check(Field at, string? value)
    {
        if (string.IsNullOrEmpty(value)) return;
        foreach (var c in value)
        {
            if (c is '\t' or (>= ' ' and not '\x7f')) continue;
            at.Error(Codes.HeaderValue, $"{at.Path} holds a control character");
            return;
        }

        if (Problem(value) is { } problem)
            at.Error(Codes.HeaderValue, $"{at.Path} {problem}", "a percent sign by itself is written %%");
    }

    private static string? Problem(ReadOnlySpan<char> value)
    {
        while (value.IndexOf('%') is >= 0 and var start)
        {
            value = value[(start + 1)..];
            if (value.IsEmpty) return "ends in a single percent sign";
            if (value[0] == '%')
            {
                value = value[1..];
                continue;
            }

            var end = value.IndexOfAny('%', '(');
            if (end >= 0 && value[end] == '(')
            {
                var close = value.IndexOf(')');
                if (close < 0) return "has a command whose parenthesis stays open";
                end = close + value[close..].IndexOf('%');
                if (end < close) return "has a command that does not end in a percent sign";
                if (!IsLimit(value[(close + 1)..end]))
                    return "has text between a command's parenthesis and its closing percent sign";
            }

            if (end < 0) return "has a percent sign that begins no command";
            value = value[(end + 1)..];
        }

        return null;
    }

    /// <summary>Whether the text is nothing, or the length to cut the value at (<c>:10</c>).</summary>
    private static bool IsLimit(ReadOnlySpan<char> text)
    {
        text = text.Trim(' ');
        return text.IsEmpty || (text is [':', _, ..] && !text[1..].ContainsAnyExceptInRange('0', '9'));
    }
}
