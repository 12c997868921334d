using Sluice.DataPlane.Routing;
using Sluice.DataPlane.Routing.Re2;
using Sluice.DataPlane.Telemetry;

namespace Sluice.DataPlane.Tests.Routing;

public sealed class Re2PatternTests
{
    [Theory]
    [InlineData("(?=a)", "look-ahead is not supported: (?=")]
    [InlineData("(?<!a)", "look-behind is not supported: (?<")]
    [InlineData(@"(a)\1", @"back-references are not supported: \1")]
    [InlineData("(?P=n)", "back-references are not supported: (?P")]
    [InlineData("(?>a)", "atomic groups are not supported: (?>")]
    [InlineData(@"\C", @"\C, a single byte, is not supported")]
    [InlineData(@"\Z", @"invalid escape \Z")]
    [InlineData("a**", "a repetition can't be repeated: *")]
    [InlineData("*", "nothing to repeat before *")]
    [InlineData("a{1001}", "invalid repetition {1001}; counts go up to 1000")]
    [InlineData("(a{40}){40}", "nested repetitions come to more than 1000: {40}")]
    [InlineData("(a", "missing )")]
    [InlineData("a)", "unexpected )")]
    [InlineData("[a", "missing ]: [a")]
    [InlineData("[z-a]", "the range z-a is upside down")]
    [InlineData("[[:nope:]]", "there is no character class [:nope:]")]
    [InlineData(@"\p{Nope}", @"there is no Unicode category or script \p{Nope}")]
    [InlineData("a\\", "a backslash ends the pattern")]
    [InlineData("(?P<a b>c)", "invalid group name a b")]
    public void Says_why_a_pattern_is_refused(string pattern, string expected)
    {
        Assert.False(Re2Pattern.TryCompileFullMatch(pattern, out var regex, out var reason));
        Assert.Null(regex);
        Assert.Equal(expected, reason);
    }

    [Theory]
    [InlineData(@"\1-\2", "(a)(b)", null)]
    [InlineData(@"\0", "a", null)]
    [InlineData(@"a\\b", "a", null)]
    [InlineData(@"\2", "(a)", "the replacement refers to group 2, but the pattern has 1")]
    [InlineData(@"\1", "(?:a)", "the replacement refers to group 1, but the pattern has 0")]
    [InlineData(@"\n", "a", "a backslash in a replacement must be followed by a digit or a backslash")]
    [InlineData("a\\", "a", "a backslash ends the replacement")]
    [InlineData("a", "(", "missing )")]
    public void Checks_what_a_replacement_refers_to(string replacement, string pattern, string? expected)
    {
        Assert.Equal(expected is null, Re2Pattern.TryCheckReplacement(pattern, replacement, out var reason));
        Assert.Equal(expected, reason);
    }

    [Fact]
    public void Numbers_named_groups_together_with_the_others()
    {
        Assert.True(Re2Pattern.TryCompileSearch("(?P<first>a)(b)(?P<last>c)", out var regex, out _));
        Assert.Equal("c-b-a", Replacement.ReplaceAll(regex, "abc", @"\3-\2-\1"));
    }

    [Fact]
    public void Takes_the_greatest_count_that_RE2_takes()
    {
        Assert.True(StringMatcher.Regex(".{0,1000}").Matches(new string('x', 1000)));
        Assert.False(StringMatcher.Regex(".{0,1000}").Matches(new string('x', 1001)));
    }

    [Fact]
    public void Refuses_what_would_become_too_large() =>
        Assert.False(Re2Pattern.TryCompileFullMatch(string.Concat(Enumerable.Repeat(@"\pL{60}", 20)), out _, out _));

    [Theory]
    [InlineData("(?:(?:a{1,2})?){2}", "")]
    [InlineData("(?:a{1,2}|){2}", "a")]
    [InlineData("(?:(?:a+)?){3}", "aa")]
    [InlineData("(?:(?:a{1,2}?)??){2}?", "")]
    [InlineData("(([a-z]+)?){2}", "")]
    public void What_can_be_empty_can_be_empty_each_time(string pattern, string value) =>
        Assert.True(StringMatcher.Regex(pattern).Matches(value));

    [Theory]
    [InlineData(".*admin.*", true)]
    [InlineData("admin.", true)]
    [InlineData("admin..", false)]
    [InlineData("admin[^a]", true)]
    [InlineData("admin", false)]
    [InlineData("admin[a-z]", false)]
    [InlineData(@"admin\pL", false)]
    public void A_byte_that_is_not_UTF8_counts_as_one_character(string pattern, bool expected) =>
        Assert.Equal(expected, StringMatcher.Regex(pattern).Matches("admin\xFF"));

    [Fact]
    public void Long_values_outside_ASCII_match_like_short_ones() =>
        Assert.True(StringMatcher.Regex("é{1000}").Matches(WireText.From(new string('é', 1000))));

    [Theory]
    [InlineData("a", 1)]
    [InlineData("aé€😀", 10)]
    public void What_was_encoded_can_be_decoded(string text, int bytes)
    {
        var wire = WireText.From(text);
        Assert.Equal(bytes, wire.Length);
        var units = new char[wire.Length];
        Assert.Equal(text, new string(units, 0, Re2Text.Encode(wire, units)));
        Assert.Equal(wire, Re2Text.Decode(units.AsSpan(0, text.Length)));
    }

    [Fact]
    public void Stray_bytes_survive_encoding_and_decoding()
    {
        const string wire = "a\xC3z\x80\xED\xA0\x80\xF5";
        var units = new char[wire.Length];
        Assert.Equal(wire, Re2Text.Decode(units.AsSpan(0, Re2Text.Encode(wire, units))));
    }

    [Fact]
    public void Exact_and_prefix_compare_bytes()
    {
        Assert.True(StringMatcher.Exact("é").Matches("\xC3\xA9"));
        Assert.False(StringMatcher.Exact("é").Matches("\xE9"));
        Assert.True(StringMatcher.Prefix("é").Matches("\xC3\xA9t\xC3\xA9"));
    }
}
