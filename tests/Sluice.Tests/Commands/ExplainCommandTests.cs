using System.Text.Json;
using Sluice.Commands;

namespace Sluice.Tests.Commands;

public sealed class ExplainCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public ExplainCommandTests() =>
        _folder.Write("all.yaml", SampleConfig.Join(SampleConfig.Gateway, SampleConfig.Origin(9001), SampleConfig.Route("/api")));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Json_has_the_shape_of_the_contract()
    {
        var verb = await Verb.RunAsync("explain", "--config", _folder.Path, "-o", "json", "GET", "http://www.example.com/api/x");

        Assert.Equal(ExitCode.Ok, verb.Exit);
        var answer = verb.Json();
        Assert.Equal("0.0.0.0_80", answer.GetProperty("listener").GetString());
        Assert.Equal("http.80", answer.GetProperty("routeConfig").GetString());
        Assert.Equal("www.example.com:80", answer.GetProperty("virtualHost").GetString());
        Assert.Equal("main", answer.GetProperty("route").GetString());
        Assert.Equal("outbound|80||origin.example.com", answer.GetProperty("cluster").GetString());
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("error").ValueKind);
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("status").ValueKind);
        Assert.Equal("127.0.0.1:9001", Assert.Single(answer.GetProperty("endpoints").EnumerateArray()).GetString());
        var matched = answer.GetProperty("why").EnumerateArray().First(step => step.GetProperty("step").GetString() == "route");
        Assert.Equal("matched", matched.GetProperty("verdict").GetString());
        Assert.StartsWith(Path.Combine(_folder.Path, "all.yaml") + ":", matched.GetProperty("at").GetString());
    }

    [Fact]
    public async Task Says_in_words_why_a_rule_did_not_match()
    {
        var verb = await Verb.RunAsync("explain", "--config", _folder.Path, "GET", "http://www.example.com/other");

        Assert.Equal(ExitCode.Ok, verb.Exit);
        Assert.Contains("the gateway answers 404 (no_route)", verb.Out);
        Assert.Contains("main: wanted prefix /api, the path is /other", verb.Out);
    }

    [Theory]
    [InlineData("http://nowhere.example.com/", "no_virtual_host", 404)]
    [InlineData("http://www.example.com:81/", "no_listener", null)]
    [InlineData("https://www.example.com:80/", "tls_error", null)]
    public async Task Names_the_step_that_fails(string url, string error, int? status)
    {
        var answer = (await Verb.RunAsync("explain", "--config", _folder.Path, "-o", "json", "GET", url)).Json();
        Assert.Equal(error, answer.GetProperty("error").GetString());
        Assert.Equal(status, answer.GetProperty("status").ValueKind == JsonValueKind.Null ? null : answer.GetProperty("status").GetInt32());
    }

    [Fact]
    public async Task Calls_come_from_a_file_or_standard_input_and_have_defaults()
    {
        const string calls = """[{"host":"www.example.com","path":"/api"},{"host":"www.example.com","path":"/"},{"gateway":"mesh","host":"origin.example.com"}]""";
        var verb = await Verb.RunAsync(new Dictionary<string, string>(), calls, "explain", "--config", _folder.Path, "-o", "json", "--calls", "-");

        Assert.Equal(ExitCode.Ok, verb.Exit);
        var answers = verb.Json().EnumerateArray().ToList();
        Assert.Equal(
            ["outbound|80||origin.example.com", null, "outbound|80||origin.example.com"], answers.Select(a => a.GetProperty("cluster").GetString()));
        Assert.Equal(404, answers[1].GetProperty("status").GetInt32());
    }

    [Theory]
    [InlineData("explain GET", "wanted METHOD and URL")]
    [InlineData("explain GET www.example.com", "no http or https URL")]
    [InlineData("explain GET http://a.example.com/ -H nothing", "no header")]
    public async Task Bad_usage_is_refused_with_a_sentence(string line, string expected)
    {
        var verb = await Verb.RunAsync([.. line.Split(' '), "--config", _folder.Path]);
        Assert.Equal(ExitCode.Usage, verb.Exit);
        Assert.Contains(expected, verb.Error);
    }

    [Fact]
    public async Task A_configuration_that_does_not_load_is_65_with_its_findings()
    {
        _folder.Write("broken.yaml", SampleConfig.Gateway.Replace("selector:", "selektor:"));
        var verb = await Verb.RunAsync("explain", "--config", _folder.Path, "GET", "http://www.example.com/");
        Assert.Equal(ExitCode.InvalidConfiguration, verb.Exit);
        Assert.Contains("broken.yaml:6:3", verb.Error);
        Assert.Empty(verb.Out);
    }
}
