using CsCheck;
using Sluice.DataPlane.Routing;

namespace Sluice.DataPlane.Tests.Routing;

public sealed class WeightedClustersTests
{
    [Fact]
    public void Every_draw_falls_on_an_entry_in_exact_proportion() => Gen.Int[1, 50].Array[1, 6].Sample(weights =>
    {
        var clusters = new WeightedClusters([.. weights.Select((w, i) => Requests.Destination($"c{i}", w))]);
        Assert.Equal(weights.Sum(), clusters.TotalWeight);
        var hits = Enumerable.Range(0, clusters.TotalWeight).CountBy(draw => clusters.Pick(draw).Name).ToDictionary();
        Assert.All(weights.Select((w, i) => (w, i)), entry => Assert.Equal(entry.w, hits[$"c{entry.i}"]));
    });

    [Fact]
    public void Converges_to_the_weights()
    {
        // Two standard deviations of 100,000 draws at 10 percent are 0.19 percent; five are 0.47.
        var clusters = new WeightedClusters([Requests.Destination("v1", 90), Requests.Destination("v2", 10)]);
        var random = new Random(1);
        var second = Enumerable.Range(0, 100_000).Count(_ => clusters.Pick(random.Next(clusters.TotalWeight)).Name == "v2");
        Assert.InRange(second, 9_530, 10_470);
    }

    [Fact]
    public void A_sum_beyond_31_bits_is_scaled_down()
    {
        var clusters = new WeightedClusters([.. Enumerable.Range(0, 3).Select(i => Requests.Destination($"c{i}", int.MaxValue)), Requests.Destination("one", 1)]);
        Assert.Equal("c0", clusters.Pick(0).Name);
        Assert.Equal("c1", clusters.Pick(clusters.TotalWeight / 2).Name);
        Assert.Equal("one", clusters.Pick(clusters.TotalWeight - 1).Name);
    }
}
