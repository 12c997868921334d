using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Sluice.DataPlane.Routing;

/// <summary>RE2 patterns, as Istio's fields hold them, as .NET expressions that run without backtracking.</summary>
public static class Re2Pattern
{
    /// <summary>Translates a pattern that must cover a whole value.</summary>
    /// <param name="pattern">RE2 syntax.</param>
    /// <param name="regex">The expression; null on failure.</param>
    /// <param name="reason">Why it can't be used, as a sentence without a full stop; null on success.</param>
    public static bool TryCompileFullMatch(
        string pattern, [NotNullWhen(true)] out Regex? regex, [NotNullWhen(false)] out string? reason)
    {
        try
        {
            regex = new Regex($@"\A(?:{pattern})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            reason = null;
            return true;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            regex = null;
            reason = e.Message;
            return false;
        }
    }
}
