using System.Text;
using System.Text.RegularExpressions;
using Sluice.DataPlane.Routing.Re2;

namespace Sluice.DataPlane.Routing;

/// <summary>Changes the path that goes upstream (HTTPRoute <c>rewrite.uri</c>, <c>rewrite.uriRegexRewrite</c>); the query stays.</summary>
/// <remarks>A prefix is replaced textually: <c>/api</c> by <c>/</c> turns <c>/api/x</c> into <c>//x</c>, as in Envoy.</remarks>
public sealed class PathRewriter
{
    private PathRewriter(string? prefix, string replacement, Regex? pattern)
    {
        Prefix = prefix;
        Replacement = replacement;
        Pattern = pattern;
    }

    /// <summary>The matched prefix that is replaced; null when the whole path or a pattern is.</summary>
    public string? Prefix { get; }

    /// <summary>What takes the place of the prefix, of the path, or of each match.</summary>
    public string Replacement { get; }

    /// <summary>The pattern whose matches are replaced (<c>uriRegexRewrite</c>).</summary>
    public Regex? Pattern { get; }

    /// <summary>Replaces a matched prefix textually.</summary>
    public static PathRewriter ReplacePrefix(string prefix, string replacement) => new(prefix, TargetText.Encode(replacement), null);

    /// <summary>Replaces the whole path.</summary>
    public static PathRewriter ReplacePath(string path) => new(null, TargetText.Encode(path), null);

    /// <summary>Replaces every match of a pattern; <c>\1</c> in the replacement stands for a group.</summary>
    /// <param name="pattern">From <see cref="Re2Pattern.TryCompileSearch"/>.</param>
    /// <param name="replacement">The replacement.</param>
    /// <exception cref="ArgumentException">The replacement is wrong; validation reports it before
    /// (<see cref="Re2Pattern.TryCheckReplacement"/>).</exception>
    public static PathRewriter ReplaceMatches(Regex pattern, string replacement) =>
        Re2.Replacement.Check(replacement, pattern.GetGroupNumbers().Length - 1) is { } reason
            ? throw new ArgumentException(reason, nameof(replacement))
            : new(null, TargetText.Encode(replacement), pattern);

    /// <summary>The target to send upstream.</summary>
    /// <param name="target">Path and query as they were matched.</param>
    public string Apply(string target)
    {
        if (Prefix is not null)
            return TargetText.ReplacePrefix(target, Prefix, Replacement);
        var query = TargetText.QueryStart(target);
        var path = Pattern is null ? Replacement : ReplaceAll(Pattern, target[..query]);
        return TargetText.Rooted(string.Concat(path, target.AsSpan(query)));
    }

    private string ReplaceAll(Regex pattern, string path)
    {
        if (Ascii.IsValid(path))
            return Re2.Replacement.ReplaceAll(pattern, path, Replacement);
        var units = new char[path.Length];
        var encoded = new string(units, 0, Re2Text.Encode(path, units));
        return Re2Text.Decode(Re2.Replacement.ReplaceAll(pattern, encoded, Replacement));
    }
}
