using System.Net;
using System.Net.Sockets;
using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Routing;
using Sluice.DataPlane.Tests.Pipeline.Harness;
using static Sluice.DataPlane.Tests.Pipeline.Harness.SnapshotBuilder;

namespace Sluice.DataPlane.Tests.Forwarding;

/// <summary>One of three pods fails, on real sockets.</summary>
public sealed class EjectionTests
{
    private const string Failing = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\ndown";

    // Of the route where the pod hangs, of the try where it answers slowly.
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(1);

    private static readonly RetryPolicy NoRetries = new() { Attempts = 0 };

    private static ForwardAction To(Cluster cluster, RetryPolicy? retries = null, TimeSpan? timeout = null) =>
        new() { Clusters = new WeightedClusters([Weighted(cluster)]), Retry = retries ?? NoRetries, Timeout = timeout };

    public static TheoryData<string, int> Failures() => new()
    {
        { "answers 503", 503 },
        { "answers 500", 500 },
        { "refuses", 503 },
        { "resets", 503 },
        { "closes", 503 },
        { "hangs", 504 },
        { "answers slowly", 504 },
    };

    private static async Task FailAsync(OriginRequest request, string how)
    {
        switch (how)
        {
            case "answers 503":
                await request.WriteAsync(Failing);
                break;
            case "answers 500":
                await request.WriteAsync("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n");
                break;
            case "resets":
                request.Reset();
                break;
            case "closes":
                request.Close();
                break;
            case "answers slowly":
                await request.WriteAsync("HTTP/1.1 200 OK\r\nContent-Le");
                await request.WhenGoneAsync();
                break;
            default:
                await request.WhenGoneAsync();
                break;
        }
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task After_five_errors_no_client_sees_another_until_the_ejection_ends(string how, int status)
    {
        await using var bad = new RawOrigin(request => FailAsync(request, how));
        await using var good = new RawOrigin(RawOrigin.Ok("fine"));
        await using var better = new RawOrigin(RawOrigin.Ok("fine"));
        var detector = new OutlierDetector { MaxEjectionPercent = 34 };
        var cluster = Guarded([how == "refuses" ? ClosedPort() : bad.Port, good.Port, better.Port], detector);
        var time = new ManualTime();
        var retries = how == "answers slowly" ? new RetryPolicy { Attempts = 0, PerTryTimeout = AnswerTime } : NoRetries;
        var action = To(cluster, retries, how == "hangs" ? AnswerTime : null);
        await using var front = await Front.StartAsync(new SnapshotBuilder().Host("example.com", Route(action)), time: time);
        var isMute = how is "hangs" or "answers slowly";

        await FailUntilEjectedAsync();
        var first = await ServeUntilReturnAsync();
        await FailUntilEjectedAsync();
        var second = await ServeUntilReturnAsync();

        // Each ends with the sweep after its time.
        Assert.InRange(first, detector.BaseEjectionTime, detector.BaseEjectionTime + detector.Interval);
        Assert.InRange(second, 2 * detector.BaseEjectionTime, 2 * detector.BaseEjectionTime + detector.Interval);
        Assert.Equal(how == "refuses" ? 0 : 10, bad.Requests.Count);

        // In turn: each third request goes to the one that fails.
        async Task FailUntilEjectedAsync()
        {
            for (var errors = 0; errors < detector.Consecutive5xxErrors;)
            {
                var before = bad.Requests.Count;
                var answer = front.GetAsync("/");
                if (isMute && await IsAtBadAsync(answer, before))
                    await time.ExpireAsync(AnswerTime);
                var got = (await answer).Status;
                Assert.True(got == 200 || got == status, $"{got}");
                errors += got == status ? 1 : 0;
            }
        }

        async Task<bool> IsAtBadAsync(Task answer, int before)
        {
            while (bad.Requests.Count == before && !answer.IsCompleted)
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, TestContext.Current.CancellationToken);
            return bad.Requests.Count > before;
        }

        async Task<TimeSpan> ServeUntilReturnAsync()
        {
            var endpoint = cluster.Endpoints[0];
            var at = endpoint.Stats.Health.Ejection!.At;
            var back = Ejections.ReturnOf(cluster, endpoint)!.Value;
            while (time.GetUtcNow() is var now && now < back)
            {
                for (var i = 0; i < 3; i++)
                    Assert.Equal(200, (await front.GetAsync("/")).Status);
                Assert.True(endpoint.Stats.Health.IsEjected);
                time.Advance(back - now < TimeSpan.FromSeconds(5) ? back - now : TimeSpan.FromSeconds(5));
            }
            Assert.False(endpoint.Stats.Health.IsEjected);
            return back - at;
        }
    }

    [Fact]
    public async Task With_retries_no_client_sees_an_error()
    {
        await using var bad = new RawOrigin(Failing);
        await using var good = new RawOrigin(RawOrigin.Ok("fine"));
        var cluster = Guarded([bad.Port, good.Port], new OutlierDetector { MaxEjectionPercent = 50 });
        await using var front = await Front.StartAsync(new SnapshotBuilder().Host(
            "example.com", Route(To(cluster, new RetryPolicy { On = RetryOn.ServerError, Backoff = TimeSpan.FromMilliseconds(1) }))));

        for (var i = 0; i < 30; i++)
            Assert.Equal("fine", (await front.GetAsync("/")).Body);
        Assert.Equal(5, bad.Requests.Count);
    }

    [Fact]
    public async Task When_all_are_ejected_there_is_no_healthy_upstream()
    {
        await using var bad = new RawOrigin(Failing);
        var cluster = Guarded([bad.Port], new OutlierDetector { Consecutive5xxErrors = 2, MaxEjectionPercent = 100 });
        await using var front = await Front.StartAsync(new SnapshotBuilder().Host("example.com", Route(To(cluster))));

        Assert.Equal("down", (await front.GetAsync("/")).Body);
        Assert.Equal("down", (await front.GetAsync("/")).Body);
        var third = await front.GetAsync("/");
        Assert.Equal((503, "no healthy upstream"), (third.Status, third.Body));
    }

    [Fact]
    public async Task In_a_panic_the_ejected_ones_are_used_again()
    {
        await using var bad = new RawOrigin(Failing);
        await using var good = new RawOrigin(RawOrigin.Ok("fine"));
        var cluster = Guarded([bad.Port, good.Port], new OutlierDetector { Consecutive5xxErrors = 1, MaxEjectionPercent = 50 }, panicPercent: 51);
        await using var front = await Front.StartAsync(new SnapshotBuilder().Host("example.com", Route(To(cluster))));

        for (var i = 0; i < 10; i++)
            await front.GetAsync("/");
        Assert.InRange(bad.Requests.Count, 4, 6);
        Assert.InRange(good.Requests.Count, 4, 6);
    }

    [Fact]
    public async Task A_gRPC_status_in_the_head_counts_as_what_it_maps_to()
    {
        await using var origin = new RawOrigin("HTTP/1.1 200 OK\r\nContent-Type: application/grpc\r\ngrpc-status: 14\r\nContent-Length: 0\r\n\r\n");
        var cluster = Guarded([origin.Port], new OutlierDetector { Consecutive5xxErrors = 0, ConsecutiveGatewayErrors = 2, MaxEjectionPercent = 100 });
        await using var front = await Front.StartAsync(new SnapshotBuilder().Host("example.com", Route(To(cluster))));

        for (var i = 0; i < 2; i++)
            await front.GetAsync("/", headers: "Content-Type: application/grpc\r\nTE: trailers\r\n");
        Assert.Equal(EjectionCause.GatewayErrors, cluster.Endpoints[0].Stats.Health.Ejection?.Cause);
    }

    [Fact]
    public async Task An_answer_that_breaks_off_is_a_failure_behind_a_success()
    {
        await using var origin = new RawOrigin(async request =>
        {
            await request.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
            request.Reset();
        });
        var cluster = Guarded([origin.Port], new OutlierDetector { Consecutive5xxErrors = 1, MaxEjectionPercent = 100 });
        await using var front = await Front.StartAsync(new SnapshotBuilder().Host("example.com", Route(To(cluster))));

        await Assert.ThrowsAnyAsync<IOException>(() => front.GetAsync("/"));
        while (!cluster.Endpoints[0].Stats.Health.IsEjected)
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_client_that_leaves_is_not_held_against_the_endpoint()
    {
        await using var origin = new RawOrigin(request => request.WhenGoneAsync());
        var cluster = Guarded([origin.Port], new OutlierDetector { Consecutive5xxErrors = 1, MaxEjectionPercent = 100 });
        await using var front = await Front.StartAsync(new SnapshotBuilder().Host("example.com", Route(To(cluster))));

        using (var client = await front.ConnectAsync())
        {
            await client.SendAsync("GET / HTTP/1.1\r\nHost: example.com\r\n\r\n");
            await origin.ReceivedAsync(1);
        }
        while (cluster.Stats.ActiveRequests > 0)
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.False(cluster.Endpoints[0].Stats.Health.IsEjected);
    }

    [Fact]
    public async Task A_repaired_pod_is_used_again_after_a_real_moment()
    {
        var broken = true;
        await using var bad = new RawOrigin(request => request.WriteAsync(Volatile.Read(ref broken) ? Failing : RawOrigin.Ok("fine")));
        await using var good = new RawOrigin(RawOrigin.Ok("fine"));
        var cluster = Guarded([bad.Port, good.Port], new OutlierDetector
        {
            Consecutive5xxErrors = 1,
            MaxEjectionPercent = 50,
            Interval = TimeSpan.FromMilliseconds(50),
            BaseEjectionTime = TimeSpan.FromMilliseconds(200),
        });
        await using var front = await Front.StartAsync(new SnapshotBuilder().Host("example.com", Route(To(cluster))));

        Assert.Equal("down", (await front.GetAsync("/")).Body);
        var ejected = cluster.Endpoints[0].Stats.Health.Ejection!;
        Volatile.Write(ref broken, false);
        while (bad.Requests.Count < 2)
            Assert.Equal("fine", (await front.GetAsync("/")).Body);
        Assert.InRange(TimeProvider.System.GetUtcNow() - ejected.At, TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_pod_that_stays_broken_is_away_for_twice_as_long_the_second_time_by_the_real_clock()
    {
        await using var bad = new RawOrigin(Failing);
        await using var good = new RawOrigin(RawOrigin.Ok("fine"));
        await using var better = new RawOrigin(RawOrigin.Ok("fine"));
        var detector = new OutlierDetector
        {
            Consecutive5xxErrors = 2,
            MaxEjectionPercent = 34,
            // So long that nothing is forgiven between the two.
            Interval = TimeSpan.FromMilliseconds(500),
            BaseEjectionTime = TimeSpan.FromMilliseconds(500),
        };
        var cluster = Guarded([bad.Port, good.Port, better.Port], detector);
        await using var front = await Front.StartAsync(new SnapshotBuilder().Host("example.com", Route(To(cluster))));
        var health = cluster.Endpoints[0].Stats.Health;
        var away = new List<TimeSpan>();
        var errors = 0;

        while (away.Count < 2)
        {
            var before = health.Ejection;
            var answer = await front.GetAsync("/");
            if (answer.Status == 503)
                errors++;
            // It was away from before the request until after it: nobody may have met it.
            if (before is not null && ReferenceEquals(before, health.Ejection))
                Assert.Equal("fine", answer.Body);
            if (before is not null && health.Ejection is null)
                away.Add(TimeProvider.System.GetUtcNow() - before.At);
        }

        Assert.InRange(away[0], detector.BaseEjectionTime, TimeSpan.FromSeconds(30));
        Assert.InRange(away[1], 2 * detector.BaseEjectionTime, TimeSpan.FromSeconds(30));
        Assert.InRange(errors, 4, 5);
    }

    private static int ClosedPort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
