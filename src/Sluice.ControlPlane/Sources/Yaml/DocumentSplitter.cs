namespace Sluice.ControlPlane.Sources.Yaml;

/// <summary>A part of a file that holds one document (or, around <c>...</c>, a few).</summary>
/// <param name="Text">Its text.</param>
/// <param name="Line">Lines of the file before it.</param>
internal readonly record struct DocumentText(string Text, int Line);

/// <summary>Cuts a file at its <c>---</c> lines, so that documents are read in parallel and one that is broken does not hide the
/// findings of the others.</summary>
internal static class DocumentSplitter
{
    /// <summary>The documents of a text; those with nothing but comments and blank lines are left out.</summary>
    public static List<DocumentText> Split(string text)
    {
        var documents = new List<DocumentText>();
        var (start, startLine, hasContent, hasDirective) = (0, 0, false, false);
        var (position, line) = (0, 0);
        while (position < text.Length)
        {
            var end = text.IndexOf('\n', position);
            end = end < 0 ? text.Length : end + 1;
            var content = text.AsSpan(position, end - position);
            // Directives stand before the separator of the document that they are for.
            if (IsSeparator(content) && !hasDirective)
            {
                if (hasContent) documents.Add(new DocumentText(text[start..position], startLine));
                (start, startLine, hasContent) = (position, line, HasContent(content[3..]));
            }
            else if (IsSeparator(content))
            {
                hasDirective = false;
            }
            else
            {
                var isDirective = content[0] == '%' && !hasContent;
                hasDirective |= isDirective;
                hasContent |= !isDirective && HasContent(content);
            }

            position = end;
            line++;
        }

        if (hasContent) documents.Add(new DocumentText(text[start..], startLine));
        return documents;
    }

    private static bool IsSeparator(ReadOnlySpan<char> line) =>
        line.StartsWith("---") && (line.Length == 3 || line[3] is ' ' or '\t' or '\r' or '\n');

    private static bool HasContent(ReadOnlySpan<char> line)
    {
        var content = line.TrimStart();
        return !content.IsEmpty && content[0] != '#';
    }
}
