using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Sluice.Tests.EndToEnd;
using Sluice.Transport.Tests.Wire;

namespace Sluice.Tests.Chance;

/// <summary>A running gateway whose rules leave something to chance, one rule a path, and the upstreams behind it.</summary>
public sealed partial class SplitTraffic : IAsyncLifetime
{
    /// <summary>Names of the upstreams; each answers with its own.</summary>
    internal static readonly string[] Services = ["a", "b", "c"];

    private const int Connections = 16;

    private readonly TempFolder _folder = new();
    private readonly Dictionary<string, ConcurrentQueue<string>> _served = Services.ToDictionary(s => s, _ => new ConcurrentQueue<string>());
    private readonly List<Origin> _origins = [];
    private SluiceProcess _sluice = null!;

    public async ValueTask InitializeAsync()
    {
        List<string> documents = [SampleConfig.Gateway, Rules()];
        foreach (var service in Services)
        {
            var body = Encoding.ASCII.GetBytes(service);
            var origin = await Origin.StartAsync(context =>
            {
                _served[service].Enqueue(context.Request.QueryString.Value!);
                context.Response.ContentLength = body.Length;
                return context.Response.Body.WriteAsync(body).AsTask();
            });
            _origins.Add(origin);
            documents.Add(SampleConfig.Origin(origin.Port)
                .Replace("origin.example.com", service + ".example.com").Replace("name: origin", "name: " + service));
        }
        _folder.Write("all.yaml", SampleConfig.Join([.. documents]));
        _sluice = await SluiceProcess.RunAsync(_folder.Path);
    }

    public async ValueTask DisposeAsync()
    {
        if (_sluice is not null)
            await _sluice.DisposeAsync();
        foreach (var origin in _origins)
            await origin.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>Asks for a path many times over kept connections, and counts the answers: status and body. The requests are numbered by their
    /// query.</summary>
    internal async Task<Dictionary<string, int>> AskAsync(string path, int requests)
    {
        var next = -1;
        var counts = new ConcurrentDictionary<string, int>();
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(async _ =>
        {
            using var client = await WireClient.ConnectAsync(_sluice.Port);
            for (var n = Interlocked.Increment(ref next); n < requests; n = Interlocked.Increment(ref next))
            {
                var answer = await client.GetAsync($"{path}?{n}");
                var body = answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
                counts.AddOrUpdate($"{answer["HTTP/1.1 ".Length..][..3]} {body}".TrimEnd(), 1, (_, count) => count + 1);
            }
        }));
        return new Dictionary<string, int>(counts);
    }

    /// <summary>As <see cref="AskAsync"/>, but counts what the metrics say: status and response flags.</summary>
    internal async Task<Dictionary<string, int>> AskMetricsAsync(string path, int requests)
    {
        var before = await FlagsAsync();
        await AskAsync(path, requests);
        // A request is counted once its answer is out.
        while (true)
        {
            var counts = await FlagsAsync();
            foreach (var (answer, count) in before)
                counts[answer] -= count;
            if (counts.Values.Sum() >= requests)
                return counts.Where(c => c.Value > 0).ToDictionary();
        }
    }

    /// <summary>As <see cref="AskAsync"/>, but says for each request which of two upstreams got a copy: <c>a b</c>, <c>a</c>, <c>b</c> or nothing.</summary>
    internal async Task<Dictionary<string, int>> AskCopiesAsync(string path, int requests, string first, string second)
    {
        _served[first].Clear();
        _served[second].Clear();
        await AskAsync(path, requests);
        await CopiesEndedAsync();
        var copies = new Dictionary<string, HashSet<string>>();
        foreach (var service in new[] { first, second })
        {
            copies[service] = [.. _served[service]];
            Assert.Equal(copies[service].Count, _served[service].Count);
        }
        return Enumerable.Range(0, requests)
            .Select(n => string.Join(' ', copies.Where(c => c.Value.Contains($"?{n}")).Select(c => c.Key)))
            .CountBy(who => who)
            .ToDictionary();
    }

    private static string Rules()
    {
        var rules = new StringBuilder("""
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata:
              name: chance
            spec:
              hosts: ["*"]
              gateways: [edge]
              http:

            """);
        foreach (var (path, rule) in SplitRules.All)
            rules.AppendLine(CultureInfo.InvariantCulture, $"  - match: [{{uri: {{exact: {path}}}}}]").AppendLine("    " + rule.ReplaceLineEndings("\n    "));
        return rules.ToString();
    }

    private async Task<Dictionary<string, int>> FlagsAsync()
    {
        using var answer = await _sluice.SendAsync(HttpMethod.Get, _sluice.Metrics, "/stats/prometheus");
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return Requests().Matches(text)
            .GroupBy(m => $"{m.Groups["status"].Value} {m.Groups["flags"].Value}")
            .ToDictionary(g => g.Key, g => g.Sum(m => int.Parse(m.Groups["count"].Value, CultureInfo.InvariantCulture)));
    }

    // A copy counts as active before the answer to its original is out.
    private async Task CopiesEndedAsync()
    {
        while (true)
        {
            var clusters = await _sluice.AdminAsync("/clusters");
            if (clusters.GetProperty("clusters").EnumerateArray()
                .SelectMany(c => c.GetProperty("endpoints").EnumerateArray())
                .All(e => e.GetProperty("activeRequests").GetInt32() == 0))
                return;
        }
    }

    [GeneratedRegex("""^istio_requests_total\{.*response_code="(?<status>\d+)".*response_flags="(?<flags>[^"]*)".*\} (?<count>\d+)""", RegexOptions.Multiline)]
    private static partial Regex Requests();
}
