namespace Sluice.Tests.Samples;

public sealed class SharesTests
{
    // The exact bounds of a binomial distribution, beyond which lies half a millionth on each side, are a little narrower.
    [Theory]
    [InlineData(1000, 0.1, 57, 149)]
    [InlineData(1000, 0.9, 851, 943)]
    [InlineData(1000, 0.5, 423, 577)]
    public void Bounds_hold_the_exact_ones_and_not_much_more(int trials, double probability, int exactLeast, int exactMost)
    {
        var (least, most) = Shares.Bounds(trials, probability);

        Assert.InRange(least, exactLeast - 12, exactLeast);
        Assert.InRange(most, exactMost, exactMost + 12);
    }

    [Fact]
    public void A_split_of_80_and_20_is_not_taken_for_90_and_10() =>
        Assert.ThrowsAny<Exception>(() => Shares.Follow(new Dictionary<string, int> { ["a"] = 800, ["b"] = 200 }, ("a", 90), ("b", 10)));

    [Fact]
    public void Another_answer_is_not_passed_over() =>
        Assert.ThrowsAny<Exception>(() => Shares.Follow(new Dictionary<string, int> { ["a"] = 900, ["b"] = 100, ["c"] = 1 }, ("a", 90), ("b", 10)));
}
