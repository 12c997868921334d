using System.Text.RegularExpressions;

namespace Sluice.DataPlane.Routing;

/// <summary>Compares a value as Istio's StringMatch does: exact, prefix, or an RE2 pattern that must cover the whole value.</summary>
/// <remarks>VirtualService <c>StringMatch</c>: https://istio.io/latest/docs/reference/config/networking/virtual-service/#StringMatch.
/// Patterns run without backtracking, in time linear to the value.</remarks>
public sealed class StringMatcher
{
    private readonly string _text;
    private readonly StringComparison _comparison;
    private readonly Regex? _regex;

    private StringMatcher(StringMatchKind kind, string text, StringComparison comparison, Regex? regex)
    {
        Kind = kind;
        _text = text;
        _comparison = comparison;
        _regex = regex;
    }

    /// <summary>Which of the three forms this is.</summary>
    public StringMatchKind Kind { get; }

    /// <summary>The text to compare with, or the pattern as it was written.</summary>
    public string Text => _text;

    /// <summary>Whether letter case is ignored (only exact and prefix can).</summary>
    public bool IgnoreCase => _comparison == StringComparison.OrdinalIgnoreCase;

    /// <summary>Equal to <paramref name="text"/>.</summary>
    public static StringMatcher Exact(string text, bool ignoreCase = false) =>
        new(StringMatchKind.Exact, text, Comparison(ignoreCase), null);

    /// <summary>Begins with <paramref name="text"/>, character by character: <c>/foo</c> also covers <c>/foobar</c>.</summary>
    public static StringMatcher Prefix(string text, bool ignoreCase = false) =>
        new(StringMatchKind.Prefix, text, Comparison(ignoreCase), null);

    /// <summary>Matches an RE2 pattern from the first to the last character.</summary>
    /// <exception cref="ArgumentException">The pattern can't be translated; validation reports it before.</exception>
    public static StringMatcher Regex(string pattern) =>
        Re2Pattern.TryCompileFullMatch(pattern, out var regex, out var reason)
            ? new(StringMatchKind.Regex, pattern, StringComparison.Ordinal, regex)
            : throw new ArgumentException(reason, nameof(pattern));

    /// <summary>Whether the value fits.</summary>
    public bool Matches(ReadOnlySpan<char> value) => Kind switch
    {
        StringMatchKind.Exact => value.Equals(_text, _comparison),
        StringMatchKind.Prefix => value.StartsWith(_text, _comparison),
        _ => _regex!.IsMatch(value),
    };

    /// <summary><c>exact "canary"</c>, the words of explain and routes.</summary>
    public override string ToString() => Kind switch
    {
        StringMatchKind.Exact => $"exact \"{_text}\"",
        StringMatchKind.Prefix => $"prefix \"{_text}\"",
        _ => $"regex \"{_text}\"",
    };

    private static StringComparison Comparison(bool ignoreCase) =>
        ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
}

/// <summary>The forms of a <see cref="StringMatcher"/>.</summary>
public enum StringMatchKind
{
    /// <summary>Equality.</summary>
    Exact,

    /// <summary>Textual prefix.</summary>
    Prefix,

    /// <summary>RE2 pattern over the whole value.</summary>
    Regex,
}
