using System.Text.RegularExpressions;

namespace Sluice.DataPlane.Routing;

/// <summary>Changes the path that goes upstream (HTTPRoute <c>rewrite</c>); the query stays.</summary>
public sealed class PathRewriter
{
    private PathRewriter(string? prefix, string? replacement, Regex? pattern)
    {
        Prefix = prefix;
        Replacement = replacement;
        Pattern = pattern;
    }

    /// <summary>The matched prefix that is replaced; null when the whole path or a pattern is.</summary>
    public string? Prefix { get; }

    /// <summary>What takes the place of the prefix, of the path, or of each match.</summary>
    public string? Replacement { get; }

    /// <summary>The pattern whose matches are replaced (<c>uriRegexRewrite</c>).</summary>
    public Regex? Pattern { get; }

    /// <summary>Replaces a matched prefix textually.</summary>
    public static PathRewriter ReplacePrefix(string prefix, string replacement) => new(prefix, replacement, null);

    /// <summary>Replaces the whole path.</summary>
    public static PathRewriter ReplacePath(string path) => new(null, path, null);

    /// <summary>Replaces every match of a pattern; <c>\1</c> in the replacement stands for a group.</summary>
    public static PathRewriter ReplaceMatches(Regex pattern, string replacement) => new(null, replacement, pattern);
}
