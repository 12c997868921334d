using System.Text.Json;
using Sluice.Commands;

namespace Sluice.Tests.Commands;

public sealed class ExplainCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public ExplainCommandTests() =>
        _folder.Write("all.yaml", SampleConfig.Join(SampleConfig.Gateway, SampleConfig.Origin(9001), SampleConfig.Route("/api"), More));

    // Beside the route to the origin: a canary, a redirect, an answer, a fault, a way to nowhere, and a call between services.
    private const string More = """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata:
          name: shop
        spec:
          hosts:
          - shop.example.com
          gateways:
          - edge
          http:
          - name: canary
            match:
            - headers:
                x-user:
                  exact: tester
              uri:
                prefix: /buy
            route:
            - destination:
                host: origin.example.com
              weight: 90
            - destination:
                host: missing.example.com
              weight: 10
          - match:
            - uri:
                exact: /old
            redirect:
              uri: /new
              redirectCode: 308
          - match:
            - uri:
                exact: /robots.txt
            directResponse:
              status: 410
          - match:
            - uri:
                exact: /broken
            fault:
              abort:
                httpStatus: 418
                percentage:
                  value: 100
            route:
            - destination:
                host: origin.example.com
          - match:
            - uri:
                exact: /nowhere
            route:
            - destination:
                host: missing.example.com
        ---
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata:
          name: inside
        spec:
          hosts:
          - origin.example.com
          http:
          - name: inside
            route:
            - destination:
                host: origin.example.com
        """;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_answer_names_everything_on_the_way()
    {
        var answer = await ExplainAsync("GET", "http://www.example.com/api/x");

        Assert.Equal(
            ["listener", "filterChain", "routeConfig", "virtualHost", "route", "cluster", "clusters", "error", "status", "why", "endpoints"],
            answer.EnumerateObject().Select(p => p.Name));
        Assert.Equal("0.0.0.0_80", Text(answer, "listener"));
        Assert.Equal("http.80", Text(answer, "routeConfig"));
        Assert.Equal("www.example.com:80", Text(answer, "virtualHost"));
        Assert.Equal("main", Text(answer, "route"));
        Assert.Equal("outbound|80||origin.example.com", Text(answer, "cluster"));
        Assert.Equal(["127.0.0.1:9001"], answer.GetProperty("endpoints").EnumerateArray().Select(e => e.GetString()));
        Assert.Equal((null, null), (Text(answer, "error"), Number(answer, "status")));
        Assert.Equal(["step", "verdict", "detail", "at"], answer.GetProperty("why")[0].EnumerateObject().Select(p => p.Name));
    }

    [Fact]
    public async Task Rules_that_do_not_match_say_which_predicate_failed_and_where_they_are()
    {
        var answer = await ExplainAsync("GET", "http://shop.example.com/buy", "-H", "x-user: someone");

        Assert.Equal(("no_route", 404), (Text(answer, "error"), Number(answer, "status")));
        var canary = answer.GetProperty("why").EnumerateArray().First(s => Text(s, "step") == "route");
        Assert.Equal("not matched", Text(canary, "verdict"));
        Assert.Equal("canary: wanted header x-user exact \"tester\", the request has \"someone\"", Text(canary, "detail"));
        Assert.Matches(@"all\.yaml:\d+$", Text(canary, "at"));
    }

    [Theory]
    [InlineData("http://other.example.com/", "no_virtual_host", 404)]
    [InlineData("http://www.example.com/", "no_route", 404)]
    [InlineData("http://www.example.com:81/", "no_listener", null)]
    [InlineData("https://www.example.com:80/api", "protocol_error", null)]
    [InlineData("http://shop.example.com/old", null, 308)]
    [InlineData("http://shop.example.com/./x/../old", null, 308)]
    [InlineData("http://shop.example.com/robots.txt", null, 410)]
    [InlineData("http://shop.example.com/broken", null, 418)]
    [InlineData("http://shop.example.com/nowhere", null, 503)]
    [InlineData("http://shop.example.com/%00", "protocol_error", 400)]
    public async Task What_the_gateway_answers_by_itself_has_a_status(string url, string? error, int? status)
    {
        var answer = await ExplainAsync("GET", url);

        Assert.Equal((error, status), (Text(answer, "error"), Number(answer, "status")));
    }

    [Fact]
    public async Task Of_several_clusters_each_has_its_weight_and_no_status_is_certain()
    {
        var answer = await ExplainAsync("GET", "http://shop.example.com/buy", "-H", "x-user: tester");

        Assert.Equal((null, null), (Text(answer, "cluster"), Number(answer, "status")));
        Assert.Equal(
            [("outbound|80||origin.example.com", 90), ("outbound|80||missing.example.com", 10)],
            answer.GetProperty("clusters").EnumerateArray().Select(c => (Text(c, "cluster"), Number(c, "weight"))));
    }

    [Fact]
    public async Task A_Host_header_takes_the_place_of_the_URLs()
    {
        var answer = await ExplainAsync("GET", "http://localhost/api", "-H", "host: www.example.com");

        Assert.Equal("www.example.com:80", Text(answer, "virtualHost"));
    }

    [Fact]
    public async Task The_ports_of_a_call_are_those_of_the_Gateway_or_the_bound_ones()
    {
        var byGateway = await ExplainAsync("GET", "http://www.example.com/api", "--port-map", "80=8080");
        var byBound = await ExplainAsync("GET", "http://www.example.com:8080/api", "--port-map", "80=8080");

        Assert.Equal(("0.0.0.0_8080", "main"), (Text(byGateway, "listener"), Text(byGateway, "route")));
        Assert.Equal(("0.0.0.0_8080", "main"), (Text(byBound, "listener"), Text(byBound, "route")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Calls_in_JSON_are_answered_in_their_order(bool fromStandardInput)
    {
        const string calls = """
            [
              {"port": 80, "protocol": "http", "tls": "plaintext", "host": "www.example.com", "path": "/api", "method": "POST", "headers": {"a": "b"}},
              {"port": 80, "protocol": "tcp", "host": "www.example.com"},
              {"port": 1, "gateway": "mesh", "host": "origin.example.com"}
            ]
            """;
        var file = fromStandardInput ? "-" : _folder.Write("calls.txt", calls);

        var verb = await Verb.RunAsync(
            new Dictionary<string, string>(), fromStandardInput ? calls : "", "explain", "--config", Path.Combine(_folder.Path, "all.yaml"), "--calls", file, "-o", "json");

        Assert.Equal(ExitCode.Ok, verb.Exit);
        var answers = verb.Json().EnumerateArray().ToArray();
        Assert.Equal(3, answers.Length);
        Assert.Equal("main", Text(answers[0], "route"));
        Assert.Equal("protocol_error", Text(answers[1], "error"));
        Assert.Equal("inside", Text(answers[2], "route"));
    }

    [Fact]
    public async Task Text_shows_each_decision_and_the_outcome()
    {
        var verb = await Verb.RunAsync("explain", "--config", _folder.Path, "GET", "http://www.example.com/api");

        Assert.Equal(ExitCode.Ok, verb.Exit);
        var lines = verb.Lines();
        Assert.Equal("goes to outbound|80||origin.example.com", lines[0]);
        Assert.Contains("  virtual host  www.example.com:80", lines);
        Assert.Contains("  cluster       outbound|80||origin.example.com", lines);
        Assert.Contains("  endpoints     127.0.0.1:9001", lines);
        Assert.Contains(lines, l => l.StartsWith("  route            matched     main: prefix /api", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("GET", "wanted METHOD and URL", null)]
    [InlineData("-o json", "wanted METHOD and URL", null)]
    [InlineData("http://a/", "wanted METHOD and URL", null)]
    [InlineData("GET ftp://a/", "'ftp://a/' is no http or https URL", null)]
    [InlineData("GET http:///x", "'http:///x' is no http or https URL", null)]
    [InlineData("GET http://a:x/", "'http://a:x/' is no http or https URL", null)]
    [InlineData("GET http://u:p@a/", "'http://u:p@a/' has credentials in it", null)]
    [InlineData("GET http://a/ -H nonsense", "'nonsense' is no header", null)]
    [InlineData("GET http://a/ -H :value", "':value' is no header", null)]
    [InlineData("GET http://a/ -H (x):value", "'(x):value' is no header", null)]
    [InlineData("--calls -", "headers has 'a', which is no header field", """{"headers": {"a": null}}""")]
    [InlineData("--calls -", "headers has 'a b', which is no header field", """{"headers": {"a b": "c"}}""")]
    [InlineData("--calls -", "it is neither an object nor an array of objects", "7")]
    [InlineData("--calls -", "it is no JSON from line 2, byte 1", "[{},\n]")]
    [InlineData("--calls -", "it is empty", "")]
    [InlineData("--calls -", "$[0].hots is no field of a call", """[{"hots": "a"}]""")]
    [InlineData("--calls -", "$.port is no field of a call, or not of its type", """{"port": "eighty"}""")]
    [InlineData("--calls -", "protocol is 'htpp', which is none of http, http2, tcp", """{"protocol": "htpp"}""")]
    [InlineData("--calls -", "tls is 'on', which is none of plaintext, tls, mtls", """{"tls": "on"}""")]
    [InlineData("--calls -", "null is not a call", "[null]")]
    [InlineData("--calls -", "this is not a call", "calls")]
    public async Task A_call_that_makes_no_sense_is_refused_with_a_sentence(string line, string expected, string? input)
    {
        var verb = await Verb.RunAsync(new Dictionary<string, string>(), input ?? "", ["explain", "--config", _folder.Path, .. line.Split(' ')]);

        Assert.Equal(ExitCode.Usage, verb.Exit);
        Assert.Contains(expected, verb.Error);
    }

    [Fact]
    public async Task Text_keeps_to_a_hundred_columns_where_names_allow_it()
    {
        string[] args = ["explain", "--config", _folder.Path, "GET", "http://shop.example.com/buy?" + new string('q', 60), "-H", "x-user: tester"];
        var verb = await Verb.RunAsync(args);

        // A file's name and its line stay together, however long they are.
        Assert.All(verb.Lines().Where(l => !l.Contains("all.yaml", StringComparison.Ordinal)), l => Assert.InRange(l.Length, 1, 100));
        Assert.Contains(verb.Lines(), l => l.Contains("all.yaml:", StringComparison.Ordinal));
        Assert.Equal("goes to one of 2 clusters", verb.Lines()[0]);
        Assert.Contains("  cluster       outbound|80||origin.example.com, weight 90", verb.Lines());
    }

    [Fact]
    public async Task A_configuration_that_does_not_load_exits_with_65()
    {
        _folder.Write("broken.yaml", SampleConfig.Gateway.Replace("selector:", "selektor:"));

        var verb = await Verb.RunAsync("explain", "--config", _folder.Path, "GET", "http://a/");

        Assert.Equal(ExitCode.InvalidConfiguration, verb.Exit);
        Assert.Contains("broken.yaml:6:3 error SLU00", verb.Error);
    }

    [Fact]
    public async Task A_file_of_calls_that_is_missing_is_a_failure_and_not_a_crash()
    {
        var verb = await Verb.RunAsync("explain", "--config", _folder.Path, "--calls", Path.Combine(_folder.Path, "missing.json"));

        Assert.Equal(ExitCode.Failure, verb.Exit);
        Assert.Contains("missing.json", verb.Error);
    }

    private async Task<JsonElement> ExplainAsync(params string[] args)
    {
        var verb = await Verb.RunAsync(["explain", "--config", _folder.Path, "-o", "json", .. args]);
        Assert.Equal((ExitCode.Ok, ""), (verb.Exit, verb.Error));
        return verb.Json();
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static int? Number(JsonElement element, string name) =>
        element.GetProperty(name) is { ValueKind: JsonValueKind.Number } number ? number.GetInt32() : null;
}
