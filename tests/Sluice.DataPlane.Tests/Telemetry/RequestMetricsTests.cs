using Prometheus;
using Sluice.DataPlane.Telemetry;
using Sluice.DataPlane.Tests.Pipeline.Harness;
using static Sluice.DataPlane.Tests.Pipeline.Harness.SnapshotBuilder;

namespace Sluice.DataPlane.Tests.Telemetry;

public sealed class RequestMetricsTests
{
    private static async Task<string> SeriesAsync(Front front, string name)
    {
        // The answer may be with the client before the request is counted.
        while (true)
        {
            var series = (await front.ScrapeAsync()).Split('\n')
                .Where(l => l.StartsWith(name + "{", StringComparison.Ordinal) && !l.EndsWith(" 0", StringComparison.Ordinal)).ToArray();
            if (series.Length > 0)
                return Assert.Single(series);
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task Counts_a_request_with_the_labels_of_Istio()
    {
        await using var origin = new RawOrigin(RawOrigin.Ok("hello"));
        await using var front = await Front.StartAsync(new SnapshotBuilder().Host("*", Route(To(ClusterOf("a", origin.Port)))));

        await front.GetAsync("/");

        Assert.Equal(
            "istio_requests_total{reporter=\"source\",source_workload=\"istio-ingressgateway\",source_canonical_service=\"istio-ingressgateway\","
            + "source_canonical_revision=\"latest\",source_workload_namespace=\"istio-system\",source_principal=\"unknown\","
            + "source_app=\"istio-ingressgateway\",source_version=\"latest\",source_cluster=\"Kubernetes\",destination_workload=\"unknown\","
            + "destination_workload_namespace=\"unknown\",destination_principal=\"unknown\",destination_app=\"unknown\","
            + "destination_version=\"unknown\",destination_service=\"a.default.svc.cluster.local\",destination_canonical_service=\"unknown\","
            + "destination_canonical_revision=\"latest\",destination_service_name=\"a\",destination_service_namespace=\"default\","
            + "destination_cluster=\"Kubernetes\",request_protocol=\"http\",response_code=\"200\",grpc_response_status=\"\","
            + "response_flags=\"-\",connection_security_policy=\"unknown\"} 1",
            await SeriesAsync(front, "istio_requests_total"));
    }

    [Theory]
    [InlineData("nobody", "destination_service=\"unknown\"", "response_code=\"404\"", "response_flags=\"NR\"")]
    [InlineData("empty", "destination_service=\"e.default.svc.cluster.local\"", "response_code=\"503\"", "response_flags=\"UH\"")]
    [InlineData("refused", "destination_service=\"r.default.svc.cluster.local\"", "response_code=\"503\"", "response_flags=\"UF,URX\"")]
    public async Task Counts_the_answers_of_the_gateway(string host, params string[] labels)
    {
        await using var front = await Front.StartAsync(new SnapshotBuilder()
            .Host("empty", Route(To(ClusterOf("e"))))
            .Host("refused", Route(To(ClusterOf("r", 1)))));

        await front.GetAsync("/", host);

        var series = await SeriesAsync(front, "istio_requests_total");
        Assert.All(labels, l => Assert.Contains(l, series, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Measures_sizes_with_their_heads()
    {
        await using var front = await Front.StartAsync(new SnapshotBuilder().Host("*", Route(Direct("hello"))));

        await front.GetAsync("/");

        var sum = await SeriesAsync(front, "istio_response_bytes_sum");
        Assert.InRange(int.Parse(sum.Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture), 50, 300);
    }

    [Fact]
    public void Counts_without_allocating()
    {
        var metrics = new RequestMetrics(Metrics.NewCustomRegistry(), GatewayLabels.Default);
        var info = new RequestInfo
        {
            Status = 503,
            Flags = ResponseFlags.UpstreamConnectionFailure | ResponseFlags.RetryLimitExceeded,
            Destination = DestinationLabels.Unknown with { Service = "a" },
        };
        Routing.AllocationTests.AssertAllocatesNothing(() => metrics.Observe(info));
    }

    [Theory]
    [InlineData(ResponseFlags.None, "-")]
    [InlineData(ResponseFlags.NoRoute, "NR")]
    [InlineData(ResponseFlags.RetryLimitExceeded | ResponseFlags.UpstreamConnectionFailure, "UF,URX")]
    [InlineData(ResponseFlags.FaultInjected | ResponseFlags.DelayInjected, "DI,FI")]
    public void Joins_the_codes_of_flags(ResponseFlags flags, string text) => Assert.Equal(text, flags.ToText());

    [Fact]
    public void Every_flag_has_a_code() => Assert.All(Enum.GetValues<ResponseFlags>(), f => Assert.NotEmpty(f.ToText()));

    [Fact]
    public void Request_ids_are_version_4_and_differ()
    {
        var ids = Enumerable.Range(0, 10_000).Select(_ => RequestIds.Next().ToString()).ToHashSet();
        Assert.Equal(10_000, ids.Count);
        Assert.All(ids, id => Assert.Equal((4, '8'), (Guid.ParseExact(id, "D").Version, id[19] is '8' or '9' or 'a' or 'b' ? '8' : id[19])));
    }
}
