using System.Text;
using CsCheck;
using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Clusters.Balancers;

namespace Sluice.DataPlane.Tests.Clusters;

public sealed class EjectionsTests
{
    private static readonly OutlierDetector Fast = new() { Consecutive5xxErrors = 1, MaxEjectionPercent = 100 };

    public static TheoryData<BalancingAlgorithm> Algorithms => Balancing.Algorithms();

    [Fact]
    public void An_endpoint_comes_back_at_the_first_sweep_after_its_time()
    {
        using var fixture = new OutlierFixture(2, Fast);
        fixture.Pass(3);
        fixture.Errors(0, 1);
        var back = Ejections.ReturnOf(fixture.Cluster, fixture.Cluster.Endpoints[0]);
        // Out from second 3 for 30 seconds; sweeps are at 10, 20, 30, 40.
        Assert.Equal(fixture.Time.GetUtcNow().AddSeconds(37), back);
        fixture.Pass(36.5);
        Assert.Equal([0], fixture.Ejected);
        fixture.Pass(0.5);
        Assert.Empty(fixture.Ejected);
        Assert.Null(Ejections.ReturnOf(fixture.Cluster, fixture.Cluster.Endpoints[0]));
    }

    [Fact]
    public void An_endpoint_that_rests_meanwhile_comes_back_in_time()
    {
        using var fixture = new OutlierFixture(2, Fast);
        fixture.Errors(0, 1);
        var (all, ejected) = (fixture.Cluster.Members, fixture.Cluster.Endpoints[0]);
        fixture.Cluster.Publish(all with { Endpoints = [all.Endpoints[1]], Resting = [ejected] });
        fixture.Pass(30);
        fixture.Cluster.Publish(all);
        Assert.Empty(fixture.Ejected);
    }

    [Fact]
    public void Each_further_ejection_takes_longer_up_to_five_minutes()
    {
        using var fixture = new OutlierFixture(2, Fast);
        foreach (var seconds in (int[])[30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 300, 300])
        {
            fixture.Errors(0, 1);
            fixture.Pass(seconds - 0.5);
            Assert.Equal([0], fixture.Ejected);
            fixture.Pass(0.5);
            Assert.Empty(fixture.Ejected);
        }
        Assert.Equal(12, fixture.HealthOf(0).Ejections);
    }

    [Fact]
    public void A_base_time_above_five_minutes_is_the_longest()
    {
        using var fixture = new OutlierFixture(2, new OutlierDetector { Consecutive5xxErrors = 1, MaxEjectionPercent = 100, BaseEjectionTime = TimeSpan.FromSeconds(400) });
        for (var i = 0; i < 3; i++)
        {
            fixture.Errors(0, 1);
            fixture.Pass(399.5);
            Assert.Equal([0], fixture.Ejected);
            fixture.Pass(0.5);
            Assert.Empty(fixture.Ejected);
        }
    }

    [Fact]
    public void Healthy_intervals_make_the_next_ejection_shorter_again()
    {
        using var fixture = new OutlierFixture(2, Fast);
        fixture.Errors(0, 1);
        fixture.Pass(30);
        fixture.Errors(0, 1);
        fixture.Pass(60);
        Assert.Empty(fixture.Ejected);
        Assert.Equal(2, fixture.HealthOf(0).Multiplier);
        // The sweep that brought it back is none of them.
        fixture.Pass(9.5);
        Assert.Equal(2, fixture.HealthOf(0).Multiplier);
        fixture.Pass(0.5);
        Assert.Equal(1, fixture.HealthOf(0).Multiplier);
        fixture.Pass(30);
        Assert.Equal(0, fixture.HealthOf(0).Multiplier);
        fixture.Errors(0, 1);
        fixture.Pass(30);
        Assert.Empty(fixture.Ejected);
    }

    [Theory]
    [InlineData(9, 10, 0)]
    [InlineData(10, 10, 1)]
    [InlineData(20, 10, 2)]
    [InlineData(3, 33, 0)]
    [InlineData(3, 34, 1)]
    [InlineData(3, 66, 1)]
    [InlineData(3, 67, 2)]
    [InlineData(3, 100, 3)]
    [InlineData(1, 99, 0)]
    public void No_more_than_the_percentage_are_out_at_once(int endpoints, int percent, int ejected)
    {
        using var fixture = new OutlierFixture(endpoints, new OutlierDetector { Consecutive5xxErrors = 1, MaxEjectionPercent = percent });
        for (var i = 0; i < endpoints; i++)
            fixture.Errors(i, 1);
        Assert.Equal(Enumerable.Range(0, ejected), fixture.Ejected);
    }

    [Fact]
    public void One_that_was_not_ejected_because_too_many_are_out_needs_a_full_row_of_errors_again()
    {
        using var fixture = new OutlierFixture(2, new OutlierDetector { Consecutive5xxErrors = 3, MaxEjectionPercent = 50 });
        fixture.Errors(0, 3);
        fixture.Errors(1, 3);
        Assert.Equal([0], fixture.Ejected);
        fixture.Pass(30);
        fixture.Errors(1, 2);
        Assert.Empty(fixture.Ejected);
        fixture.Errors(1, 1);
        Assert.Equal([1], fixture.Ejected);
    }

    [Fact]
    public void Coming_back_begins_all_counts_anew()
    {
        using var fixture = new OutlierFixture(2, new OutlierDetector { Consecutive5xxErrors = 3, MaxEjectionPercent = 100 });
        fixture.Errors(0, 5);
        fixture.Pass(30);
        fixture.Errors(0, 2);
        Assert.Empty(fixture.Ejected);
    }

    [Fact]
    public void What_an_operator_takes_out_stays_out_until_an_operator_puts_it_back()
    {
        using var fixture = new OutlierFixture(3, new OutlierDetector { Consecutive5xxErrors = 1, MaxEjectionPercent = 34 }, panicPercent: 100);
        var (cluster, endpoint) = (fixture.Cluster, fixture.Cluster.Endpoints[1]);
        fixture.Ejections.EjectByOperator(cluster, endpoint);
        fixture.Pass(1000);
        Assert.Equal([1], fixture.Ejected);
        Assert.Null(Ejections.ReturnOf(cluster, endpoint));
        Assert.All(Enumerable.Range(0, 20), _ => Assert.NotSame(endpoint, cluster.Balancer.Pick(default)));
        // It counts among those that are out.
        fixture.Errors(0, 1);
        Assert.Equal([1], fixture.Ejected);
        fixture.Ejections.Uneject(cluster, endpoint);
        Assert.Empty(fixture.Ejected);
    }

    [Fact]
    public void An_operator_can_put_back_what_a_detector_took_out()
    {
        using var fixture = new OutlierFixture(2, Fast);
        fixture.Errors(0, 1);
        fixture.Ejections.Uneject(fixture.Cluster, fixture.Cluster.Endpoints[0]);
        Assert.Empty(fixture.Ejected);
        fixture.Errors(0, 1);
        Assert.Equal([0], fixture.Ejected);
        Assert.Equal(2, fixture.HealthOf(0).Multiplier);
    }

    [Fact]
    public void A_reload_that_takes_the_detector_away_puts_everything_back()
    {
        using var fixture = new OutlierFixture(2, Fast);
        fixture.Errors(0, 1);
        fixture.Cluster = Successor(fixture.Cluster, detector: null);
        fixture.Pass(1);
        Assert.Empty(fixture.Ejected);
        Assert.Equal(0, fixture.HealthOf(0).Multiplier);
    }

    [Fact]
    public void A_reload_that_changes_the_times_holds_for_those_that_are_out()
    {
        using var fixture = new OutlierFixture(2, Fast);
        fixture.Errors(0, 1);
        fixture.Cluster = Successor(fixture.Cluster, new OutlierDetector { Interval = TimeSpan.FromSeconds(1), BaseEjectionTime = TimeSpan.FromSeconds(2) });
        fixture.Pass(2);
        Assert.Empty(fixture.Ejected);
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void An_ejected_endpoint_is_never_picked_outside_a_panic(BalancingAlgorithm algorithm) =>
        Gen.Select(Gen.Int[1, 12], Gen.Select(Gen.Int[0, 11], Gen.Int[0, 4]).Array[1, 40]).Sample((count, steps) =>
        {
            using var fixture = new OutlierFixture(count, Fast);
            var endpoints = fixture.Cluster.Endpoints;
            var balancer = Balancing.Balancer(Balancing.PolicyOf(algorithm), endpoints, fixture.Cluster.Stats);
            foreach (var (target, action) in steps)
            {
                Act(fixture, target % count, action);
                var allowed = endpoints.Where(e => !e.Stats.Health.IsEjected).ToArray();
                for (var i = 0; i < 5; i++)
                {
                    var picked = balancer.Pick(new PickContext((ulong)i * 0x9E3779B97F4A7C15, endpoints[0]));
                    if (allowed.Length == 0)
                        Assert.Null(picked);
                    else
                        Assert.Contains(picked, allowed);
                }
            }
        }, iter: 40);

    [Fact]
    public async Task What_happens_is_counted()
    {
        using var fixture = new OutlierFixture(2, new OutlierDetector { Consecutive5xxErrors = 1, MaxEjectionPercent = 50 });
        fixture.Errors(0, 1);
        fixture.Errors(1, 2);
        using var text = new MemoryStream();
        await fixture.Registry.CollectAndExportAsTextAsync(text, TestContext.Current.CancellationToken);
        var metrics = Encoding.UTF8.GetString(text.ToArray());
        const string name = "{cluster_name=\"outbound|80||a.default.svc.cluster.local\"}";
        Assert.Contains($"envoy_cluster_outlier_detection_ejections_enforced_total{name} 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains($"envoy_cluster_outlier_detection_ejections_enforced_consecutive_5xx{name} 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains($"envoy_cluster_outlier_detection_ejections_detected_consecutive_5xx{name} 3\n", metrics, StringComparison.Ordinal);
        Assert.Contains($"envoy_cluster_outlier_detection_ejections_overflow{name} 2\n", metrics, StringComparison.Ordinal);
    }

    private static void Act(OutlierFixture fixture, int target, int action)
    {
        var endpoint = fixture.Cluster.Endpoints[target];
        switch (action)
        {
            case 0 or 1:
                fixture.Errors(target, 1);
                break;
            case 2:
                fixture.Ejections.EjectByOperator(fixture.Cluster, endpoint);
                break;
            case 3:
                fixture.Ejections.Uneject(fixture.Cluster, endpoint);
                break;
            default:
                fixture.Pass(20);
                break;
        }
    }

    private static Cluster Successor(Cluster cluster, OutlierDetector? detector) => new()
    {
        Name = cluster.Name,
        Text = cluster.Text,
        Protocol = cluster.Protocol,
        Endpoints = cluster.Endpoints,
        Balancer = cluster.Balancer,
        ConnectTimeout = cluster.ConnectTimeout,
        CircuitBreaker = cluster.CircuitBreaker,
        OutlierDetector = detector,
    };
}
