using Sluice.DataPlane.Routing;

namespace Sluice.DataPlane.Tests.Routing;

public sealed class HeaderPredicateTests
{
    private static readonly StringMatcher Jason = StringMatcher.Exact("jason");

    [Theory]
    [InlineData("jason", true)]
    [InlineData("Jason", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Compares_the_value(string? value, bool expected) => Assert.Equal(expected, Holds(Jason, negated: false, value));

    [Theory]
    [InlineData("jason", false)]
    [InlineData("other", true)]
    [InlineData(null, true)]
    public void Without_a_value_means_any_other_or_none(string? value, bool expected) => Assert.Equal(expected, Holds(Jason, negated: true, value));

    [Theory]
    [InlineData("x", false)]
    [InlineData("", false)]
    [InlineData(null, true)]
    public void Without_at_all_means_absent(string? value, bool expected) => Assert.Equal(expected, Holds(null, negated: true, value));

    [Theory]
    [InlineData("", true)]
    [InlineData(null, false)]
    public void Presence_takes_an_empty_value(string? value, bool expected) => Assert.Equal(expected, Holds(null, negated: false, value));

    [Theory]
    [InlineData("", true)]
    [InlineData(null, false)]
    public void The_empty_text_wants_a_header_with_an_empty_value(string? value, bool expected) =>
        Assert.Equal(expected, Holds(StringMatcher.Exact(""), negated: false, value));

    [Fact]
    public void A_missing_header_counts_as_empty_where_a_value_is_excluded()
    {
        Assert.False(Holds(StringMatcher.Regex(".*"), negated: true, null));
        Assert.False(Holds(StringMatcher.Exact(""), negated: true, null));
        Assert.True(Holds(StringMatcher.Regex(".+"), negated: true, null));
    }

    [Theory]
    [InlineData("a,b", true)]
    [InlineData("a", false)]
    [InlineData("b", false)]
    public void Several_lines_count_as_one_value_joined_with_commas(string expected, bool holds)
    {
        var head = Requests.Get("/", "x-user", "a", "X-User", "b");
        Assert.Equal(holds, new HeaderPredicate("x-user", StringMatcher.Exact(expected), negated: false).Holds(head));
    }

    [Fact]
    public void Empty_lines_are_joined_like_others()
    {
        var head = Requests.Get("/", "x-user", "", "x-user", "", "x-user", "b");
        Assert.True(new HeaderPredicate("x-user", StringMatcher.Exact(",,b"), negated: false).Holds(head));
    }

    [Theory]
    [InlineData(":method", "PUT")]
    [InlineData(":authority", "a.example:8080")]
    [InlineData("Host", "a.example:8080")]
    [InlineData(":scheme", "http")]
    [InlineData(":path", "/x?y=z")]
    public void Pseudo_headers_look_at_the_request_line(string name, string value)
    {
        var head = Requests.Of("PUT", "/x?y=z");
        Assert.True(new HeaderPredicate(name, StringMatcher.Exact(value), negated: false).Holds(head));
        Assert.True(new HeaderPredicate(name, null, negated: false).Holds(head));
        Assert.False(new HeaderPredicate(name, StringMatcher.Exact(value), negated: true).Holds(head));
    }

    [Fact]
    public void Unknown_pseudo_headers_are_never_there() =>
        Assert.True(new HeaderPredicate(":status", null, negated: true).Holds(Requests.Get("/", ":status", "200")));

    private static bool Holds(StringMatcher? matcher, bool negated, string? value) =>
        new HeaderPredicate("End-User", matcher, negated).Holds(value is null ? Requests.Get("/") : Requests.Get("/", "end-user", value));
}
