using System.Collections.Concurrent;
using System.Globalization;

namespace Sluice.DataPlane.Routing.Re2;

/// <summary>The character classes that have a name. Those of Perl and POSIX are of ASCII only.</summary>
internal static class CharacterClasses
{
    private static readonly ConcurrentDictionary<string, CodePointSet> Categories = new(StringComparer.Ordinal);

    private static readonly CodePointSet Digits = CodePointSet.Of('0', '9');
    private static readonly CodePointSet Words = Ranges("09AZ__az");
    private static readonly CodePointSet Spaces = CodePointSet.Of("\t\n\f\r ");

    /// <summary><c>\d</c>, <c>\s</c>, <c>\w</c> by their letter in lower case; null for other letters.</summary>
    public static CodePointSet? Perl(char letter) => letter switch
    {
        'd' => Digits,
        's' => Spaces,
        'w' => Words,
        _ => null,
    };

    /// <summary>The class of <c>[:name:]</c>; null when there is none of this name.</summary>
    public static CodePointSet? Posix(string name) => name switch
    {
        "alnum" => Ranges("09AZaz"),
        "alpha" => Ranges("AZaz"),
        "ascii" => Ranges("\u0000\u007F"),
        "blank" => CodePointSet.Of("\t "),
        "cntrl" => Ranges("\u0000\u001F\u007F\u007F"),
        "digit" => Digits,
        "graph" => Ranges("!~"),
        "lower" => Ranges("az"),
        "print" => Ranges(" ~"),
        "punct" => Ranges("!/:@[`{~"),
        "space" => CodePointSet.Of("\t\n\v\f\r "),
        "upper" => Ranges("AZ"),
        "word" => Words,
        "xdigit" => Ranges("09AFaf"),
        _ => null,
    };

    /// <summary>A general category (<c>L</c>, <c>Lu</c>), a script (<c>Greek</c>) or <c>Any</c>; null when there is none of this name.</summary>
    public static CodePointSet? Unicode(string name)
    {
        if (name == "Any")
            return CodePointSet.Of(0, CodePointSet.Last);
        if (name.Length is 0 or > 2)
            return UnicodeScripts.Find(name);
        if (Categories.TryGetValue(name, out var known))
            return known;
        var set = new CodePointSet();
        for (var codePoint = 0; codePoint <= CodePointSet.Last; codePoint++)
        {
            if (Code(CharUnicodeInfo.GetUnicodeCategory(codePoint)).StartsWith(name, StringComparison.Ordinal))
                set.Add(codePoint, codePoint);
        }
        return set.Ranges.Count == 0 ? null : Categories.GetOrAdd(name, set);
    }

    private static CodePointSet Ranges(string ends)
    {
        var set = new CodePointSet();
        for (var i = 0; i < ends.Length; i += 2)
            set.Add(ends[i], ends[i + 1]);
        return set;
    }

    // Unassigned code points belong to no category here: RE2 has no Cn, and its C is without them.
    private static string Code(UnicodeCategory category) => category switch
    {
        UnicodeCategory.UppercaseLetter => "Lu",
        UnicodeCategory.LowercaseLetter => "Ll",
        UnicodeCategory.TitlecaseLetter => "Lt",
        UnicodeCategory.ModifierLetter => "Lm",
        UnicodeCategory.OtherLetter => "Lo",
        UnicodeCategory.NonSpacingMark => "Mn",
        UnicodeCategory.SpacingCombiningMark => "Mc",
        UnicodeCategory.EnclosingMark => "Me",
        UnicodeCategory.DecimalDigitNumber => "Nd",
        UnicodeCategory.LetterNumber => "Nl",
        UnicodeCategory.OtherNumber => "No",
        UnicodeCategory.SpaceSeparator => "Zs",
        UnicodeCategory.LineSeparator => "Zl",
        UnicodeCategory.ParagraphSeparator => "Zp",
        UnicodeCategory.Control => "Cc",
        UnicodeCategory.Format => "Cf",
        UnicodeCategory.Surrogate => "Cs",
        UnicodeCategory.PrivateUse => "Co",
        UnicodeCategory.ConnectorPunctuation => "Pc",
        UnicodeCategory.DashPunctuation => "Pd",
        UnicodeCategory.OpenPunctuation => "Ps",
        UnicodeCategory.ClosePunctuation => "Pe",
        UnicodeCategory.InitialQuotePunctuation => "Pi",
        UnicodeCategory.FinalQuotePunctuation => "Pf",
        UnicodeCategory.OtherPunctuation => "Po",
        UnicodeCategory.MathSymbol => "Sm",
        UnicodeCategory.CurrencySymbol => "Sc",
        UnicodeCategory.ModifierSymbol => "Sk",
        UnicodeCategory.OtherSymbol => "So",
        _ => "",
    };
}
