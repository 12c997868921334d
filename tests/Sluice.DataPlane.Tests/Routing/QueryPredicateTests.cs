using CsCheck;
using Sluice.DataPlane.Routing;

namespace Sluice.DataPlane.Tests.Routing;

public sealed class QueryPredicateTests
{
    [Theory]
    [InlineData("/?k=v", "v", true)]
    [InlineData("/?a&k=v", "v", true)]
    [InlineData("/?k=v&k=w", "w", false)]
    [InlineData("/?k", "", true)]
    [InlineData("/?k=", "", true)]
    [InlineData("/?K=v", "v", false)]
    [InlineData("/?k=a%20b", "a%20b", true)]
    [InlineData("/?k=a=b", "a=b", true)]
    [InlineData("/?kk=v", "v", false)]
    [InlineData("/", "", false)]
    [InlineData("/?", "", false)]
    public void Compares_the_first_of_the_name_as_it_was_sent(string target, string value, bool expected) =>
        Assert.Equal(expected, new QueryPredicate("k", StringMatcher.Exact(value)).Holds(Requests.Get(target)));

    [Theory]
    [InlineData("/?k", true)]
    [InlineData("/?k=v", true)]
    [InlineData("/?j&l=k", false)]
    [InlineData("/k", false)]
    public void Presence_asks_for_the_name_only(string target, bool expected) =>
        Assert.Equal(expected, new QueryPredicate("k", null).Holds(Requests.Get(target)));

    private static readonly Gen<string> Queries = Gen.OneOf('k', 'v', '=', '&', '%').Array[0, 12].Select(c => new string(c));

    [Fact]
    public void Reads_what_splitting_reads() => Gen.Select(Queries, Gen.OneOf("", "v", "k", "=", "%v"), Gen.OneOf("k", "v", "kv")).Sample((query, value, key) =>
    {
        var first = query.Split('&').Select(pair => pair.Split('=', 2)).FirstOrDefault(pair => pair[0] == key);
        var expected = first is not null && (first.Length == 1 ? "" : first[1]) == value;
        Assert.Equal(expected, new QueryPredicate(key, StringMatcher.Exact(value)).Holds(Requests.Get("/p?" + query)));
    });
}
