using System.Collections.Frozen;
using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Tests.Routing;

namespace Sluice.DataPlane.Tests.Clusters;

public sealed class OutlierDetectorTests
{
    private static readonly OutlierDetector All = new() { MaxEjectionPercent = 100 };

    [Fact]
    public void Ejects_after_five_consecutive_5xx()
    {
        using var fixture = new OutlierFixture(2, All);
        fixture.Errors(0, 4);
        Assert.Empty(fixture.Ejected);
        fixture.Errors(0, 1);
        Assert.Equal([0], fixture.Ejected);
        Assert.Equal(EjectionCause.ServerErrors, fixture.HealthOf(0).Ejection!.Cause);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(302)]
    [InlineData(404)]
    [InlineData(499)]
    public void An_answer_that_is_no_error_begins_the_count_anew(int status)
    {
        using var fixture = new OutlierFixture(2, All);
        fixture.Errors(0, 4);
        fixture.Answer(0, status);
        fixture.Errors(0, 4);
        Assert.Empty(fixture.Ejected);
    }

    [Fact]
    public void Every_endpoint_has_a_count_of_its_own()
    {
        using var fixture = new OutlierFixture(3, All);
        for (var i = 0; i < 4; i++)
        {
            fixture.Errors(0, 1);
            fixture.Errors(1, 1);
            fixture.Answer(2, 200);
        }
        fixture.Errors(1, 1);
        Assert.Equal([1], fixture.Ejected);
    }

    [Fact]
    public void A_threshold_of_zero_is_never_reached()
    {
        using var fixture = new OutlierFixture(2, new OutlierDetector { Consecutive5xxErrors = 0, MaxEjectionPercent = 100 });
        fixture.Errors(0, 100);
        Assert.Empty(fixture.Ejected);
    }

    [Fact]
    public void Gateway_errors_have_a_threshold_of_their_own()
    {
        using var fixture = new OutlierFixture(2, new OutlierDetector { ConsecutiveGatewayErrors = 3, MaxEjectionPercent = 100 });
        fixture.Answer(0, 502, 503, 504);
        Assert.Equal(EjectionCause.GatewayErrors, fixture.HealthOf(0).Ejection!.Cause);
        Assert.Equal([0], fixture.Ejected);
    }

    [Fact]
    public void Another_error_begins_the_count_of_gateway_errors_anew()
    {
        using var fixture = new OutlierFixture(2, new OutlierDetector { ConsecutiveGatewayErrors = 3, Consecutive5xxErrors = 0, MaxEjectionPercent = 100 });
        fixture.Answer(0, 503, 503, 500, 503, 503, 501);
        Assert.Empty(fixture.Ejected);
        fixture.Answer(0, 503, 503, 503);
        Assert.Equal([0], fixture.Ejected);
    }

    [Fact]
    public void Failures_to_connect_and_timeouts_count_as_gateway_errors()
    {
        using var fixture = new OutlierFixture(2, new OutlierDetector { ConsecutiveGatewayErrors = 3, MaxEjectionPercent = 100 });
        fixture.Refuse(0);
        fixture.TimeOut(0);
        fixture.Answer(0, 503);
        Assert.Equal([0], fixture.Ejected);

        fixture.Refuse(1, 2);
        fixture.Answer(1, 200);
        fixture.Refuse(1, 2);
        Assert.Equal([0], fixture.Ejected);
    }

    [Fact]
    public void Counted_apart_failures_to_connect_and_errors_do_not_add_up()
    {
        using var fixture = new OutlierFixture(2, new OutlierDetector { SplitsLocalOrigin = true, ConsecutiveLocalOriginFailures = 3, MaxEjectionPercent = 100 });
        fixture.Errors(0, 4);
        fixture.Refuse(0, 2);
        Assert.Empty(fixture.Ejected);
        fixture.Refuse(0);
        Assert.Equal(EjectionCause.LocalOriginFailures, fixture.HealthOf(0).Ejection!.Cause);
    }

    [Fact]
    public void Counted_apart_a_connection_begins_the_count_of_failures_anew_and_not_that_of_errors()
    {
        using var fixture = new OutlierFixture(2, new OutlierDetector { SplitsLocalOrigin = true, ConsecutiveLocalOriginFailures = 3, MaxEjectionPercent = 100 });
        for (var i = 0; i < 4; i++)
        {
            fixture.Refuse(0, 2);
            fixture.Errors(0, 1);
        }
        Assert.Empty(fixture.Ejected);
        fixture.Errors(0, 1);
        Assert.Equal(EjectionCause.ServerErrors, fixture.HealthOf(0).Ejection!.Cause);
    }

    [Fact]
    public void Listed_statuses_take_the_place_of_5xx()
    {
        using var fixture = new OutlierFixture(2, new OutlierDetector
        {
            ErrorStatuses = FrozenSet.Create(429, 503),
            ConsecutiveGatewayErrors = 2,
            Consecutive5xxErrors = 4,
            MaxEjectionPercent = 100,
        });
        fixture.Answer(0, 429, 503, 429, 500, 503, 503, 503);
        Assert.Empty(fixture.Ejected);
        fixture.Answer(0, 429);
        Assert.Equal([0], fixture.Ejected);
    }

    [Fact]
    public void Observing_allocates_nothing()
    {
        using var fixture = new OutlierFixture(2, new OutlierDetector { Consecutive5xxErrors = int.MaxValue, SplitsLocalOrigin = true, ConsecutiveLocalOriginFailures = int.MaxValue });
        AllocationTests.AssertAllocatesNothing(() =>
        {
            fixture.Observe(0, new UpstreamEvent(true, 200, false));
            fixture.Observe(0, new UpstreamEvent(true, 503, false));
            fixture.Observe(0, new UpstreamEvent(false, 0, true));
        });
    }
}
