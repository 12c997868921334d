using System.Net;
using Sluice.Tests.Chance;

namespace Sluice.Tests.Samples;

/// <summary>The files of a course about Istio, chapters 2 to 6, in the editions for both processors: requests land where it says.</summary>
public sealed class FleetCourseTests
{
    private const int Requests = 1000;
    private const string Application = "5-application-no-istio.yaml";
    private const string StaffService = "fleetman-staff-service";
    private const string StaffServiceInFull = "fleetman-staff-service.default.svc.cluster.local";
    private const string Telemetry = "fleetman-vehicle-telemetry.default.svc.cluster.local:8080";

    [Theory]
    [InlineData("arm64/2-Traffic-Ending-Files")]
    [InlineData("x86_amd64/2-Traffic-Ending")]
    public async Task Chapter_2_sends_one_call_in_ten_to_the_canary_of_the_staff_service(string chapter)
    {
        await using var fleet = await StartAsync(chapter, "6-istio-rules.yaml");

        var counts = await SampleCluster.CountAsync(Requests, () => fleet.CallAsync(StaffService));

        Shares.Follow(counts, ("staff-service safe", 90), ("staff-service risky", 10));
        foreach (var name in new[] { StaffServiceInFull, StaffServiceInFull + ":8080", StaffService + ".default", StaffService + ":8080" })
            Assert.StartsWith("staff-service", (await fleet.CallAsync(name)).Body);
        Assert.Equal(SampleAnswer.Of("api-gateway"), await fleet.CallAsync("fleetman-api-gateway"));
        Assert.Equal(HttpStatusCode.NotFound, (await fleet.CallAsync("fleetman-nothing")).Status);
    }

    [Theory]
    [InlineData("arm64/2-Traffic-Ending-Files")]
    [InlineData("x86_amd64/2-Traffic-Ending")]
    public async Task Chapter_2_sends_every_call_to_a_pod_of_the_staff_service_where_the_subset_has_all(string chapter)
    {
        await using var fleet = await StartAsync(chapter, "7-istio-rules-stickiness-demo.yaml");

        var counts = await SampleCluster.CountAsync(100, () => fleet.CallAsync(StaffService, ("x-myval", "1")));

        Assert.All(counts.Keys, answer => Assert.StartsWith("staff-service ", answer));
    }

    [Theory]
    [InlineData("arm64/3-Gateways-Starting")]
    [InlineData("x86_amd64/3-Gateways-Starting")]
    public async Task Chapter_3_begins_without_rules(string chapter)
    {
        await using var fleet = await StartAsync(chapter, "6-istio-rules.yaml");

        Assert.Equal(SampleAnswer.Of("webapp original"), await fleet.CallAsync("fleetman-webapp"));
        var counts = await SampleCluster.CountAsync(100, () => fleet.CallAsync(StaffService));
        Assert.Equal(["staff-service risky", "staff-service safe"], counts.Keys.Order());
    }

    [Theory]
    [InlineData("arm64/3-Gateways-Solution")]
    [InlineData("x86_amd64/3-Gateways-Ending")]
    public async Task Chapter_3_sends_one_request_in_ten_through_the_gateway_to_the_experiment(string chapter)
    {
        await using var fleet = await StartAsync(chapter, "6-istio-rules.yaml");

        var counts = await SampleCluster.CountAsync(Requests, () => fleet.GetAsync("www.fleetman.com", "/any/path"));

        Shares.Follow(counts, ("webapp original", 90), ("webapp experimental", 10));
    }

    [Theory]
    [InlineData("arm64/2-Traffic-Ending-Files")]
    [InlineData("x86_amd64/2-Traffic-Ending")]
    public async Task Chapter_2_shows_routing_to_subsets_that_have_no_pods_yet(string chapter)
    {
        var none = new SampleAnswer(HttpStatusCode.ServiceUnavailable, "no healthy upstream");
        await using var fleet = await StartAsync(chapter, "routing-demo.yaml");

        Assert.Equal(none, await fleet.GetAsync("localhost", "/canary"));
        Assert.Equal(none, await fleet.GetAsync("localhost", "/"));
        Assert.Equal(SampleAnswer.Of("webapp"), await fleet.CallAsync("fleetman-webapp"));
    }

    [Theory]
    [InlineData("arm64/3-Gateways-Solution-Prefix")]
    [InlineData("x86_amd64/3-Gateways-Prefix")]
    public async Task Chapter_3_routes_by_prefix(string chapter)
    {
        await using var fleet = await StartAsync(chapter, "6-istio-rules.yaml");

        foreach (var path in new[] { "/experimental", "/experimental/map?zoom=1", "/canary", "/canary-of-another-name" })
            Assert.Equal(SampleAnswer.Of("webapp experimental"), await fleet.GetAsync("fleetman.com", path));
        foreach (var path in new[] { "/", "/vehicles/canary", "/Canary", "/?/canary" })
            Assert.Equal(SampleAnswer.Of("webapp original"), await fleet.GetAsync("fleetman.com", path));
    }

    [Theory]
    [InlineData("arm64/3-Gateways-Subdomain-Routing")]
    [InlineData("x86_amd64/3-Gateways-Subdomain")]
    public async Task Chapter_3_routes_by_sub_domain(string chapter)
    {
        await using var fleet = await StartAsync(chapter, "6-istio-rules.yaml");

        Assert.Equal(SampleAnswer.Of("webapp original"), await fleet.GetAsync("fleetman.com", "/"));
        Assert.Equal(SampleAnswer.Of("webapp experimental"), await fleet.GetAsync("experimental.fleetman.com", "/"));
        Assert.Equal(SampleAnswer.Of("webapp experimental"), await fleet.GetAsync("Experimental.Fleetman.com:80", "/canary"));
        foreach (var host in new[] { "other.fleetman.com", "a.experimental.fleetman.com", "localhost" })
            Assert.Equal(HttpStatusCode.NotFound, (await fleet.GetAsync(host, "/")).Status);
    }

    [Theory]
    [InlineData("arm64/4-Dark-Releases")]
    [InlineData("x86_amd64/4-Dark-Releases")]
    public async Task Chapter_4_shows_the_dark_release_to_those_who_send_the_header(string chapter)
    {
        await using var fleet = await StartAsync(chapter, "6-istio-rules.yaml", "7-dark-release-rules.yaml");

        Assert.Equal(SampleAnswer.Of("webapp experimental"), await fleet.GetAsync("localhost", "/", ("My-Header", "canary")));
        Assert.Equal(SampleAnswer.Of("webapp original"), await fleet.GetAsync("localhost", "/", ("my-header", "Canary")));
        Assert.Equal(SampleAnswer.Of("webapp original"), await fleet.GetAsync("localhost", "/", ("x-my-header", "canary")));
        Assert.Equal(SampleAnswer.Of("webapp original"), await fleet.GetAsync("localhost", "/"));
        Assert.Equal(SampleAnswer.Of("staff-service risky"), await fleet.CallAsync(StaffService, ("x-my-header", "canary")));
        Assert.Equal(SampleAnswer.Of("staff-service safe"), await fleet.CallAsync(StaffService, ("my-header", "canary")));
        Assert.Equal(SampleAnswer.Of("staff-service safe"), await fleet.CallAsync(StaffServiceInFull));
    }

    [Theory]
    [InlineData("arm64/5-Fault-Injection")]
    [InlineData("x86_amd64/5-Fault-Injection")]
    public async Task Chapter_5_aborts_calls_before_they_reach_a_service(string chapter)
    {
        await using var fleet = await StartAsync(chapter, "6-istio-rules.yaml", "7-dark-release-rules.yaml", "8-fault-injection.yaml");

        Assert.Equal(new SampleAnswer(HttpStatusCode.ServiceUnavailable, "fault filter abort"), await fleet.CallAsync(Telemetry));
        Assert.Equal(new SampleAnswer((HttpStatusCode)418, "fault filter abort"), await fleet.CallAsync(StaffService, ("x-my-header", "canary")));
        Assert.Equal(0, fleet.Served("vehicle-telemetry") + fleet.Served("staff-service risky"));
        Assert.Equal(SampleAnswer.Of("staff-service safe"), await fleet.CallAsync(StaffService));
        Assert.Equal(SampleAnswer.Of("position-tracker"), await fleet.CallAsync("fleetman-position-tracker"));
        Assert.Equal(SampleAnswer.Of("webapp experimental"), await fleet.GetAsync("localhost", "/", ("my-header", "canary")));
    }

    [Theory]
    [InlineData("arm64/6-Circuit-Breaking")]
    [InlineData("x86_amd64/6-Circuit-Breaking")]
    public async Task Chapter_6_serves_the_application_and_both_pods_of_the_staff_service_while_they_are_well(string chapter)
    {
        await using var fleet = await StartAsync(chapter, "6-gateway.yaml", "7-circuit-breaking.yaml");

        Assert.Equal(SampleAnswer.Of("webapp original"), await fleet.GetAsync("localhost", "/"));
        var counts = await SampleCluster.CountAsync(100, () => fleet.CallAsync(StaffService));
        Assert.Equal(["staff-service risky", "staff-service safe"], counts.Keys.Order());
    }

    private static Task<SampleCluster> StartAsync(string chapter, params string[] rules) =>
        SampleCluster.StartAsync(80, SampleFiles.Of($"fleetman/{chapter}", ["3-kiali-secret.yaml", "4-label-default-namespace.yaml", Application, .. rules]));
}
