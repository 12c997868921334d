using Sluice.DataPlane.Clusters.Balancers;
using Sluice.DataPlane.Routing;

namespace Sluice.DataPlane.Tests.Routing;

public sealed class HashPolicyTests
{
    [Theory]
    [InlineData("id=a", "a")]
    [InlineData("x=1; id=a; y=2", "a")]
    [InlineData("x=1;id=a", "a")]
    [InlineData("id=\"a\"", "a")]
    [InlineData("id=a; id=b", "a")]
    [InlineData("id=a=b", "a=b")]
    [InlineData("ID=a", null)]
    [InlineData("myid=a", null)]
    [InlineData("id", null)]
    [InlineData("id=", null)]
    [InlineData("", null)]
    [InlineData(";;", null)]
    public void A_cookie_is_found_among_others(string cookie, string? value) => AssertHashes(
        HashPolicy.ByCookie("id", null), Requests.Get("/", "cookie", cookie), value);

    [Theory]
    [InlineData("/?user=a", "a")]
    [InlineData("/?x=1&user=a&user=b", "a")]
    [InlineData("/?user=%41", "%41")]
    [InlineData("/?users=a", null)]
    [InlineData("/", null)]
    public void The_first_query_parameter_of_the_name_counts_as_sent(string target, string? value) => AssertHashes(
        HashPolicy.ByQuery("user"), Requests.Get(target), value);

    [Fact]
    public void A_header_is_found_whatever_its_case_and_its_lines_count_in_any_order()
    {
        AssertHashes(HashPolicy.ByHeader("X-User"), Requests.Get("/", "x-user", "a"), "a");
        AssertHashes(HashPolicy.ByHeader("X-User"), Requests.Get("/"), null);
        Assert.True(HashPolicy.ByHeader("x-user").TryHash(Requests.Get("/", "x-user", "a", "x-user", "b"), "", out var one));
        Assert.True(HashPolicy.ByHeader("x-user").TryHash(Requests.Get("/", "x-user", "b", "x-user", "a"), "", out var other));
        Assert.Equal(one, other);
    }

    [Fact]
    public void An_address_that_is_not_known_is_no_key()
    {
        Assert.False(HashPolicy.ByAddress.TryHash(Requests.Get("/"), "", out _));
        Assert.True(HashPolicy.ByAddress.TryHash(Requests.Get("/"), "203.0.113.7", out var hash));
        Assert.Equal(Hashing.Of("203.0.113.7"), hash);
    }

    [Fact]
    public void A_cookie_that_is_made_has_the_attributes_of_the_configuration()
    {
        Assert.Equal("id=\"a\"; Max-Age=3600; Path=/shop; SameSite=Lax; Secure; HttpOnly", HashPolicy.ByCookie(
            "id", TimeSpan.FromHours(1), "/shop", [new("SameSite", "Lax"), new("Secure", "")]).CookieLine("a"));
        Assert.Equal("id=\"a\"; HttpOnly", HashPolicy.ByCookie("id", TimeSpan.Zero).CookieLine("a"));
        Assert.False(HashPolicy.ByCookie("id", null).MakesCookie);
    }

    private static void AssertHashes(HashPolicy policy, RequestHead head, string? value)
    {
        Assert.Equal(value is not null, policy.TryHash(head, "", out var hash));
        if (value is not null)
            Assert.Equal(Hashing.Of(value), hash);
    }
}
