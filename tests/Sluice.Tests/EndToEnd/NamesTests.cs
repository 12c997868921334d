using System.Net;

namespace Sluice.Tests.EndToEnd;

/// <summary>Endpoints that are written as names, in a running gateway with the resolver of this machine.</summary>
public sealed class NamesTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("DNS", "native")]
    [InlineData("DNS_ROUND_ROBIN", "native")]
    [InlineData("DNS_ROUND_ROBIN", "yarp")]
    public async Task A_request_goes_to_an_address_of_a_name(string resolution, string carrier)
    {
        await using var origin = await Origin.StartAsync();
        Write(resolution, "localhost", origin.Port);
        await using var sluice = await SluiceProcess.RunAsync(_folder.Path, "--carrier", carrier);

        using var response = await sluice.GetAsync("www.example.com", "/api");

        Assert.Equal("origin /api", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        var endpoint = Assert.Single((await sluice.AdminAsync("/clusters")).GetProperty("clusters")[0].GetProperty("endpoints").EnumerateArray());
        Assert.Equal($"127.0.0.1:{origin.Port}", endpoint.GetProperty("address").GetString());
        Assert.Equal("healthy", endpoint.GetProperty("health").GetString());
        var name = Assert.Single((await sluice.AdminAsync("/names")).GetProperty("names").EnumerateArray());
        Assert.Equal("localhost", name.GetProperty("name").GetString());
        Assert.Equal(["127.0.0.1"], name.GetProperty("addresses").EnumerateArray().Select(a => a.GetString()));
    }

    [Fact]
    public async Task A_name_that_does_not_resolve_is_told_and_its_service_answers_503()
    {
        // RFC 6761: no resolver has an address for it.
        Write("DNS", "nowhere.invalid", 80);
        await using var sluice = await SluiceProcess.RunAsync(_folder.Path);

        using var response = await sluice.GetAsync("www.example.com", "/api");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("no healthy upstream", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        var endpoint = Assert.Single((await sluice.AdminAsync("/clusters")).GetProperty("clusters")[0].GetProperty("endpoints").EnumerateArray());
        Assert.Equal("nowhere.invalid:80", endpoint.GetProperty("address").GetString());
        Assert.Equal("unhealthy", endpoint.GetProperty("health").GetString());
        var findings = (await sluice.AdminAsync("/config_status")).GetProperty("lastReload").GetProperty("findings");
        Assert.Contains(findings.EnumerateArray(), f => f.GetProperty("code").GetString() == "SLU0221");
        using var metrics = await sluice.SendAsync(HttpMethod.Get, sluice.Metrics, "/metrics");
        var text = await metrics.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("\nsluice_dns_failing{name=\"nowhere.invalid\"} 1\n", text);
        Assert.Contains("\nsluice_dns_addresses{name=\"nowhere.invalid\"} 0\n", text);
        await sluice.Log.WhenAsync("nowhere.invalid does not resolve");
    }

    private void Write(string resolution, string name, int port) => _folder.Write("all.yaml", SampleConfig.Join(
        SampleConfig.Gateway,
        SampleConfig.Origin(port).Replace("STATIC", resolution, StringComparison.Ordinal).Replace("127.0.0.1", name, StringComparison.Ordinal),
        SampleConfig.Route("/api")));
}
