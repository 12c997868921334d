using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Http;
using Sluice.DataPlane.Routing;

namespace Sluice.Micro;

/// <summary>Finding the route of a request in one virtual host: prefixes, every tenth with a header condition besides.</summary>
[MemoryDiagnoser, MinColumn]
public class RouteMatch
{
    private const int Requests = 64;

    private readonly RequestHead[] _served = new RequestHead[Requests];
    private readonly RequestHead[] _unknown = new RequestHead[Requests];
    private VirtualHost _host = null!;
    private HostTable _hosts = null!;

    /// <summary>Routes of the virtual host.</summary>
    [Params(10, 100, 1_000, 10_000)]
    public int Routes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _host = new VirtualHost { Name = "shop.example.com:80", Domains = ["shop.example.com"], Routes = [.. Enumerable.Range(0, Routes).Select(Route)] };
        _hosts = new HostTable([_host]);
        var headers = new HeaderDictionary { ["x-canary"] = "yes", ["user-agent"] = "bench", ["accept"] = "*/*" };
        for (var i = 0; i < Requests; i++)
        {
            // Spread over the whole table, from the first route to the last.
            var route = (int)((long)(Routes - 1) * i / (Requests - 1));
            _served[i] = new RequestHead("GET", "http", "shop.example.com", $"/team-{route % 10}/service-{route:D5}/items?page=2", headers);
            _unknown[i] = new RequestHead("GET", "http", "shop.example.com", $"/team-{route % 10}/service-{route:D5}x/items?page=2", headers);
        }
        if (_served.Any(head => _host.Match(head) is null) || _unknown.Any(head => _host.Match(head) is not null))
            throw new InvalidOperationException("the table does not find what it should");
    }

    [Benchmark(OperationsPerInvoke = Requests)]
    public int Found() => Match(_served);

    [Benchmark(OperationsPerInvoke = Requests)]
    public int NotFound() => Match(_unknown);

    /// <summary>What a request pays: its virtual host, and in it the route.</summary>
    [Benchmark(OperationsPerInvoke = Requests)]
    public int HostAndRoute()
    {
        var found = 0;
        foreach (ref readonly var head in _served.AsSpan())
        {
            if (_hosts.Find(head.Authority)?.Match(head) is not null)
                found++;
        }
        return found;
    }

    private static Route Route(int i)
    {
        var path = new PathPredicate(StringMatcher.Prefix($"/team-{i % 10}/service-{i:D5}/"));
        return new Route
        {
            Name = $"service-{i}",
            Matcher = new RouteMatcher(i % 10 == 0 ? [path, new HeaderPredicate("x-canary", StringMatcher.Exact("yes"), negated: false)] : [path]),
            Action = new DirectResponseAction { Status = 200, Body = default },
            At = "vs.yaml:1",
        };
    }

    private int Match(RequestHead[] heads)
    {
        var found = 0;
        foreach (ref readonly var head in heads.AsSpan())
        {
            if (_host.Match(head) is not null)
                found++;
        }
        return found;
    }
}
