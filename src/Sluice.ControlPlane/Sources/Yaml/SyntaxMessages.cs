using YamlDotNet.Core;

namespace Sluice.ControlPlane.Sources.Yaml;

/// <summary>Says in the words of someone who writes configuration what the scanner says in its own.</summary>
internal static class SyntaxMessages
{
    private const string CheckIndentation = "check the indentation of this line and of those above it";

    /// <summary>The same error with a message to act on. What is wrong with brackets is said where the innermost one
    /// begins.</summary>
    public static YamlSyntaxException Explain(
        YamlException error, string text, Stack<Mark> openBrackets, int lineOffset, int columnOffset)
    {
        var start = error.Start;
        if (error.Message.Contains("a flow ", StringComparison.Ordinal) && openBrackets.TryPeek(out var bracket)) start = bracket;
        var (line, column) = ((int)start.Line, (int)start.Column);
        if (error.Message.Contains("invalid tab", StringComparison.Ordinal)) (line, column) = FindTab(text, line);
        var (message, hint) = Describe(error.Message, CharAt(text, line, column));
        return new YamlSyntaxException(line + lineOffset, column + columnOffset, message, hint);
    }

    private static (string Message, string Hint) Describe(string message, char at)
    {
        bool Says(string part) => message.Contains(part, StringComparison.Ordinal);

        if (Says("invalid tab") || (Says("cannot start any token") && at == '\t'))
            return ("a tab in the indentation", "indent with spaces");
        if (Says("cannot start any token")) return ($"an unquoted value can't begin with \"{at}\"", "put the value in quotes");
        if (Says("anchor or alias"))
            return ($"\"{at}\" at the beginning of a value has a meaning of its own in YAML", $"put it in quotes: \"{at}\"");
        if (Says("multiline plain scalar")) return ("a key where the value above is still going on", CheckIndentation);
        if (Says("invalid mapping")) return ("\": \" in an unquoted value", "put the value in quotes");
        if (Says("quoted scalar") && Says("end of stream")) return ("a quote begins here that is never closed", "");
        if (Says("surrogates")) return ("an escape for half a character", "write both halves, or the character itself");
        if (Says("flow sequence")) return ("the \"[\" that begins here lacks a \",\" or its \"]\"", "");
        if (Says("flow mapping")) return ("the \"{\" that begins here lacks a \",\" or its \"}\"", "");
        if (Says("'-' indicator")) return ("a line that fits neither the list above nor what is around it", CheckIndentation);
        if (Says("expected key")) return ("a line that fits neither the map above nor what is around it", CheckIndentation);
        if (Says("document end") || Says("document start"))
            return ("the document is over, but more follows", "separate documents with a line \"---\"");
        return ("not valid YAML: " + char.ToLowerInvariant(message[0]) + message[1..].TrimEnd('.'), "");
    }

    /// <summary>The first tab in the indentation of a line, from the given line on.</summary>
    private static (int Line, int Column) FindTab(string text, int from)
    {
        var line = 0;
        foreach (var content in text.AsSpan().EnumerateLines())
        {
            line++;
            if (line < from) continue;
            var indentation = content[..(content.Length - content.TrimStart(" \t").Length)];
            var tab = indentation.IndexOf('\t');
            if (tab >= 0 && indentation.Length < content.Length) return (line, tab + 1);
        }

        return (from, 1);
    }

    private static char CharAt(string text, int line, int column)
    {
        var current = 0;
        foreach (var content in text.AsSpan().EnumerateLines())
        {
            if (++current == line) return column <= content.Length ? content[column - 1] : ' ';
        }

        return ' ';
    }
}
