using System.Text;
using System.Text.RegularExpressions;

namespace Sluice.DataPlane.Routing.Re2;

/// <summary>Substitution as RE2's GlobalReplace does it: all matches from left to right, none overlapping, and no empty one right behind
/// another match.</summary>
internal static class Replacement
{
    /// <summary>What is wrong with a replacement, or null.</summary>
    /// <param name="replacement">What takes the place of a match.</param>
    /// <param name="captures">How many groups the pattern has.</param>
    public static string? Check(string replacement, int captures)
    {
        for (var i = 0; i < replacement.Length; i++)
        {
            if (replacement[i] != '\\')
                continue;
            if (++i == replacement.Length)
                return "a backslash ends the replacement";
            if (replacement[i] != '\\' && !char.IsAsciiDigit(replacement[i]))
                return @"a backslash in a replacement must be followed by a digit or a backslash";
            if (replacement[i] != '\\' && replacement[i] - '0' > captures)
                return $"the replacement refers to group {replacement[i]}, but the pattern has {captures}";
        }
        return null;
    }

    /// <summary>Replaces all matches.</summary>
    public static string ReplaceAll(Regex pattern, string value, string replacement)
    {
        var result = new StringBuilder(value.Length + replacement.Length);
        var (position, lastEnd) = (0, -1);
        while (position <= value.Length)
        {
            var match = pattern.Match(value, position);
            if (!match.Success)
                break;
            result.Append(value, position, match.Index - position);
            position = match.Index + match.Length;
            if (match.Length == 0 && match.Index == lastEnd)
            {
                if (position < value.Length)
                    result.Append(value[position]);
                position++;
                continue;
            }
            Append(result, match, replacement);
            lastEnd = position;
        }
        if (lastEnd < 0)
            return value;
        if (position < value.Length)
            result.Append(value, position, value.Length - position);
        return result.ToString();
    }

    private static void Append(StringBuilder result, Match match, string replacement)
    {
        for (var i = 0; i < replacement.Length; i++)
        {
            if (replacement[i] != '\\')
                result.Append(replacement[i]);
            else if (replacement[++i] == '\\')
                result.Append('\\');
            else
                result.Append(match.Groups[replacement[i] - '0'].ValueSpan);
        }
    }
}
