using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Clusters.Balancers;
using Sluice.DataPlane.Pipeline;
using Sluice.DataPlane.Routing;
using Sluice.DataPlane.Tests.Pipeline.Harness;
using static Sluice.DataPlane.Tests.Pipeline.Harness.SnapshotBuilder;

namespace Sluice.DataPlane.Tests.Pipeline;

/// <summary>Clients keep to an endpoint by their key, and to a version while weights move.</summary>
public sealed class AffinityTests
{
    private const int Pods = 5;
    private const int Clients = 24;

    private static readonly BalancingPolicy Ring = new() { Algorithm = BalancingAlgorithm.RingHash, TableSize = 1024 };

    [Theory]
    [InlineData("header")]
    [InlineData("query")]
    [InlineData("cookie")]
    public async Task Equal_keys_meet_one_endpoint_and_different_ones_spread(string source)
    {
        await using var pods = new PodsInTest(Pods);
        await using var front = await Front.StartAsync(Example(To(pods, Key(source))));
        var first = await AskAsync(front, source);
        Assert.Equal(first, await AskAsync(front, source));
        Assert.InRange(first.Distinct().Count(), 3, Pods);
    }

    [Fact]
    public async Task Another_gateway_with_the_same_configuration_finds_the_same_endpoints()
    {
        await using var pods = new PodsInTest(Pods);
        await using var one = await Front.StartAsync(Example(To(pods, Key("header"))));
        await using var other = await Front.StartAsync(Example(To(pods, Key("header"))));
        Assert.Equal(await AskAsync(one, "header"), await AskAsync(other, "header"));
    }

    [Fact]
    public async Task The_address_of_the_client_is_the_key_as_far_as_it_is_believed()
    {
        await using var pods = new PodsInTest(Pods);
        var table = Example(To(pods, HashPolicy.ByAddress));
        await using (var front = await Front.StartAsync(table))
            Assert.Single((await AskAsync(front, "address")).Distinct());
        table.Settings = new EdgeSettings { TrustedProxies = 1 };
        await using (var front = await Front.StartAsync(table))
            Assert.InRange((await AskAsync(front, "address")).Distinct().Count(), 3, Pods);
    }

    [Fact]
    public async Task A_client_without_the_cookie_gets_one_that_leads_to_the_endpoint_that_answered()
    {
        await using var pods = new PodsInTest(Pods);
        var key = HashPolicy.ByCookie("session", TimeSpan.FromHours(1), "/shop", [new("SameSite", "Lax")]);
        await using var front = await Front.StartAsync(Example(To(pods, key)));
        for (var client = 0; client < Clients; client++)
        {
            var answer = await front.GetAsync("/");
            Assert.Matches("^session=\"[0-9a-f]{1,16}\"; Max-Age=3600; Path=/shop; SameSite=Lax; HttpOnly$", answer.Value("set-cookie"));
            var again = await front.GetAsync("/", headers: $"Cookie: a=b; {answer.Value("set-cookie")!.Split(';')[0]}\r\n");
            Assert.Equal(answer.Body, again.Body);
            Assert.Null(again.Value("set-cookie"));
        }
    }

    [Fact]
    public async Task The_cookie_stands_beside_those_of_the_upstream_and_not_on_answers_of_the_gateway()
    {
        await using var origin = new RawOrigin(RawOrigin.Ok("x", "Set-Cookie: own=1\r\n"));
        await using var gone = new PodsInTest(0);
        var key = HashPolicy.ByCookie("session", TimeSpan.Zero);
        await using var front = await Front.StartAsync(new SnapshotBuilder()
            .Host("example.com", Route(To([origin.Port], key)))
            .Host("gone.example.com", Route(To(gone, key))));
        var cookies = (await front.GetAsync("/")).Values("set-cookie");
        Assert.Equal(2, cookies.Length);
        Assert.Equal("own=1", cookies[0]);
        Assert.EndsWith("; HttpOnly", cookies[1], StringComparison.Ordinal);
        Assert.Empty((await front.GetAsync("/", "gone.example.com")).Values("set-cookie"));
    }

    [Fact]
    public async Task Without_a_lifetime_no_cookie_is_made()
    {
        await using var pods = new PodsInTest(2);
        await using var front = await Front.StartAsync(Example(To(pods, HashPolicy.ByCookie("session", null))));
        Assert.Null((await front.GetAsync("/")).Value("set-cookie"));
    }

    [Fact]
    public async Task Raising_the_canary_moves_clients_to_it_and_none_back()
    {
        await using var pods = new PodsInTest(2);
        var before = await SplitAsync(pods, 80, 20);
        var after = await SplitAsync(pods, 50, 50);
        Assert.All(before.Zip(after), pair => Assert.False(pair is { First: "1", Second: "0" }));
        Assert.NotEqual(before, after);
        Assert.Equal(after, await SplitAsync(pods, 50, 50));
    }

    [Fact]
    public async Task A_client_without_the_cookie_of_a_split_gets_one_that_leads_to_the_same_version()
    {
        await using var pods = new PodsInTest(2);
        var dice = new Random(1);
        await using var front = await Front.StartAsync(Example(Split(pods, HashPolicy.ByCookie("canary", TimeSpan.FromDays(1), "/"), 50, 50)), n => dice.Next(n));
        var bodies = new List<string>();
        for (var client = 0; client < Clients; client++)
        {
            var answer = await front.GetAsync("/");
            var cookie = answer.Value("set-cookie")!;
            Assert.Matches("^canary=\"[0-9a-f]{16}\"; Max-Age=86400; Path=/; HttpOnly$", cookie);
            Assert.Equal(answer.Body, (await front.GetAsync("/", headers: $"Cookie: {cookie.Split(';')[0]}\r\n")).Body);
            bodies.Add(answer.Body);
        }
        Assert.Equal(2, bodies.Distinct().Count());
    }

    [Fact]
    public async Task One_cookie_can_serve_the_split_and_the_endpoints()
    {
        await using var pods = new PodsInTest(Pods);
        var key = HashPolicy.ByCookie("id", TimeSpan.Zero);
        var (one, two) = (Cluster("a", pods.Ports), Cluster("b", pods.Ports));
        WeightedCluster[] entries = [Weighted(one) with { Hash = key }, Weighted(two) with { Hash = key }];
        await using var front = await Front.StartAsync(Example(
            new ForwardAction { Clusters = new WeightedClusters(entries) { Sticky = new StickyWeights(key, "v", entries) } }));
        var answer = await front.GetAsync("/");
        Assert.Equal(answer.Body, (await front.GetAsync("/", headers: $"Cookie: {answer.Value("set-cookie")!.Split(';')[0]}\r\n")).Body);
    }

    [Fact]
    public async Task A_client_without_the_header_of_a_split_is_drawn_each_time()
    {
        await using var pods = new PodsInTest(2);
        var draws = new Queue<int>([0, 1]);
        await using var front = await Front.StartAsync(Example(Split(pods, HashPolicy.ByHeader("x-user"), 1, 1)), _ => draws.Dequeue());
        Assert.Equal("0", (await front.GetAsync("/")).Body);
        Assert.Equal("1", (await front.GetAsync("/")).Body);
    }

    private static async Task<string[]> SplitAsync(PodsInTest pods, int stable, int canary)
    {
        await using var front = await Front.StartAsync(Example(Split(pods, HashPolicy.ByHeader("x-user"), stable, canary)));
        return await AskAsync(front, "header");
    }

    private static async Task<string[]> AskAsync(Front front, string source)
    {
        using var connection = await front.ConnectAsync();
        var bodies = new string[Clients];
        for (var client = 0; client < Clients; client++)
        {
            bodies[client] = (await connection.GetAsync(source == "query" ? $"/?user={client}" : "/", headers: source switch
            {
                "header" => $"X-User: {client}\r\n",
                "cookie" => $"Cookie: user={client}\r\n",
                "address" => $"X-Forwarded-For: 198.51.100.{client}\r\n",
                _ => "",
            })).Body;
        }
        return bodies;
    }

    private static HashPolicy Key(string source) => source switch
    {
        "header" => HashPolicy.ByHeader("x-user"),
        "query" => HashPolicy.ByQuery("user"),
        _ => HashPolicy.ByCookie("user", null),
    };

    private static SnapshotBuilder Example(RouteAction action) => new SnapshotBuilder().Host("example.com", Route(action));

    private static ForwardAction To(PodsInTest pods, HashPolicy key) => To(pods.Ports, key);

    private static ForwardAction To(int[] ports, HashPolicy key) =>
        new() { Clusters = new WeightedClusters([Weighted(Cluster("a", ports)) with { Hash = key }]) };

    private static ForwardAction Split(PodsInTest pods, HashPolicy key, int stable, int canary)
    {
        WeightedCluster[] entries =
            [Weighted(ClusterOf("stable", pods.Ports[0]), stable), Weighted(ClusterOf("canary", pods.Ports[1]), canary)];
        return new ForwardAction { Clusters = new WeightedClusters(entries) { Sticky = new StickyWeights(key, "default/v", entries) } };
    }

    private static Cluster Cluster(string name, int[] ports)
    {
        var cluster = ClusterOf(name, ports);
        return new Cluster
        {
            Name = cluster.Name,
            Text = cluster.Text,
            Protocol = cluster.Protocol,
            Endpoints = cluster.Endpoints,
            Balancer = new LoadBalancer(Ring, cluster.Endpoints),
            ConnectTimeout = cluster.ConnectTimeout,
        };
    }

    /// <summary>Upstreams that answer with their number.</summary>
    private sealed class PodsInTest(int count) : IAsyncDisposable
    {
        private readonly RawOrigin[] _origins = [.. Enumerable.Range(0, count).Select(i => new RawOrigin(RawOrigin.Ok($"{i}")))];

        public int[] Ports => Array.ConvertAll(_origins, origin => origin.Port);

        public async ValueTask DisposeAsync()
        {
            foreach (var origin in _origins)
                await origin.DisposeAsync();
        }
    }
}
