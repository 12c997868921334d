using Sluice.Commands;

namespace Sluice.Tests.Commands;

public sealed class ValidateCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_good_configuration_has_no_finding_lines_and_exits_with_0()
    {
        _folder.Write("gateway.yaml", SampleConfig.Gateway);

        var verb = await Verb.RunAsync("validate", _folder.Path);

        Assert.Equal(ExitCode.Ok, verb.Exit);
        Assert.Empty(verb.Out);
        Assert.Equal("1 object (1 serving): 0 errors, 0 warnings", verb.Error.Trim());
    }

    [Fact]
    public async Task The_summary_says_of_each_object_that_is_not_all_in_force_why()
    {
        var all = _folder.Write("all.yaml", SampleConfig.Join(
            SampleConfig.Gateway,
            SampleConfig.Route("/api"),
            SampleConfig.Route("/").Replace("name: www", "name: lost").Replace("- edge", "- missing"),
            SampleConfig.Origin(9000).Replace("origin", "other")));

        var verb = await Verb.RunAsync("validate", _folder.Path);

        Assert.Equal(
        [
            $"{all}:16 partly VirtualService default/www: spec.http[0].route[0].destination: no service has the host origin.example.com",
            $"{all}:36 inert VirtualService default/lost: Gateway default/missing does not exist",
            $"{all}:56 inert ServiceEntry default/other: no route leads to other.example.com",
            "4 objects (1 serving, 1 partly, 2 inert): 3 errors, 1 warning",
        ], verb.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task The_summary_of_a_refused_configuration_names_the_objects_at_fault()
    {
        _folder.Write("good.yaml", SampleConfig.Origin(9000));
        var bad = _folder.Write("gateway.yaml", SampleConfig.Gateway.Replace("selector:", "selektor:"));

        var verb = await Verb.RunAsync("validate", _folder.Path);

        var lines = verb.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith($"{bad}:1 rejected Gateway default/edge: spec.selektor: ", lines[0], StringComparison.Ordinal);
        Assert.Equal("2 objects (1 rejected): 1 error, 0 warnings", lines[1]);
        Assert.Equal(2, lines.Length);
    }

    [Fact]
    public async Task Findings_are_lines_in_the_order_of_file_line_and_column()
    {
        var b = _folder.Write("b.yaml", SampleConfig.Gateway.Replace("protocol:", "protocoll:"));
        var a = _folder.Write("a.yaml", SampleConfig.Gateway.Replace("selector:", "selektor:").Replace("servers:", "server:"));

        var verb = await Verb.RunAsync("validate", b, a);

        Assert.Equal(ExitCode.InvalidConfiguration, verb.Exit);
        var lines = verb.Lines();
        Assert.All(lines, l => Assert.Matches(@"^\S+\.yaml:\d+:\d+ (error|warning|info) [A-Z]{3}\d{4} \S.*$", l));
        var places = lines.Select(l => l.Split(' ')[0].Split(':')).Select(p => (p[0], int.Parse(p[1]), int.Parse(p[2]))).ToArray();
        Assert.Equal(places.Order(), places);
        Assert.Contains(lines, l => l.StartsWith($"{a}:6:3 error SLU00", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.StartsWith($"{b}:12:", StringComparison.Ordinal) && l.Contains("protocol"));
    }

    [Fact]
    public async Task Json_has_the_findings_and_their_counts()
    {
        var path = _folder.Write("gateway.yaml", SampleConfig.Gateway.Replace("selector:", "selektor:"));

        var verb = await Verb.RunAsync("validate", "-o", "json", path);

        Assert.Equal(ExitCode.InvalidConfiguration, verb.Exit);
        var report = verb.Json();
        Assert.Equal(["findings", "errors", "warnings", "objects"], report.EnumerateObject().Select(p => p.Name));
        Assert.Equal(1, report.GetProperty("objects").GetInt32());
        Assert.Equal(report.GetProperty("findings").GetArrayLength(), report.GetProperty("errors").GetInt32() + report.GetProperty("warnings").GetInt32());
        var finding = report.GetProperty("findings")[0];
        Assert.Equal(
            ["code", "severity", "file", "line", "column", "resource", "path", "message", "hint"], finding.EnumerateObject().Select(p => p.Name));
        Assert.Equal("error", finding.GetProperty("severity").GetString());
        Assert.Equal(path, finding.GetProperty("file").GetString());
        Assert.Equal(6, finding.GetProperty("line").GetInt32());
        Assert.Equal("Gateway default/edge", finding.GetProperty("resource").GetString());
    }

    [Fact]
    public async Task Sarif_is_of_version_2_1_0_and_names_rules_and_places()
    {
        var path = _folder.Write("gateway.yaml", SampleConfig.Gateway.Replace("selector:", "selektor:"));

        var verb = await Verb.RunAsync("validate", "--output", "sarif", path);

        var sarif = verb.Json();
        Assert.Equal("2.1.0", sarif.GetProperty("version").GetString());
        Assert.True(sarif.TryGetProperty("$schema", out _));
        var run = Assert.Single(sarif.GetProperty("runs").EnumerateArray());
        Assert.Equal("sluice", run.GetProperty("tool").GetProperty("driver").GetProperty("name").GetString());
        var result = run.GetProperty("results")[0];
        Assert.Equal("error", result.GetProperty("level").GetString());
        var place = result.GetProperty("locations")[0].GetProperty("physicalLocation");
        Assert.Equal(path, place.GetProperty("artifactLocation").GetProperty("uri").GetString());
        Assert.Equal(6, place.GetProperty("region").GetProperty("startLine").GetInt32());
    }

    [Fact]
    public async Task A_missing_path_is_a_finding()
    {
        var verb = await Verb.RunAsync("validate", Path.Combine(_folder.Path, "missing"));

        Assert.Equal(ExitCode.InvalidConfiguration, verb.Exit);
        Assert.Contains("missing", Assert.Single(verb.Lines()));
    }
}
