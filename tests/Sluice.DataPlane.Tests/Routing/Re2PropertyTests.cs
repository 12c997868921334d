using CsCheck;
using Sluice.DataPlane.Routing;

namespace Sluice.DataPlane.Tests.Routing;

/// <summary>Random expressions, written as RE2 patterns and matched at the same time by the definition of what they mean.</summary>
public sealed class Re2PropertyTests
{
    private abstract record Expression(string Pattern)
    {
        /// <summary>All positions at which a match that begins at a position can end.</summary>
        public abstract IEnumerable<int> Ends(string value, int start);
    }

    private sealed record OneOf(string Pattern, Func<char, bool> Holds) : Expression(Pattern)
    {
        public override IEnumerable<int> Ends(string value, int start) =>
            start < value.Length && Holds(value[start]) ? [start + 1] : [];
    }

    private sealed record Place(string Pattern, Func<string, int, bool> Holds) : Expression(Pattern)
    {
        public override IEnumerable<int> Ends(string value, int start) => Holds(value, start) ? [start] : [];
    }

    private sealed record Both(Expression First, Expression Second) : Expression(First.Pattern + Second.Pattern)
    {
        public override IEnumerable<int> Ends(string value, int start) =>
            First.Ends(value, start).SelectMany(end => Second.Ends(value, end)).Distinct();
    }

    private sealed record Either(Expression First, Expression Second) : Expression($"(?:{First.Pattern}|{Second.Pattern})")
    {
        public override IEnumerable<int> Ends(string value, int start) =>
            First.Ends(value, start).Union(Second.Ends(value, start));
    }

    private sealed record Many(Expression Item, string Sign, int Least, int Most) : Expression($"(?:{Item.Pattern}){Sign}")
    {
        public override IEnumerable<int> Ends(string value, int start)
        {
            var ends = new HashSet<int>();
            var frontier = new HashSet<int> { start };
            for (var count = 0; count <= Most && frontier.Count > 0 && count <= Least + value.Length; count++)
            {
                if (count >= Least)
                    ends.UnionWith(frontier);
                frontier = [.. frontier.SelectMany(end => Item.Ends(value, end))];
            }
            return ends;
        }
    }

    private static readonly Expression[] Atoms =
    [
        new OneOf("a", c => c == 'a'), new OneOf("B", c => c == 'B'), new OneOf("(?i:b)", c => c is 'b' or 'B'), new OneOf(".", c => c != '\n'),
        new OneOf("(?s:.)", _ => true), new OneOf("[^a]", c => c != 'a'), new OneOf(@"\w", IsWord), new OneOf(@"\W", c => !IsWord(c)),
        new OneOf(@"[\d_]", c => char.IsAsciiDigit(c) || c == '_'), new OneOf("[[:upper:]]", char.IsAsciiLetterUpper),
        new OneOf("[^[:alpha:]]", c => !char.IsAsciiLetter(c)), new OneOf(@"\Q.\E", c => c == '.'), new OneOf(@"\x2F", c => c == '/'),
        new Place("^", (_, at) => at == 0), new Place("$", (v, at) => at == v.Length),
        new Place("(?m:^)", (v, at) => at == 0 || v[at - 1] == '\n'), new Place("(?m:$)", (v, at) => at == v.Length || v[at] == '\n'),
        new Place(@"\b", IsBoundary), new Place(@"\B", (v, at) => !IsBoundary(v, at)), new Place("()", (_, _) => true),
    ];

    private static readonly Gen<Expression> Expressions = Gen.Recursive<Expression>((depth, inner) => depth > 3
        ? Gen.OneOf(Atoms)
        : Gen.Frequency(
            (3, Gen.OneOf(Atoms)),
            (4, Gen.Select(inner, inner, (a, b) => (Expression)new Both(a, b))),
            (2, Gen.Select(inner, inner, (a, b) => (Expression)new Either(a, b))),
            (2, Gen.Select(inner, Gen.OneOf(("*", 0, 99), ("+?", 1, 99), ("?", 0, 1), ("{2}", 2, 2), ("{1,2}", 1, 2), ("{2,}", 2, 99)),
                (item, sign) => (Expression)new Many(item, sign.Item1, sign.Item2, sign.Item3)))));

    private static readonly Gen<string> Values = Gen.OneOf('a', 'b', 'B', '1', '_', '.', '/', '\n', '-').Array[0, 6].Select(c => new string(c));

    [Fact]
    public void Matches_what_the_expression_means() => Gen.Select(Expressions, Values.Array[8]).Sample((expression, values) =>
    {
        var matcher = StringMatcher.Regex(expression.Pattern);
        foreach (var value in values)
        {
            var expected = expression.Ends(value, 0).Contains(value.Length);
            Assert.True(matcher.Matches(value) == expected, $"{expression.Pattern} against {value.ReplaceLineEndings("\\n")}: {!expected}");
        }
    }, iter: 1_000);

    private static readonly Gen<string> Scraps = Gen.OneOf(
        "a", "é", "😀", "\uD800", "(", ")", "(?", "(?P<n>", "(?i)", "(?-s:", "[", "]", "[^", "[:alpha:]", "-", "\\", "\\p{Greek}", "\\x{", "}", "{", "2,3}",
        "*", "+", "?", "|", "^", "$", ".", "\\b", "\\Q", "\\E", "\\d", "1", "\0", ",").Array[0, 10].Select(scraps => string.Concat(scraps));

    [Fact]
    public void Whatever_is_written_is_accepted_or_refused_with_a_reason() => Scraps.Sample(pattern =>
    {
        var accepted = Re2Pattern.TryCompileSearch(pattern, out var regex, out var reason);
        Assert.Equal(accepted, regex is not null);
        Assert.Equal(accepted, reason is null);
        if (accepted)
            StringMatcher.Regex(pattern).Matches("a\xFF");
    }, iter: 1_000);

    private static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';

    private static bool IsBoundary(string value, int at) =>
        (at > 0 && IsWord(value[at - 1])) != (at < value.Length && IsWord(value[at]));
}
