namespace Sluice.Tests.Chance;

/// <summary>What the configuration leaves to chance, measured over real requests that meet the gateway's own randomness.</summary>
public sealed class SplitTrafficTests(SplitTraffic traffic) : IClassFixture<SplitTraffic>
{
    private const int Requests = 4_000;

    [Theory]
    // So few that with fewer requests none at all would be a fair share.
    [InlineData(0.1, 20_000)]
    [InlineData(1, Requests)]
    [InlineData(33.3, Requests)]
    [InlineData(99.5, Requests)]
    public async Task A_share_of_the_requests_is_aborted(double percent, int requests)
    {
        var counts = await traffic.AskAsync(FormattableString.Invariant($"/abort/{percent}"), requests);

        Shares.Follow(counts, ("418 fault filter abort", percent), ("503", 100 - percent));
    }

    [Theory]
    [InlineData("2.5", 2.5)]
    [InlineData("60", 60)]
    [InlineData("old", 15)]
    public async Task A_share_of_the_requests_is_delayed(string rule, double percent)
    {
        var counts = await traffic.AskMetricsAsync($"/delay/{rule}", Requests);

        Shares.Follow(counts, ("503 DI,NC", percent), ("503 NC", 100 - percent));
    }

    [Fact]
    public async Task Delay_and_abort_are_drawn_independently()
    {
        var counts = await traffic.AskMetricsAsync("/delay-and-abort", Requests);

        Shares.Follow(counts,
            ("418 DI,FI", 0.40 * 25), ("418 FI", 0.60 * 25), ("503 DI,NC", 0.40 * 75), ("503 NC", 0.60 * 75));
    }

    [Fact]
    public async Task Two_destinations_share_by_weight() =>
        Shares.Follow(await traffic.AskAsync("/weights/two", Requests), ("200 a", 90), ("200 b", 10));

    [Fact]
    public async Task Three_destinations_share_by_weight() =>
        Shares.Follow(await traffic.AskAsync("/weights/three", Requests), ("200 a", 50), ("200 b", 30), ("200 c", 20));

    [Fact]
    public async Task A_destination_of_weight_0_gets_nothing() =>
        Shares.Follow(await traffic.AskAsync("/weights/with-none", Requests), ("200 a", 75), ("200 c", 25));

    [Fact]
    public async Task Weights_count_by_their_sum_whatever_it_is() =>
        Shares.Follow(await traffic.AskAsync("/weights/of-seven", Requests), ("200 a", 100 / 7.0), ("200 b", 200 / 7.0), ("200 c", 400 / 7.0));

    [Fact]
    public async Task A_mirror_gets_its_share() =>
        Shares.Follow(await traffic.AskCopiesAsync("/mirror/one", Requests, "b", "c"), ("b", 12.5), ("", 87.5));

    [Fact]
    public async Task Several_mirrors_draw_independently() =>
        Shares.Follow(await traffic.AskCopiesAsync("/mirror/several", Requests, "b", "c"),
            ("b c", 0.60 * 30), ("b", 0.60 * 70), ("c", 0.40 * 30), ("", 0.40 * 70));
}
