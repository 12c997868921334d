using System.Text.RegularExpressions;

namespace Sluice.Tests.Architecture;

/// <summary>A source file of the product as the rules look at it: which namespace, and which others it names.</summary>
internal sealed partial class SourceFile
{
    private readonly string[] _lines;

    private SourceFile(string path, string[] lines)
    {
        Path = path;
        _lines = lines;
        Project = path.Split('/')[1];
    }

    /// <summary>Path from the root of the repository, with slashes.</summary>
    public string Path { get; }

    /// <summary>Folder below <c>src</c>.</summary>
    public string Project { get; }

    /// <summary>All source files of the product.</summary>
    public static IReadOnlyList<SourceFile> All() =>
        [.. Directory.EnumerateFiles(System.IO.Path.Combine(RepositoryRoot.Path, "src"), "*.cs", SearchOption.AllDirectories)
            .Select(f => System.IO.Path.GetRelativePath(RepositoryRoot.Path, f).Replace('\\', '/'))
            .Where(p => !p.Contains("/obj/", StringComparison.Ordinal) && !p.Contains("/bin/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(p => new SourceFile(p, File.ReadAllLines(System.IO.Path.Combine(RepositoryRoot.Path, p))))];

    /// <summary>A file that only exists in a test.</summary>
    public static SourceFile Of(string path, string text) => new(path, text.ReplaceLineEndings("\n").Split('\n'));

    /// <summary>The declared namespace with its line; null for a file without one (global usings, attributes).</summary>
    public (string Name, int Line)? Namespace()
    {
        for (var i = 0; i < _lines.Length; i++)
        {
            if (NamespacePattern().Match(_lines[i]) is { Success: true } match)
                return (match.Groups[1].Value, i + 1);
        }
        return null;
    }

    /// <summary>The namespaces that <c>using</c> directives and full names mention, with their lines; comments don't count.</summary>
    public IEnumerable<(string Name, int Line)> Mentions()
    {
        foreach (var (line, number) in Code())
        {
            if (UsingPattern().Match(line) is { Success: true } match)
                yield return (match.Groups[1].Value, number);
            else if (!NamespacePattern().IsMatch(line))
            {
                foreach (Match name in FullNamePattern().Matches(line))
                    yield return (name.Value, number);
            }
        }
    }

    /// <summary>The lines that a pattern occurs in, without comments and the contents of strings.</summary>
    public IEnumerable<int> LinesWith(Regex pattern) =>
        Code().Where(l => pattern.IsMatch(l.Text)).Select(l => l.Number);

    private IEnumerable<(string Text, int Number)> Code()
    {
        for (var i = 0; i < _lines.Length; i++)
        {
            var code = CommentPattern().Replace(StringPattern().Replace(_lines[i], "\"\""), "");
            if (code.Trim().Length > 0)
                yield return (code, i + 1);
        }
    }

    [GeneratedRegex(@"^\s*namespace\s+([\w.]+)")]
    private static partial Regex NamespacePattern();

    [GeneratedRegex(@"^\s*(?:global\s+)?using\s+(?:static\s+)?(?:\w+\s*=\s*)?(?:global::)?([\w.]+)[^()]*;")]
    private static partial Regex UsingPattern();

    [GeneratedRegex(@"\b(?:Sluice|Microsoft)\.\w+(?:\.\w+)*")]
    private static partial Regex FullNamePattern();

    [GeneratedRegex("\"(?:[^\"\\\\]|\\\\.)*\"")]
    private static partial Regex StringPattern();

    [GeneratedRegex(@"//.*$")]
    private static partial Regex CommentPattern();
}
