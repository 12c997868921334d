using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using Sluice.DataPlane.Routing.Re2;

namespace Sluice.DataPlane.Routing;

/// <summary>RE2 patterns, as Istio's fields hold them, as .NET expressions that run without backtracking, in time linear to the value.</summary>
/// <remarks>.NET's own reading of the same text differs (digits of all scripts in <c>\d</c>, a newline allowed behind <c>$</c>,
/// <c>[[:alpha:]]</c>, <c>\Q…\E</c>, ...), so the pattern is parsed as RE2 does and written anew. The expressions are right for ASCII; other
/// values are put into the form of <see cref="Re2Text"/> first, as <see cref="StringMatcher"/> and <see cref="PathRewriter"/> do.
/// What differs from RE2: <c>\C</c> is refused; <c>\b</c> counts letters outside ASCII to words; a group around something that may be empty,
/// itself repeated, as <c>(a*)+</c>, captures an empty text at the end where RE2 keeps the one before; and beside classes of hundreds of ranges (<c>\pL</c>) .NET misses a
/// newline that ends the value, which in no field of a request can be.
/// Semantics: VirtualService <c>StringMatch.regex</c> and <c>RegexRewrite</c>, https://github.com/google/re2/wiki/Syntax.</remarks>
public static class Re2Pattern
{
    // .NET's own bound, 10,000, is below what RE2's greatest count needs: .{0,1000} comes to 15,000.
    private const int MaxAutomatonSize = 40_000;

    static Re2Pattern() => AppContext.SetData("REGEX_NONBACKTRACKING_MAX_AUTOMATA_SIZE", MaxAutomatonSize);

    /// <summary>Translates a pattern that must cover a whole value.</summary>
    /// <param name="pattern">RE2 syntax.</param>
    /// <param name="regex">The expression; null on failure.</param>
    /// <param name="reason">Why it can't be used, as a sentence without a full stop; null on success.</param>
    public static bool TryCompileFullMatch(
        string pattern, [NotNullWhen(true)] out Regex? regex, [NotNullWhen(false)] out string? reason) =>
        TryCompile(pattern, full: true, out regex, out reason);

    /// <summary>Translates a pattern whose matches are looked for in a value, as <see cref="PathRewriter"/> does.</summary>
    /// <inheritdoc cref="TryCompileFullMatch"/>
    public static bool TryCompileSearch(
        string pattern, [NotNullWhen(true)] out Regex? regex, [NotNullWhen(false)] out string? reason) =>
        TryCompile(pattern, full: false, out regex, out reason);

    /// <summary>Checks the replacement of a substitution: <c>\0</c> to <c>\9</c> stand for groups, which must exist, <c>\\</c> for a
    /// backslash.</summary>
    /// <param name="pattern">RE2 syntax, itself fit for <see cref="TryCompileSearch"/>.</param>
    /// <param name="replacement">What takes the place of a match.</param>
    /// <param name="reason">What is wrong with it, as a sentence without a full stop; null when it is fine.</param>
    public static bool TryCheckReplacement(string pattern, string replacement, [NotNullWhen(false)] out string? reason)
    {
        try
        {
            Parser.Parse(pattern, out var captures);
            reason = Replacement.Check(replacement, captures);
        }
        catch (PatternException e)
        {
            reason = e.Message;
        }
        return reason is null;
    }

    /// <summary>What every value that a usable pattern covers begins with.</summary>
    internal static string LiteralPrefix(string pattern) => Re2.LiteralPrefix.Of(Parser.Parse(pattern, out _));

    private static bool TryCompile(string pattern, bool full, out Regex? regex, out string? reason)
    {
        try
        {
            var written = Emitter.Write(Parser.Parse(pattern, out _), captures: !full);
            regex = new Regex(full ? $@"\A(?:{written})\z" : written, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            reason = null;
            return true;
        }
        catch (PatternException e)
        {
            (regex, reason) = (null, e.Message);
        }
        catch (NotSupportedException)
        {
            // The automaton would be too large.
            (regex, reason) = (null, "the pattern is too large to be matched in linear time");
        }
        return false;
    }
}
