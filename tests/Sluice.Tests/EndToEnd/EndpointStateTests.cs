using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Sluice.Tests.EndToEnd;

/// <summary>What goes on at an endpoint outlives every reload that keeps it: its ejection, the requests that are with it, its figures, its
/// connections.</summary>
public sealed class EndpointStateTests : IDisposable
{
    private readonly TempFolder _folder = new();

    // Connections that each origin has seen.
    private readonly ConcurrentDictionary<(int Port, string Connection), bool> _connections = new();
    private readonly TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("native")]
    [InlineData("yarp")]
    public async Task Ejections_requests_figures_and_connections_outlive_reloads(string carrier)
    {
        await using var first = await Origin.StartAsync(AnswerAsync);
        await using var second = await Origin.StartAsync(AnswerAsync);
        await using var ejected = await Origin.StartAsync(AnswerAsync);
        await using var added = await Origin.StartAsync(AnswerAsync);
        int[] ports = [first.Port, second.Port, ejected.Port];
        Write(ports, prefix: "/", balancing: "ROUND_ROBIN");
        await using var sluice = await SluiceProcess.RunAsync(_folder.Path, "--carrier", carrier);
        await sluice.AdminAsync($"/clusters/{Uri.EscapeDataString(Cluster)}/endpoints/127.0.0.1:{ejected.Port}/eject", HttpMethod.Post);
        var waiting = sluice.GetAsync("www.example.com", "/hold");
        await _arrived.Task;
        await AskAsync(sluice, 10);
        var connections = _connections.Count;
        var before = await FiguresAsync(sluice, successes: 10);
        Assert.Equal(1, before.Values.Sum(e => e.Active));

        // Another rule, another balancer, other weights and another order, another endpoint beside them.
        (int[] Ports, string Prefix, string Balancing, int Weight)[] reloads =
        [
            (ports, "/a", "ROUND_ROBIN", 1),
            (ports, "/", "LEAST_REQUEST", 1),
            ([ports[2], ports[1], ports[0]], "/", "RANDOM", 5),
            ([.. ports, added.Port], "/", "ROUND_ROBIN", 1),
        ];
        for (var i = 0; i < reloads.Length; i++)
        {
            Write(reloads[i].Ports, reloads[i].Prefix, reloads[i].Balancing, reloads[i].Weight);
            await sluice.Log.WhenAsync($"Configuration {i + 2} is in force");
            var after = await FiguresAsync(sluice, successes: 10);
            Assert.All(before, e => Assert.Equal(e.Value, after[e.Key]));
        }
        await AskAsync(sluice, 12);
        _held.SetResult();
        using var held = await waiting;

        Assert.Equal(HttpStatusCode.OK, held.StatusCode);
        Assert.Equal(connections, _connections.Keys.Count(c => c.Port != added.Port));
        var end = await FiguresAsync(sluice, successes: 23);
        Assert.Equal("ejected", end[ejected.Port].Health);
        Assert.Equal(0, end.Values.Sum(e => e.Active));
        Assert.DoesNotContain(_connections.Keys, c => c.Port == ejected.Port);
    }

    private const string Cluster = "outbound|80||origin.example.com";

    private async Task AnswerAsync(HttpContext context)
    {
        _connections.TryAdd((context.Connection.LocalPort, context.Connection.Id), true);
        if (context.Request.Path == "/hold")
        {
            _arrived.TrySetResult();
            await _held.Task;
        }
        await context.Response.WriteAsync("fine");
    }

    private static async Task AskAsync(SluiceProcess sluice, int times)
    {
        for (var i = 0; i < times; i++)
        {
            using var response = await sluice.GetAsync("www.example.com", "/");
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }

    // A request is counted when its answer has gone, a moment after the client has it.
    private static async Task<Dictionary<int, (string? Health, int Active, long Successes)>> FiguresAsync(SluiceProcess sluice, int successes)
    {
        while (true)
        {
            var clusters = await sluice.AdminAsync("/clusters");
            var cluster = clusters.GetProperty("clusters").EnumerateArray().Single(c => c.GetProperty("name").GetString() == Cluster);
            var figures = cluster.GetProperty("endpoints").EnumerateArray().ToDictionary(PortOf, e => (
                Health: e.GetProperty("health").GetString(), Active: e.GetProperty("activeRequests").GetInt32(), Successes: e.GetProperty("successes").GetInt64()));
            if (figures.Values.Sum(e => e.Successes) >= successes)
            {
                Assert.Equal(successes, figures.Values.Sum(e => e.Successes));
                return figures;
            }
            await Task.Delay(TimeSpan.FromMilliseconds(5), TestContext.Current.CancellationToken);
        }
    }

    private static int PortOf(JsonElement endpoint) => IPEndPoint.Parse(endpoint.GetProperty("address").GetString()!).Port;

    private void Write(int[] ports, string prefix, string balancing, int weight = 1) => _folder.Write("edge.yaml", SampleConfig.Join(
        SampleConfig.Gateway,
        SampleConfig.Route(prefix),
        $$"""
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: origin}
        spec: {host: origin.example.com, trafficPolicy: {loadBalancer: {simple: {{balancing}} } } }
        """,
        SampleConfig.Origin([.. ports.Select((port, i) => (port, 1 + i * (weight - 1)))])));
}
