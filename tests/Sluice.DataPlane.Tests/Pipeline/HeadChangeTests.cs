using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Routing;
using Sluice.DataPlane.Tests.Pipeline.Harness;
using static Sluice.DataPlane.Tests.Pipeline.Harness.SnapshotBuilder;

namespace Sluice.DataPlane.Tests.Pipeline;

/// <summary>What a route makes of the head that goes upstream, and of the one that comes back.</summary>
public sealed class HeadChangeTests
{
    private static Route Of(RouteAction action, HeaderMutator? request = null, HeaderMutator? response = null) => new()
    {
        Name = "",
        Matcher = RouteMatcher.Any,
        Action = action,
        RequestHeaders = request ?? HeaderMutator.None,
        ResponseHeaders = response ?? HeaderMutator.None,
        At = "vs.yaml:1",
    };

    private static HeaderMutator Changes(params (HeaderChange Change, string Name, string Value)[] changes) =>
        new([.. changes.Select(c => new HeaderOperation(c.Change, c.Name, c.Value))]);

    private static ForwardAction Forward(Cluster cluster, string? authority = null, string? destinationAuthority = null, PathRewriter? rewrite = null) => new()
    {
        Clusters = new WeightedClusters([Weighted(cluster) with { Authority = destinationAuthority }]),
        Authority = authority,
        Rewrite = rewrite,
    };

    [Theory]
    [InlineData(null, null, "example.com:81")]
    [InlineData("route.example", null, "route.example")]
    [InlineData(null, "destination.example", "destination.example")]
    [InlineData("route.example", "destination.example", "route.example")]
    public async Task The_upstreams_host_is_the_routes_then_the_destinations_then_the_clients(string? route, string? destination, string host)
    {
        await using var origin = new RawOrigin(RawOrigin.Ok(""));
        await using var front = await Front.StartAsync(
            new SnapshotBuilder().Host("*", Of(Forward(ClusterOf("a", origin.Port), route, destination))));

        await front.GetAsync("/", "example.com:81");

        Assert.Equal(host, Assert.Single(origin.Requests).Value("host"));
    }

    [Fact]
    public async Task A_rewritten_path_goes_upstream_and_the_original_beside_it()
    {
        await using var origin = new RawOrigin(RawOrigin.Ok(""));
        var action = Forward(ClusterOf("a", origin.Port), rewrite: PathRewriter.ReplacePrefix("/api", "/v2"));
        await using var front = await Front.StartAsync(new SnapshotBuilder().Host("*", Of(action)));

        await front.GetAsync("/api/%2F?q=%20");

        var seen = Assert.Single(origin.Requests);
        Assert.Equal("GET /v2/%2F?q=%20 HTTP/1.1", seen.Line);
        Assert.Equal("/api/%2F?q=%20", seen.Value("x-envoy-original-path"));
    }

    [Fact]
    public async Task Header_changes_act_in_both_directions_and_an_added_line_stays_apart_from_the_clients()
    {
        await using var origin = new RawOrigin(RawOrigin.Ok("", "x-del: 1\r\nx-set: upstream\r\nx-add: upstream\r\n"));
        var changes = Changes(
            (HeaderChange.Remove, "x-del", ""), (HeaderChange.Set, "x-set", "us"), (HeaderChange.Add, "x-add", "us"),
            (HeaderChange.Set, "x-from", "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT% 100%%"));
        await using var front = await Front.StartAsync(
            new SnapshotBuilder().Host("*", Of(Forward(ClusterOf("a", origin.Port)), changes, changes)));

        var response = await front.GetAsync("/", headers: "X-Del: 1\r\nX-Set: client\r\nX-Add: client\r\n");

        var seen = Assert.Single(origin.Requests);
        Assert.Null(seen.Value("x-del"));
        Assert.Equal("us", seen.Value("x-set"));
        // Two lines, or one with Envoy's comma: HttpClient can only do the latter.
        Assert.Equal("client,us", string.Join(',', seen.Values("x-add")));
        Assert.Equal("127.0.0.1 100%", seen.Value("x-from"));
        Assert.Null(response.Value("x-del"));
        Assert.Equal("us", response.Value("x-set"));
        Assert.Equal(["upstream", "us"], response.Values("x-add"));
    }

    [Fact]
    public async Task Of_several_destinations_each_has_changes_of_its_own_under_the_routes()
    {
        await using var origin = new RawOrigin(RawOrigin.Ok(""));
        var cluster = ClusterOf("a", origin.Port);
        var changes = Changes((HeaderChange.Set, "x-who", "destination"), (HeaderChange.Set, "x-mine", "1"));
        var action = new ForwardAction
        {
            Clusters = new WeightedClusters(
                [new WeightedCluster("one", cluster, 50, changes, changes), new WeightedCluster("two", cluster, 50, HeaderMutator.None, HeaderMutator.None)]),
        };
        var route = Changes((HeaderChange.Set, "x-who", "route"));
        var draw = 0;
        await using var front = await Front.StartAsync(new SnapshotBuilder().Host("*", Of(action, route, route)), dice: n => n == 100 ? draw : 0);

        var one = await front.GetAsync("/");
        draw = 50;
        var two = await front.GetAsync("/");

        Assert.Equal(["1", null], origin.Requests.Select(r => r.Value("x-mine")));
        Assert.Equal(["1", null], new[] { one, two }.Select(r => r.Value("x-mine")));
        Assert.All(origin.Requests, r => Assert.Equal("route", r.Value("x-who")));
        Assert.All([one, two], r => Assert.Equal("route", r.Value("x-who")));
    }
}
