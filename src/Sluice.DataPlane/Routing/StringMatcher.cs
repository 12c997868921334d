using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using Sluice.DataPlane.Routing.Re2;
using Sluice.DataPlane.Telemetry;

namespace Sluice.DataPlane.Routing;

/// <summary>Compares a value as Istio's StringMatch does: exact, prefix, or an RE2 pattern that must cover the whole value.</summary>
/// <remarks>VirtualService <c>StringMatch</c>: https://istio.io/latest/docs/reference/config/networking/virtual-service/#StringMatch.
/// Values are <see cref="WireText"/>. Patterns run without backtracking, in time linear to the value.</remarks>
public sealed class StringMatcher
{
    private const int StackLength = 512;

    private readonly StringComparison _comparison;
    private readonly Regex? _regex;

    private StringMatcher(StringMatchKind kind, string text, bool ignoreCase, string prefix, Regex? regex)
    {
        Kind = kind;
        Text = text;
        Wire = WireText.From(prefix);
        _comparison = ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        _regex = regex;
    }

    /// <summary>Which of the three forms this is.</summary>
    public StringMatchKind Kind { get; }

    /// <summary>The text to compare with, or the pattern as it was written.</summary>
    public string Text { get; }

    /// <summary>Whether letter case is ignored (only exact and prefix can).</summary>
    public bool IgnoreCase => _comparison == StringComparison.OrdinalIgnoreCase;

    /// <summary>What every value that fits begins with: the text of exact and prefix, the literal beginning of a pattern.</summary>
    internal string Wire { get; }

    /// <summary>Equal to <paramref name="text"/>.</summary>
    public static StringMatcher Exact(string text, bool ignoreCase = false) => new(StringMatchKind.Exact, text, ignoreCase, text, null);

    /// <summary>Begins with <paramref name="text"/>, character by character: <c>/foo</c> also covers <c>/foobar</c>.</summary>
    public static StringMatcher Prefix(string text, bool ignoreCase = false) => new(StringMatchKind.Prefix, text, ignoreCase, text, null);

    /// <summary>Matches an RE2 pattern from the first to the last character.</summary>
    /// <exception cref="ArgumentException">The pattern can't be translated; validation reports it before.</exception>
    public static StringMatcher Regex(string pattern) =>
        Re2Pattern.TryCompileFullMatch(pattern, out var regex, out var reason)
            ? new(StringMatchKind.Regex, pattern, ignoreCase: false, Re2Pattern.LiteralPrefix(pattern), regex)
            : throw new ArgumentException(reason, nameof(pattern));

    /// <summary>Whether the value fits.</summary>
    public bool Matches(ReadOnlySpan<char> value) => Kind switch
    {
        StringMatchKind.Exact => value.Equals(Wire, _comparison),
        StringMatchKind.Prefix => value.StartsWith(Wire, _comparison),
        _ => Ascii.IsValid(value) ? _regex!.IsMatch(value) : MatchesEncoded(value),
    };

    /// <summary><c>exact "canary"</c>, the words of explain and routes.</summary>
    public override string ToString() => Kind switch
    {
        StringMatchKind.Exact => $"exact \"{Text}\"",
        StringMatchKind.Prefix => $"prefix \"{Text}\"",
        _ => $"regex \"{Text}\"",
    };

    private bool MatchesEncoded(ReadOnlySpan<char> value)
    {
        char[]? rented = null;
        var units = value.Length <= StackLength ? stackalloc char[StackLength] : rented = ArrayPool<char>.Shared.Rent(value.Length);
        var matches = _regex!.IsMatch(units[..Re2Text.Encode(value, units)]);
        if (rented is not null)
            ArrayPool<char>.Shared.Return(rented);
        return matches;
    }
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
