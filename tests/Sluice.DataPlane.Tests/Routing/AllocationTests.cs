using Sluice.DataPlane.Routing;

namespace Sluice.DataPlane.Tests.Routing;

public sealed class AllocationTests
{
    private const int Rounds = 2_000;

    [Fact]
    public void Matching_among_50_routes_allocates_nothing()
    {
        RoutePredicate[][] predicates =
        [
            [new PathPredicate(StringMatcher.Exact("/exact"))],
            [new PathPredicate(StringMatcher.Prefix("/PREFIX/", ignoreCase: true))],
            [new PathPredicate(StringMatcher.Regex("/regex/[0-9]+/.*"))],
            [new PathPredicate(StringMatcher.Prefix("/h")), new HeaderPredicate("x-user", StringMatcher.Exact("a,b"), negated: false)],
            [new PathPredicate(StringMatcher.Prefix("/q")), new QueryPredicate("k", StringMatcher.Regex("v[0-9]"))],
        ];
        var routes = Enumerable.Range(0, 50).Select(i => Requests.Route($"{i}", predicates[i % predicates.Length])).ToArray();
        var host = Requests.Host("a", routes);
        var scanned = Requests.Host("b", routes[..5]);
        RequestHead[] heads =
        [
            Requests.Get("/exact"), Requests.Get("/prefix/x"), Requests.Get("/regex/123/abc"), Requests.Get("/regex/x"),
            Requests.Get("/h", "x-user", "a", "x-user", "b"), Requests.Get("/q?a&k=v7"), Requests.Get("/q?k=\xC3\xA9"), Requests.Get("/none"),
        ];
        AssertAllocatesNothing(() =>
        {
            foreach (var head in heads)
            {
                host.Match(head);
                scanned.Match(head);
            }
        });
    }

    [Fact]
    public void Finding_a_host_among_1000_allocates_nothing()
    {
        var hosts = Enumerable.Range(0, 1000).Select(i => Requests.Host(i % 3 == 0 ? $"*.team{i}.example" : $"service{i}.example"));
        var table = new HostTable(hosts.Append(Requests.Host("*")));
        AssertAllocatesNothing(() =>
        {
            table.Find("Service500.example:8080");
            table.Find("x.y.team999.example");
            table.Find("nowhere.example");
        });
    }

    internal static void AssertAllocatesNothing(Action action)
    {
        for (var i = 0; i < Rounds; i++)
            action();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Rounds; i++)
            action();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
