using System.Net;

namespace Sluice.Tests.Samples;

/// <summary>The chapters of the fleet course, as they are published: requests land where the course says.</summary>
public sealed class FleetmanTests
{
    private const string Staff = "fleetman-staff-service.default.svc.cluster.local:8080";

    private static readonly string[] Workloads =
    [
        "webapp/original", "webapp/experimental", "staff-service/safe", "staff-service/risky", "api-gateway", "position-tracker",
        "vehicle-telemetry",
    ];

    // The other files of a folder are alternatives that the course applies instead.
    private static string[] Chapter(string folder, params string[] rules) =>
        [.. rules.Append("5-application-no-istio.yaml").Append("4-label-default-namespace.yaml").Select(file => $"fleetman/{folder}/{file}")];

    [Theory]
    [InlineData("x86_amd64/2-Traffic-Ending")]
    [InlineData("arm64/2-Traffic-Ending-Files")]
    public async Task Chapter_2_sends_a_tenth_of_the_calls_to_the_risky_staff_service(string folder)
    {
        await using var cluster = await SampleCluster.StartAsync(Workloads, Chapter(folder, "6-istio-rules.yaml"));
        var (status, _) = await cluster.MeshAsync(Staff);
        Assert.Equal(HttpStatusCode.OK, status);
        await Share.HoldsAsync(0.9, 1000, async () => (await cluster.MeshAsync(Staff)).Body == "staff-service/safe");
        Assert.Equal("vehicle-telemetry", (await cluster.MeshAsync("fleetman-vehicle-telemetry.default:8080")).Body);
    }

    [Theory]
    [InlineData("x86_amd64/3-Gateways-Ending")]
    [InlineData("arm64/3-Gateways-Solution")]
    public async Task Chapter_3_splits_the_web_application_at_the_edge(string folder)
    {
        await using var cluster = await SampleCluster.StartAsync(Workloads, Chapter(folder, "6-istio-rules.yaml"));
        await Share.HoldsAsync(0.9, 1000, async () => (await cluster.EdgeAsync("any.example.com")).Body == "webapp/original");
    }

    [Theory]
    [InlineData("x86_amd64/3-Gateways-Prefix")]
    [InlineData("arm64/3-Gateways-Solution-Prefix")]
    public async Task Chapter_3_routes_by_prefix(string folder)
    {
        await using var cluster = await SampleCluster.StartAsync(Workloads, Chapter(folder, "6-istio-rules.yaml"));
        Assert.Equal("webapp/experimental", (await cluster.EdgeAsync("a.example.com", "/experimental")).Body);
        Assert.Equal("webapp/experimental", (await cluster.EdgeAsync("a.example.com", "/canary/x")).Body);
        Assert.Equal("webapp/original", (await cluster.EdgeAsync("a.example.com", "/")).Body);
        Assert.Equal("webapp/original", (await cluster.EdgeAsync("a.example.com", "/other")).Body);
    }

    [Theory]
    [InlineData("x86_amd64/3-Gateways-Subdomain")]
    [InlineData("arm64/3-Gateways-Subdomain-Routing")]
    public async Task Chapter_3_routes_by_sub_domain(string folder)
    {
        await using var cluster = await SampleCluster.StartAsync(Workloads, Chapter(folder, "6-istio-rules.yaml"));
        Assert.Equal("webapp/original", (await cluster.EdgeAsync("fleetman.com")).Body);
        Assert.Equal("webapp/experimental", (await cluster.EdgeAsync("experimental.fleetman.com")).Body);
        Assert.Equal(HttpStatusCode.NotFound, (await cluster.EdgeAsync("other.fleetman.com")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await cluster.EdgeAsync("example.com")).Status);
    }

    [Theory]
    [InlineData("x86_amd64/4-Dark-Releases")]
    [InlineData("arm64/4-Dark-Releases")]
    public async Task Chapter_4_shows_the_dark_release_to_those_who_send_the_header(string folder)
    {
        await using var cluster = await SampleCluster.StartAsync(
            Workloads, Chapter(folder, "6-istio-rules.yaml", "7-dark-release-rules.yaml"));
        Assert.Equal("webapp/original", (await cluster.EdgeAsync("a.example.com")).Body);
        Assert.Equal("webapp/original", (await cluster.EdgeAsync("a.example.com", "/", ("my-header", "other"))).Body);
        Assert.Equal("webapp/experimental", (await cluster.EdgeAsync("a.example.com", "/", ("my-header", "canary"))).Body);
        Assert.Equal("staff-service/safe", (await cluster.MeshAsync("fleetman-staff-service.default:8080")).Body);
        Assert.Equal("staff-service/risky", (await cluster.MeshAsync("fleetman-staff-service.default:8080", "/", ("x-my-header", "canary"))).Body);
    }

    [Theory]
    [InlineData("x86_amd64/5-Fault-Injection")]
    [InlineData("arm64/5-Fault-Injection")]
    public async Task Chapter_5_aborts_every_call_to_the_telemetry(string folder)
    {
        await using var cluster = await SampleCluster.StartAsync(
            Workloads, Chapter(folder, "6-istio-rules.yaml", "7-dark-release-rules.yaml", "8-fault-injection.yaml"));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "fault filter abort"), await cluster.MeshAsync("fleetman-vehicle-telemetry.default:8080"));
        Assert.Equal("webapp/original", (await cluster.EdgeAsync("a.example.com")).Body);
    }

    [Theory]
    [InlineData("x86_amd64/6-Circuit-Breaking")]
    [InlineData("arm64/6-Circuit-Breaking")]
    public async Task Chapter_6_serves_both_versions_of_the_web_application(string folder)
    {
        await using var cluster = await SampleCluster.StartAsync(Workloads, Chapter(folder, "6-gateway.yaml", "7-circuit-breaking.yaml"));
        var seen = new HashSet<string>();
        for (var i = 0; i < 100; i++)
            seen.Add((await cluster.EdgeAsync("a.example.com")).Body);
        Assert.Equal(["webapp/experimental", "webapp/original"], seen.Order());
        Assert.StartsWith("staff-service/", (await cluster.MeshAsync(Staff)).Body);
    }
}
