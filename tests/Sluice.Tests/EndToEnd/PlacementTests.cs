using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Sluice.Tests.EndToEnd;

/// <summary>Consistent hashing by several gateways, each a process of its own: whichever one a client meets, it meets the same pod.</summary>
public sealed class PlacementTests : IAsyncLifetime
{
    private const int Pods = 10;
    private const int Keys = 300;

    private readonly List<Origin> _pods = [];
    private readonly TempFolder _one = new();
    private readonly TempFolder _other = new();

    public async ValueTask InitializeAsync()
    {
        for (var i = 0; i < Pods; i++)
            _pods.Add(await Origin.StartAsync(context => context.Response.WriteAsync($"{context.Connection.LocalPort}")));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var pod in _pods)
            await pod.DisposeAsync();
        _one.Dispose();
        _other.Dispose();
    }

    [Theory]
    [InlineData("ringHash: {minimumRingSize: 1024}")]
    [InlineData("maglev: {tableSize: 65537}")]
    public async Task Gateways_of_any_carrier_place_every_key_alike_before_and_after_a_restart_and_a_reload(string algorithm)
    {
        int[] ports = [.. _pods.Select(p => p.Port)];
        // The same objects, in other files, in another order, with the endpoints the other way round.
        _one.Write("all.yaml", SampleConfig.Join(SampleConfig.Gateway, SampleConfig.Origin(ports), SampleConfig.Route("/"), Rule(algorithm)));
        _other.Write("a.yaml", Rule(algorithm));
        _other.Write("b.yaml", SampleConfig.Join(SampleConfig.Route("/"), SampleConfig.Origin([.. ports.Reverse()])));
        _other.Write("c.yaml", SampleConfig.Gateway);
        await using var other = await SluiceProcess.RunAsync(_other.Path, "--carrier", "yarp", "--transport", "sockets");
        string[] placement;
        await using (var one = await SluiceProcess.RunAsync(_one.Path))
        {
            placement = await PlacementAsync(one);
            Assert.Equal(placement, await PlacementAsync(other));
        }
        await using var again = await SluiceProcess.RunAsync(_one.Path);
        Assert.Equal(placement, await PlacementAsync(again));

        _one.Write("all.yaml", SampleConfig.Join(SampleConfig.Gateway, SampleConfig.Origin([.. ports.Order()]), Rule(algorithm), SampleConfig.Route("/")));
        await again.Log.WhenAsync("Configuration 2 is in force");
        Assert.Equal(placement, await PlacementAsync(again));

        // All have their share: what is compared is not a constant.
        Assert.Equal(Pods, placement.Distinct().Count());
    }

    [Theory]
    [InlineData("ringHash: {minimumRingSize: 1024}")]
    [InlineData("maglev: {tableSize: 65537}")]
    public async Task A_pod_that_leaves_moves_its_own_keys_alike_in_two_gateways(string algorithm)
    {
        int[] ports = [.. _pods.Select(p => p.Port)];
        string Config(int[] present) => SampleConfig.Join(SampleConfig.Gateway, SampleConfig.Origin(present), SampleConfig.Route("/"), Rule(algorithm));
        _one.Write("all.yaml", Config(ports));
        await using var one = await SluiceProcess.RunAsync(_one.Path);
        var before = await PlacementAsync(one);

        // One sees the pod leave, the other one has never met it.
        _one.Write("all.yaml", Config(ports[..^1]));
        _other.Write("all.yaml", Config([.. ports[..^1].Reverse()]));
        await one.Log.WhenAsync("Configuration 2 is in force");
        await using var other = await SluiceProcess.RunAsync(_other.Path);
        var after = await PlacementAsync(one);

        Assert.Equal(after, await PlacementAsync(other));
        var gone = ports[^1].ToString(CultureInfo.InvariantCulture);
        Assert.DoesNotContain(gone, after);
        var others = before.Zip(after).Count(pair => pair.First != gone && pair.First != pair.Second);
        Assert.InRange(others, 0, algorithm.StartsWith("ring", StringComparison.Ordinal) ? 0 : Keys / 25);
    }

    private static async Task<string[]> PlacementAsync(SluiceProcess sluice)
    {
        var placement = new string[Keys];
        for (var key = 0; key < Keys; key++)
        {
            using var response = await sluice.GetAsync("www.example.com", $"/?user={key}");
            placement[key] = await response.Content.ReadAsStringAsync();
        }
        return placement;
    }

    private static string Rule(string algorithm) => $$"""
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: origin}
        spec:
          host: origin.example.com
          trafficPolicy:
            loadBalancer:
              consistentHash:
                httpQueryParameterName: user
                {{algorithm}}
        """;
}
