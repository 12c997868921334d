namespace Sluice.Tests.Chance;

public sealed class SharesTests
{
    [Theory]
    [InlineData(800, 200)]
    [InlineData(200, 800)]
    [InlineData(1000, 0)]
    public void Another_split_is_not_taken_for_90_and_10(int a, int b) =>
        Assert.ThrowsAny<Exception>(() => Shares.Follow(new Dictionary<string, int> { ["a"] = a, ["b"] = b }, ("a", 90), ("b", 10)));

    [Fact]
    public void Another_answer_is_not_passed_over() =>
        Assert.ThrowsAny<Exception>(() => Shares.Follow(new Dictionary<string, int> { ["a"] = 900, ["b"] = 100, ["c"] = 1 }, ("a", 90), ("b", 10)));

    [Fact]
    public void A_fair_split_passes() =>
        Shares.Follow(new Dictionary<string, int> { ["a"] = 870, ["b"] = 130 }, ("a", 90), ("b", 10));
}
