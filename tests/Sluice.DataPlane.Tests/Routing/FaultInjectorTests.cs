using Sluice.DataPlane.Routing;

namespace Sluice.DataPlane.Tests.Routing;

public sealed class FaultInjectorTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Draws_for_delay_and_abort_independently()
    {
        var fault = new FaultInjector { Delay = Second, DelayMillionths = 500_000, AbortStatus = 418, AbortMillionths = 100_000 };
        Assert.Equal(new FaultDecision(Second, true, 418, null), fault.Decide(Draws(499_999, 99_999)));
        Assert.Equal(new FaultDecision(Second, false, 418, null), fault.Decide(Draws(0, 100_000)));
        Assert.Equal(new FaultDecision(TimeSpan.Zero, true, 418, null), fault.Decide(Draws(500_000, 0)));
        Assert.Equal(new FaultDecision(TimeSpan.Zero, false, 418, null), fault.Decide(Draws(999_999, 999_999)));
    }

    [Fact]
    public void Neither_all_nor_none_needs_a_draw()
    {
        var fault = new FaultInjector { Delay = Second, DelayMillionths = 0, AbortGrpcStatus = 14, AbortMillionths = 1_000_000 };
        Assert.Equal(new FaultDecision(TimeSpan.Zero, true, 0, 14), fault.Decide(Draws()));
    }

    [Theory]
    [InlineData(0, 0, false)]
    [InlineData(1, 0, true)]
    [InlineData(500_000, 499_999, true)]
    [InlineData(500_000, 500_000, false)]
    [InlineData(1_000_000, 999_999, true)]
    public void A_mirror_takes_its_share(int millionths, int draw, bool expected) =>
        Assert.Equal(expected, new MirrorPolicy("m", null, millionths).Takes(_ => draw));

    private static Func<int, int> Draws(params int[] draws)
    {
        var next = 0;
        return range =>
        {
            Assert.Equal(1_000_000, range);
            return draws[next++];
        };
    }
}
