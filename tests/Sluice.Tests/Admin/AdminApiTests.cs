using System.Net;
using System.Text.Json;
using Sluice.Tests.EndToEnd;

namespace Sluice.Tests.Admin;

/// <summary>One running gateway for all tests of the admin API.</summary>
public sealed class RunningGateway : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private Origin _origin = null!;

    internal SluiceProcess Sluice { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _origin = await Origin.StartAsync();
        _folder.Write("all.yaml", SampleConfig.Join(SampleConfig.Gateway, SampleConfig.Origin(_origin.Port), SampleConfig.Route("/api")));
        _folder.Write("secret.yaml", """
            apiVersion: v1
            kind: Secret
            metadata:
              name: credentials
              annotations:
                kubectl.kubernetes.io/last-applied-configuration: '{"data":{"password":"dG9wIHNlY3JldA=="}}'
            data:
              password: dG9wIHNlY3JldA==
            """);
        Sluice = await SluiceProcess.RunAsync(_folder.Path);
    }

    public async ValueTask DisposeAsync()
    {
        await Sluice.DisposeAsync();
        await _origin.DisposeAsync();
        _folder.Dispose();
    }
}

public sealed class AdminApiTests(RunningGateway gateway) : IClassFixture<RunningGateway>
{
    private SluiceProcess Sluice => gateway.Sluice;

    [Fact]
    public async Task Ready_is_200()
    {
        using var admin = await Sluice.SendAsync(HttpMethod.Get, Sluice.Admin, "/ready");
        using var status = await Sluice.SendAsync(HttpMethod.Get, Sluice.Status, "/healthz/ready");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (admin.StatusCode, status.StatusCode));
    }

    [Fact]
    public async Task Server_info_names_version_state_and_generation()
    {
        var info = await Sluice.AdminAsync("/server_info");

        Assert.Equal(["version", "commit", "runtime", "state", "uptimeSeconds", "generation"], Names(info));
        Assert.Equal("live", info.GetProperty("state").GetString());
        Assert.True(info.GetProperty("generation").GetInt64() >= 1);
    }

    [Fact]
    public async Task Config_status_tells_what_is_in_force_and_what_became_of_each_object()
    {
        var status = await Sluice.AdminAsync("/config_status");

        Assert.Equal(["generation", "hash", "loadedAt", "lastReload", "objects"], Names(status));
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", status.GetProperty("loadedAt").GetString());
        Assert.Equal(["at", "ok", "findings"], Names(status.GetProperty("lastReload")));
        Assert.True(status.GetProperty("lastReload").GetProperty("ok").GetBoolean());
        var route = Assert.Single(status.GetProperty("objects").EnumerateArray(), o => o.GetProperty("kind").GetString() == "VirtualService");
        Assert.Equal(["kind", "namespace", "name", "file", "line", "status", "reason"], Names(route));
        Assert.Equal(("default", "www", "serving"), (Text(route, "namespace"), Text(route, "name"), Text(route, "status")));
        Assert.EndsWith("all.yaml", Text(route, "file"));
        Assert.True(route.GetProperty("line").GetInt32() > 1);
    }

    [Fact]
    public async Task Config_dump_has_objects_and_routes_but_no_secret()
    {
        var dump = await Sluice.AdminAsync("/config_dump");

        Assert.Equal(["generation", "objects", "routes"], Names(dump));
        Assert.Contains(dump.GetProperty("objects").EnumerateArray(), o => Text(o, "kind") == "Gateway");
        var secret = Assert.Single(dump.GetProperty("objects").EnumerateArray(), o => Text(o, "kind") == "Secret");
        Assert.Equal("[redacted]", secret.GetProperty("data").GetProperty("password").GetString());
        Assert.DoesNotContain("dG9wIHNlY3JldA", dump.GetRawText());
    }

    [Fact]
    public async Task Routes_have_the_ports_of_the_running_gateway()
    {
        var routes = await Sluice.AdminAsync("/routes");

        Assert.Equal(["listeners", "routeConfigs", "clusters"], Names(routes));
        Assert.Equal(Sluice.Port, Assert.Single(routes.GetProperty("listeners").EnumerateArray()).GetProperty("port").GetInt32());
    }

    [Fact]
    public async Task Listeners_count_their_connections()
    {
        using (await Sluice.GetAsync("www.example.com", "/api"))
        {
            var listeners = await Sluice.AdminAsync("/listeners");

            var listener = Assert.Single(listeners.GetProperty("listeners").EnumerateArray());
            Assert.Equal(["name", "bind", "port", "serverPort", "kind", "filterChains", "connections"], Names(listener));
            Assert.True(listener.GetProperty("connections").GetInt32() >= 1);
        }
    }

    [Fact]
    public async Task Clusters_show_their_endpoints_and_what_they_did()
    {
        using (await Sluice.GetAsync("www.example.com", "/api"))
        {
            var clusters = await Sluice.AdminAsync("/clusters");

            var cluster = Assert.Single(clusters.GetProperty("clusters").EnumerateArray(), c => Text(c, "name") == "outbound|80||origin.example.com");
            var endpoint = Assert.Single(cluster.GetProperty("endpoints").EnumerateArray());
            Assert.Equal(
                ["address", "health", "ejectedUntil", "ejections", "activeRequests", "successes", "errors", "ejectedSince", "ejectedFor"],
                Names(endpoint));
            Assert.Equal("healthy", Text(endpoint, "health"));
            Assert.True(endpoint.GetProperty("successes").GetInt64() >= 1);
        }
    }

    [Fact]
    public async Task An_operator_takes_an_endpoint_out_and_puts_it_back()
    {
        var address = (await FirstEndpointAsync()).GetProperty("address").GetString();
        var path = $"/clusters/outbound%7C80%7C%7Corigin.example.com/endpoints/{address}/";

        var ejected = await Sluice.AdminAsync(path + "eject", HttpMethod.Post);
        using (var refused = await Sluice.GetAsync("www.example.com", "/api"))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.Equal("no healthy upstream", await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }
        Assert.Equal(("ejected", "operator", null), (Text(ejected, "health"), Text(ejected, "ejectedFor"), Text(ejected, "ejectedUntil")));
        Assert.Equal(1, ejected.GetProperty("ejections").GetInt32());
        using (var metrics = await Sluice.SendAsync(HttpMethod.Get, Sluice.Metrics, "/stats/prometheus"))
        {
            var text = await metrics.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.Contains("\nenvoy_cluster_membership_healthy{cluster_name=\"outbound|80||origin.example.com\"} 0\n", text);
            Assert.Contains("\nenvoy_cluster_outlier_detection_ejections_active{cluster_name=\"outbound|80||origin.example.com\"} 1\n", text);
        }

        var back = await Sluice.AdminAsync(path + "uneject", HttpMethod.Post);
        Assert.Equal("healthy", Text(back, "health"));
        using var served = await Sluice.GetAsync("www.example.com", "/api");
        Assert.Equal(HttpStatusCode.OK, served.StatusCode);
    }

    [Fact]
    public async Task An_endpoint_may_have_slashes()
    {
        using var answer = await Sluice.SendAsync(
            HttpMethod.Post, Sluice.Admin, "/clusters/outbound%7C80%7C%7Corigin.example.com/endpoints/unix:%2F%2F%2Frun%2Fshop.sock/eject");

        Assert.Contains("has no endpoint unix:///run/shop.sock:", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("POST", "/clusters/outbound%7C80%7C%7Cnone/endpoints/127.0.0.1:1/eject", HttpStatusCode.NotFound)]
    [InlineData("POST", "/clusters/outbound%7C80%7C%7Corigin.example.com/endpoints/127.0.0.1:1/uneject", HttpStatusCode.NotFound)]
    [InlineData("GET", "/clusters/outbound%7C80%7C%7Corigin.example.com/endpoints/127.0.0.1:1/eject", HttpStatusCode.MethodNotAllowed)]
    [InlineData("POST", "/clusters//endpoints/127.0.0.1:1/eject", HttpStatusCode.NotFound)]
    public async Task Ejecting_what_is_not_there_is_refused(string method, string path, HttpStatusCode status)
    {
        using var answer = await Sluice.SendAsync(HttpMethod.Parse(method), Sluice.Admin, path);

        Assert.Equal(status, answer.StatusCode);
    }

    [Theory]
    [InlineData("/stats/prometheus", true)]
    [InlineData("/stats/prometheus", false)]
    [InlineData("/metrics", false)]
    public async Task Metrics_are_prometheus_text(string path, bool onAdmin)
    {
        using (await Sluice.GetAsync("www.example.com", "/api"))
        {
        }

        using var answer = await Sluice.SendAsync(HttpMethod.Get, onAdmin ? Sluice.Admin : Sluice.Metrics, path);

        Assert.StartsWith("text/plain", answer.Content.Headers.ContentType!.ToString());
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("\nsluice_config_last_reload_successful 1\n", text);
        Assert.Contains("\nsluice_config_objects{kind=\"Gateway\",status=\"serving\"} 1\n", text);
        Assert.Contains($"\nsluice_listener_connections{{listener=\"0.0.0.0_{Sluice.Port}\"}} ", text);
        Assert.Contains("\nistio_build{component=\"proxy\",tag=\"", text);
        Assert.Contains("\nistio_requests_total{reporter=\"source\"", text);
    }

    [Theory]
    [InlineData("/api/x")]
    [InlineData("/elsewhere")]
    public async Task What_explain_says_is_what_happens(string path)
    {
        var answer = await Sluice.AdminAsync("/explain", HttpMethod.Post, $$"""{"port": 80, "host": "www.example.com", "path": "{{path}}"}""");
        using var happened = await Sluice.GetAsync("www.example.com", path);

        Assert.Equal(answer.GetProperty("cluster").GetString() is null, happened.StatusCode == HttpStatusCode.NotFound);
        Assert.Equal(answer.GetProperty("status").ValueKind == JsonValueKind.Null ? 200 : answer.GetProperty("status").GetInt32(), (int)happened.StatusCode);
    }

    [Fact]
    public async Task Explain_answers_an_array_with_an_array_and_nonsense_with_400()
    {
        var answers = await Sluice.AdminAsync("/explain", HttpMethod.Post, """[{"port": 80, "host": "www.example.com", "path": "/api"}, {"port": 9}]""");
        using var nonsense = await Sluice.SendAsync(HttpMethod.Post, Sluice.Admin, "/explain", body: "GET /");

        Assert.Equal(["main", null], answers.EnumerateArray().Select(a => Text(a, "route")));
        Assert.Equal(HttpStatusCode.BadRequest, nonsense.StatusCode);
    }

    [Fact]
    public async Task Reload_answers_with_the_last_reload()
    {
        var answer = await Sluice.AdminAsync("/reload", HttpMethod.Post);

        Assert.Equal(["lastReload"], Names(answer));
        Assert.True(answer.GetProperty("lastReload").GetProperty("ok").GetBoolean());
    }

    [Theory]
    [InlineData("debug", HttpStatusCode.OK)]
    [InlineData("loud", HttpStatusCode.BadRequest)]
    [InlineData("", HttpStatusCode.BadRequest)]
    public async Task Logging_takes_known_levels_only(string level, HttpStatusCode status)
    {
        using var answer = await Sluice.SendAsync(HttpMethod.Post, Sluice.Admin, $"/logging?level={level}");

        Assert.Equal(status, answer.StatusCode);
    }

    [Fact]
    public async Task The_first_page_lists_the_paths()
    {
        using var answer = await Sluice.SendAsync(HttpMethod.Get, Sluice.Admin, "/");

        Assert.Equal("text/html; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        var html = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("<a href=\"/config_status\">", html);
        Assert.DoesNotContain("<a href=\"/quitquitquit\">", html);
    }

    [Theory]
    [InlineData("GET", "/reload", null, HttpStatusCode.MethodNotAllowed)]
    [InlineData("GET", "/explain", null, HttpStatusCode.MethodNotAllowed)]
    [InlineData("GET", "/nothing", null, HttpStatusCode.NotFound)]
    [InlineData("GET", "/ready", "evil.example.com", HttpStatusCode.Forbidden)]
    [InlineData("POST", "/quitquitquit", "evil.example.com", HttpStatusCode.Forbidden)]
    public async Task What_is_not_for_the_caller_is_refused(string method, string path, string? host, HttpStatusCode status)
    {
        using var answer = await Sluice.SendAsync(HttpMethod.Parse(method), Sluice.Admin, path, host);

        Assert.Equal(status, answer.StatusCode);
    }

    [Fact]
    public async Task The_admin_api_is_on_no_other_port()
    {
        using var data = await Sluice.GetAsync("localhost", "/server_info");
        using var status = await Sluice.SendAsync(HttpMethod.Get, Sluice.Status, "/server_info");
        using var metrics = await Sluice.SendAsync(HttpMethod.Post, Sluice.Metrics, "/quitquitquit");

        Assert.All([data, status, metrics], answer => Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode));
    }

    private async Task<JsonElement> FirstEndpointAsync()
    {
        var clusters = await Sluice.AdminAsync("/clusters");
        return clusters.GetProperty("clusters").EnumerateArray().First(c => Text(c, "name") == "outbound|80||origin.example.com")
            .GetProperty("endpoints").EnumerateArray().First();
    }

    private static IEnumerable<string> Names(JsonElement element) => element.EnumerateObject().Select(p => p.Name);

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
