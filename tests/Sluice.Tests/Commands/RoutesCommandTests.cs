using Sluice.Commands;

namespace Sluice.Tests.Commands;

public sealed class RoutesCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public RoutesCommandTests() =>
        _folder.Write("all.yaml", SampleConfig.Join(SampleConfig.Gateway, SampleConfig.Origin(9001), SampleConfig.Route("/api")));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Json_has_the_shape_of_the_contract()
    {
        var verb = await Verb.RunAsync("routes", "--config", _folder.Path, "--port-map", "80=8080", "-o", "json");

        Assert.Equal(ExitCode.Ok, verb.Exit);
        var table = verb.Json();
        var listener = Assert.Single(table.GetProperty("listeners").EnumerateArray());
        Assert.Equal(
            """{"name":"0.0.0.0_8080","bind":"0.0.0.0","port":8080,"serverPort":80,"kind":"http","filterChains":[{"sni":[],"tls":null,"routeConfig":"http.8080","clusters":null}]}""",
            Compact(listener));
        var config = Assert.Single(table.GetProperty("routeConfigs").EnumerateArray());
        Assert.Equal("http.8080", config.GetProperty("name").GetString());
        var host = Assert.Single(config.GetProperty("virtualHosts").EnumerateArray());
        Assert.Equal("www.example.com:80", host.GetProperty("name").GetString());
        Assert.Equal("""["www.example.com","www.example.com:*"]""", Compact(host.GetProperty("domains")));
        Assert.False(host.GetProperty("requireTls").GetBoolean());
        var route = Assert.Single(host.GetProperty("routes").EnumerateArray());
        Assert.Equal("prefix /api", route.GetProperty("match").GetString());
        Assert.Equal("forward", route.GetProperty("action").GetString());
        Assert.Equal("""[{"cluster":"outbound|80||origin.example.com","weight":100}]""", Compact(route.GetProperty("clusters")));
        Assert.StartsWith(Path.Combine(_folder.Path, "all.yaml") + ":", route.GetProperty("at").GetString());
        Assert.Contains(
            table.GetProperty("clusters").EnumerateArray(),
            c => Compact(c) == """{"name":"outbound|80||origin.example.com","endpoints":["127.0.0.1:9001"]}""");
    }

    [Fact]
    public async Task Text_shows_listener_host_and_route()
    {
        var verb = await Verb.RunAsync("routes", "--config", _folder.Path);

        Assert.Equal(ExitCode.Ok, verb.Exit);
        Assert.Contains("0.0.0.0_80", verb.Out);
        Assert.Contains("www.example.com:80", verb.Out);
        Assert.Contains("prefix /api", verb.Out);
        Assert.Contains("-> outbound|80||origin.example.com", verb.Out);
        Assert.Contains("all.yaml:", Assert.Single(verb.Lines(), line => line.Contains("prefix /api")));
    }

    [Fact]
    public async Task A_configuration_that_does_not_load_is_explained_on_standard_error()
    {
        _folder.Write("broken.yaml", SampleConfig.Gateway.Replace("selector:", "selektor:"));

        var verb = await Verb.RunAsync("routes", "--config", _folder.Path);

        Assert.Equal(ExitCode.InvalidConfiguration, verb.Exit);
        Assert.Contains("broken.yaml:6:3 error SLU00", verb.Error);
        Assert.Empty(verb.Out);
    }

    private static string Compact(System.Text.Json.JsonElement element) =>
        System.Text.Json.Nodes.JsonNode.Parse(element.GetRawText())!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
