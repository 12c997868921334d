namespace Sluice.Tests.Chance;

public sealed class BinomialTests
{
    private const double Doubt = 1e-6;

    // Computed elsewhere with rational numbers.
    [Theory]
    [InlineData(10, 0.5, 0, 10)]
    [InlineData(30, 0.5, 3, 27)]
    [InlineData(1_000, 0.1, 57, 149)]
    [InlineData(1_000, 0.9, 851, 943)]
    [InlineData(1_000, 0.5, 423, 577)]
    [InlineData(4_000, 0.333, 1_188, 1_479)]
    [InlineData(20_000, 0.001, 3, 45)]
    [InlineData(1_000, 0, 0, 0)]
    [InlineData(1_000, 1, 1_000, 1_000)]
    public void Bounds_are_exact(int trials, double probability, int least, int most) =>
        Assert.Equal((least, most), Binomial.Bounds(trials, probability, Doubt));

    // Of ten coins 1/1024 show no head, and as many no tail: a doubt of just that much keeps both, any more lets both go.
    [Theory]
    [InlineData(2.0 / 1024 - 1e-9, 0, 10)]
    [InlineData(2.0 / 1024 + 1e-9, 1, 9)]
    public void Half_of_the_doubt_lies_on_either_side(double doubt, int least, int most) =>
        Assert.Equal((least, most), Binomial.Bounds(10, 0.5, doubt));
}
