using BenchmarkDotNet.Attributes;
using Sluice.DataPlane.Routing;

namespace Sluice.Micro;

/// <summary>Finding the virtual host of an authority; every tenth host is a wildcard.</summary>
[MemoryDiagnoser, MinColumn]
public class HostFind
{
    private const int Requests = 64;

    private readonly string[] _exact = new string[Requests];
    private readonly string[] _wildcard = new string[Requests];
    private readonly string[] _unknown = new string[Requests];
    private HostTable _table = null!;

    /// <summary>Virtual hosts.</summary>
    [Params(10, 1_000, 100_000)]
    public int Hosts { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _table = new HostTable(Enumerable.Range(0, Hosts).Select(i => Host(i % 10 == 0 ? $"*.team-{i}.example.com" : $"shop-{i}.example.com")));
        for (var i = 0; i < Requests; i++)
        {
            var tens = (int)((long)(Hosts / 10 - 1) * i / (Requests - 1)) * 10;
            _exact[i] = $"shop-{tens + 1 + i % 9}.example.com:8080";
            _wildcard[i] = $"Www.team-{tens}.example.com";
            _unknown[i] = $"nothing-{i}.example.org";
        }
        if (_exact.Concat(_wildcard).Any(a => _table.Find(a) is null) || _unknown.Any(a => _table.Find(a) is not null))
            throw new InvalidOperationException("the table does not find what it should");
    }

    [Benchmark(OperationsPerInvoke = Requests)]
    public int Exact() => Find(_exact);

    [Benchmark(OperationsPerInvoke = Requests)]
    public int Wildcard() => Find(_wildcard);

    [Benchmark(OperationsPerInvoke = Requests)]
    public int NotFound() => Find(_unknown);

    private static VirtualHost Host(string domain) => new() { Name = $"{domain}:80", Domains = [domain], Routes = [] };

    private int Find(string[] authorities)
    {
        var found = 0;
        foreach (var authority in authorities)
        {
            if (_table.Find(authority) is not null)
                found++;
        }
        return found;
    }
}
