using Sluice.Api.Networking;
using Sluice.DataPlane.Routing;

namespace Sluice.ControlPlane.Validation.Checks;

/// <summary>Conditions on strings.</summary>
internal static class Patterns
{
    private const int MaxLength = 1024;

    /// <summary>Checks a condition of which an empty prefix is refused, because it would always hold.</summary>
    public static void Check(Field at, StringMatch? match)
    {
        if (match is { Prefix: "" })
        {
            at["prefix"].Error(Codes.EmptyMatch, $"{at.Path}.prefix is empty", "to ask for presence, write {} instead");
        }

        CheckPath(at, match);
    }

    /// <summary>Checks a condition on the path, where an empty prefix holds for every path.</summary>
    public static void CheckPath(Field at, StringMatch? match)
    {
        if (match is null) return;
        var ways = (match.Exact is null ? 0 : 1) + (match.Prefix is null ? 0 : 1) + (match.Regex is null ? 0 : 1);
        if (ways > 1) at.Error(Codes.Exclusive, $"exact, prefix and regex can't be set together in {at.Path}: keep one");
        if (match.Regex is { } regex) CheckRegex(at["regex"], regex);
    }

    /// <summary>Checks a condition in which <c>regex: "*"</c> asks for presence.</summary>
    public static void CheckOrPresence(Field at, StringMatch match)
    {
        if (match.Regex != "*") Check(at, match);
    }

    /// <summary>Checks a condition on an origin, which has to say something.</summary>
    public static void CheckOrigin(Field at, StringMatch match)
    {
        if (string.IsNullOrEmpty(match.Exact) && string.IsNullOrEmpty(match.Prefix) && string.IsNullOrEmpty(match.Regex))
        {
            at.Error(Codes.EmptyMatch, $"{at.Path} names no origin",
                "set exact, prefix or regex; exact: \"*\" allows every origin");
        }
        else
        {
            CheckPath(at, match);
        }
    }

    /// <summary>Checks an RE2 expression that must cover a whole value.</summary>
    public static void CheckRegex(Field at, string regex) => CheckRegex(at, regex, PatternVerdicts.OfFullMatch);

    /// <summary>Checks a substitution: an RE2 expression that is looked for, and a replacement that names only groups which it
    /// has.</summary>
    public static void CheckSubstitution(Field at, RegexRewrite substitution)
    {
        var isUsable = false;
        if (string.IsNullOrEmpty(substitution.Match)) at["match"].Error(Codes.Required, $"{at.Path}.match is missing");
        else isUsable = CheckRegex(at["match"], substitution.Match, PatternVerdicts.OfSearch);

        if (string.IsNullOrEmpty(substitution.Rewrite))
        {
            at["rewrite"].Error(Codes.Required, $"{at.Path}.rewrite is missing");
        }
        else if (isUsable && !Re2Pattern.TryCheckReplacement(substitution.Match!, substitution.Rewrite, out var reason))
        {
            at["rewrite"].Error(Codes.Pattern, $"{at.Path}.rewrite can't be used: {reason}",
                @"\1 stands for the first group, \0 for the whole match, \\ for a backslash");
        }
    }

    private static bool CheckRegex(Field at, string regex, Func<string, string?> verdict)
    {
        if (regex.Length == 0)
        {
            at.Error(Codes.EmptyMatch, $"{at.Path} is empty", "to ask for presence, leave the condition empty: {}");
            return false;
        }

        if (regex.Length > MaxLength)
        {
            at.Error(Codes.Pattern, $"{at.Path} has {regex.Length} characters: an expression has at most {MaxLength}");
            return false;
        }

        if (verdict(regex) is not { } problem) return true;
        at.Error(Codes.Pattern, $"{at.Path} is not an RE2 expression: {problem}");
        return false;
    }
}
