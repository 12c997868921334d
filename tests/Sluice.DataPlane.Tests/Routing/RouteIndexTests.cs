using CsCheck;
using Sluice.DataPlane.Routing;

namespace Sluice.DataPlane.Tests.Routing;

public sealed class RouteIndexTests
{
    private static readonly Gen<string> Segments = Gen.OneOf("a", "A", "b", "ab");
    private static readonly Gen<string> Paths =
        Gen.Select(Segments.Array[0, 3], Gen.OneOf("", "/"), (segments, end) => "/" + string.Join('/', segments) + end);

    private static readonly Gen<RoutePredicate> PathPredicates = Gen.Select(Paths, Gen.Bool, Gen.Int[0, 3], (path, ignoreCase, kind) => kind switch
    {
        0 => StringMatcher.Exact(path, ignoreCase),
        1 => StringMatcher.Regex(path + "(b|/.*)?"),
        _ => StringMatcher.Prefix(path, ignoreCase),
    }).Select(matcher => (RoutePredicate)new PathPredicate(matcher));

    private static readonly Gen<string> Values = Gen.OneOf("1", "2", "3", "1,2");
    private static readonly Gen<StringMatcher> Matchers = Gen.Select(Values, Gen.Int[0, 4], (value, kind) => kind switch
    {
        0 => StringMatcher.Prefix(value),
        1 => StringMatcher.Regex(value + "?"),
        _ => StringMatcher.Exact(value),
    });

    private static readonly Gen<RoutePredicate> OtherPredicates = Gen.OneOf<RoutePredicate>(
        Gen.Select(Gen.OneOf("x", "Y", "z"), Matchers.Null(), Gen.Bool, (name, matcher, negated) => (RoutePredicate)new HeaderPredicate(name, matcher, negated)),
        Gen.Select(Gen.OneOf("q", "r"), Matchers.Null(), (name, matcher) => (RoutePredicate)new QueryPredicate(name, matcher)),
        Gen.OneOf("GET", "PUT").Select(method => (RoutePredicate)new HeadPredicate(HeadPart.Method, StringMatcher.Exact(method))),
        Gen.OneOf("GET", "PUT").Select(method => (RoutePredicate)new HeaderPredicate(":method", StringMatcher.Exact(method), negated: false)),
        PathPredicates);

    private static readonly Gen<Route> Routes = Gen.Select(PathPredicates.Null(), OtherPredicates.Array[0, 2],
        (path, others) => Requests.Route("", path is null ? others : [path, .. others]));

    private static readonly Gen<RequestHead> Heads = Gen.Select(
        Gen.OneOf("GET", "PUT", "DELETE"), Paths, Gen.OneOf("", "?q=1", "?q=2&r=1", "?r"),
        Gen.Select(Gen.OneOf("x", "y", "Z"), Values).Array[0, 3],
        (method, path, query, headers) => Requests.Of(method, path + query, [.. headers.SelectMany(h => new[] { h.Item1, h.Item2 })]));

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    public void Finds_the_route_that_a_scan_finds(int leaf) => Gen.Select(Routes.Array[1, 40], Heads.Array[20]).Sample((routes, heads) =>
    {
        var index = new RouteIndex(routes, leaf);
        foreach (var head in heads)
        {
            var expected = Array.FindIndex(routes, r => r.Matcher.Matches(head));
            Assert.Equal(expected < 0 ? int.MaxValue : expected, index.First(head));
        }
    }, iter: 500);

    [Fact]
    public void Asks_few_of_many_routes()
    {
        var asked = new Counter();
        var routes = Enumerable.Range(0, 10_000).Select(i => Requests.Route($"{i}", new PathPredicate(i % 2 == 0
            ? StringMatcher.Prefix($"/service-{i}/")
            : StringMatcher.Exact($"/service-{i}")), asked)).ToArray();
        var host = Requests.Host("a", routes);
        Assert.Equal("8642", host.Match(Requests.Get("/service-8642/x"))?.Name);
        Assert.Equal("8643", host.Match(Requests.Get("/service-8643?q"))?.Name);
        Assert.Null(host.Match(Requests.Get("/service-8643/x")));
        Assert.Equal(2, asked.Count);
    }

    [Fact]
    public void Tells_routes_without_paths_apart_by_a_header()
    {
        var asked = new Counter();
        var routes = Enumerable.Range(0, 10_000).Select(i => Requests.Route($"{i}", new PathPredicate(StringMatcher.Prefix("/")),
            new HeaderPredicate("x-tenant", StringMatcher.Exact($"{i}"), negated: false), asked)).ToArray();
        var host = Requests.Host("a", [.. routes, Requests.Route("rest")]);
        Assert.Equal("9000", host.Match(Requests.Get("/", "X-Tenant", "9000"))?.Name);
        Assert.Equal("rest", host.Match(Requests.Get("/", "X-Tenant", "nobody"))?.Name);
        Assert.Equal("rest", host.Match(Requests.Get("/"))?.Name);
        Assert.Equal(1, asked.Count);
    }

    [Fact]
    public void Narrows_patterns_down_by_what_they_begin_with()
    {
        var asked = new Counter();
        var routes = Enumerable.Range(0, 200).Select(i =>
            Requests.Route($"{i}", asked, new PathPredicate(StringMatcher.Regex($"^/service-{i}/[0-9]+$")))).ToArray();
        Assert.Equal("150", Requests.Host("a", routes).Match(Requests.Get("/service-150/7"))?.Name);
        Assert.Equal(1, asked.Count);
    }

    private sealed class Counter : RoutePredicate
    {
        public int Count { get; private set; }

        public override bool Holds(in RequestHead head) => ++Count > 0;

        public override string Actual(in RequestHead head) => "";

        public override string ToString() => "";
    }
}
