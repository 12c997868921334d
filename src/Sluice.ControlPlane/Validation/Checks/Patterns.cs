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

    /// <summary>Checks an RE2 expression.</summary>
    public static void CheckRegex(Field at, string regex)
    {
        if (regex.Length == 0)
            at.Error(Codes.EmptyMatch, $"{at.Path} is empty", "to ask for presence, leave the condition empty: {}");
        else if (regex.Length > MaxLength)
        {
            at.Error(Codes.Pattern, $"{at.Path} has {regex.Length} characters: an expression has at most {MaxLength}");
        }
        else if (!Re2Pattern.TryCompileFullMatch(regex, out _, out var reason))
        {
            at.Error(Codes.Pattern, $"{at.Path} is not an RE2 expression: {reason}");
        }
    }
}
