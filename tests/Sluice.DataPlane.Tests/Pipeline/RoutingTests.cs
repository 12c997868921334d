using Sluice.DataPlane.Routing;
using Sluice.DataPlane.Tests.Pipeline.Harness;
using static Sluice.DataPlane.Tests.Pipeline.Harness.SnapshotBuilder;

namespace Sluice.DataPlane.Tests.Pipeline;

/// <summary>Which route a request on the wire takes.</summary>
public sealed class RoutingTests
{
    private static SnapshotBuilder Table() => new SnapshotBuilder()
        .Host(
            "example.com",
            Route(Direct("exact"), Path(StringMatcher.Exact("/exact"))),
            Route(Direct("folded"), Path(StringMatcher.Exact("/Folded", ignoreCase: true))),
            Route(Direct("regex"), Path(StringMatcher.Regex("/item/[0-9]+"))),
            Route(Direct("method"), Path(StringMatcher.Exact("/m")), new HeadPredicate(HeadPart.Method, StringMatcher.Exact("DELETE"))),
            Route(Direct("header"), Path(StringMatcher.Exact("/h")), new HeaderPredicate("x-user", StringMatcher.Exact("jason"), negated: false)),
            Route(Direct("present"), Path(StringMatcher.Exact("/h")), new HeaderPredicate("x-any", null, negated: false)),
            Route(Direct("absent"), Path(StringMatcher.Exact("/w")), new HeaderPredicate("x-no", null, negated: true)),
            Route(Direct("query"), Path(StringMatcher.Exact("/q")), new QueryPredicate("v", StringMatcher.Exact("2"))),
            Route(Direct("prefix"), Path(StringMatcher.Prefix("/api"))))
        .Host("*.example.com", Route(Direct("wildcard")))
        .Host("deep.example.com", Route(Direct("deep")));

    private static PathPredicate Path(StringMatcher matcher) => new(matcher);

    [Theory]
    [InlineData("GET", "/exact", "example.com", "", "exact")]
    [InlineData("GET", "/exact?x=1", "example.com", "", "exact")]
    [InlineData("GET", "/exact/", "example.com", "", null)]
    [InlineData("GET", "/Exact", "example.com", "", null)]
    [InlineData("GET", "/fOLDED", "example.com", "", "folded")]
    [InlineData("GET", "/item/42", "example.com", "", "regex")]
    [InlineData("GET", "/item/42/x", "example.com", "", null)]
    [InlineData("DELETE", "/m", "example.com", "", "method")]
    [InlineData("GET", "/m", "example.com", "", null)]
    [InlineData("GET", "/h", "example.com", "X-User: jason\r\n", "header")]
    [InlineData("GET", "/h", "example.com", "x-user: Jason\r\n", null)]
    [InlineData("GET", "/h", "example.com", "X-ANY:\r\n", "present")]
    [InlineData("GET", "/h", "example.com", "", null)]
    [InlineData("GET", "/w", "example.com", "", "absent")]
    [InlineData("GET", "/w", "example.com", "X-No: 1\r\n", null)]
    [InlineData("GET", "/q?a=1&v=2", "example.com", "", "query")]
    [InlineData("GET", "/q?v=20", "example.com", "", null)]
    [InlineData("GET", "/apix?y", "example.com", "", "prefix")]
    [InlineData("GET", "/x/../api/y", "example.com", "", "prefix")]
    [InlineData("GET", "/%61pi", "example.com", "", "prefix")]
    [InlineData("GET", "/%2561pi", "example.com", "", null)]
    [InlineData("GET", "/anything", "EXAMPLE.com:8443", "", null)]
    [InlineData("GET", "/exact", "EXAMPLE.com:8443", "", "exact")]
    [InlineData("GET", "/exact", "a.b.example.com", "", "wildcard")]
    [InlineData("GET", "/exact", "deep.example.com", "", "deep")]
    [InlineData("GET", "/exact", "notexample.com", "", null)]
    public async Task Takes_the_route_of_host_path_method_header_and_query(string method, string target, string host, string headers, string? route)
    {
        await using var front = await Front.StartAsync(Table());
        using var client = await front.ConnectAsync();

        await client.SendAsync($"{method} {target} HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n");
        var response = await client.ReadAsync();

        Assert.Equal(route is null ? 404 : 200, response.Status);
        Assert.Equal(route ?? "", response.Body);
    }

    [Theory]
    [InlineData(0, "v1")]
    [InlineData(89, "v1")]
    [InlineData(90, "v2")]
    [InlineData(99, "v2")]
    public async Task Chooses_a_destination_by_weight(int draw, string expected)
    {
        await using var v1 = new RawOrigin(RawOrigin.Ok("v1"));
        await using var v2 = new RawOrigin(RawOrigin.Ok("v2"));
        var action = new ForwardAction { Clusters = new WeightedClusters([Weighted(ClusterOf("v1", v1.Port), 90), Weighted(ClusterOf("v2", v2.Port), 10)]) };
        await using var front = await Front.StartAsync(new SnapshotBuilder().Host("*", Route(action)), dice: n => n == 100 ? draw : 0);

        Assert.Equal(expected, (await front.GetAsync("/")).Body);
    }

    [Fact]
    public async Task A_connection_that_stays_open_follows_the_configuration()
    {
        await using var front = await Front.StartAsync(new SnapshotBuilder().Host("*", Route(Direct("old"))));
        using var client = await front.ConnectAsync();
        Assert.Equal("old", (await client.GetAsync("/")).Body);

        front.Live.Publish(new SnapshotBuilder().Host("*", Route(Direct("new"))).Build());

        Assert.Equal("new", (await client.GetAsync("/")).Body);
    }
}
