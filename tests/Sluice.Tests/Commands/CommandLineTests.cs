using Sluice.Commands;

namespace Sluice.Tests.Commands;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("-?")]
    public async Task Help_lists_the_verbs_on_standard_output(string flag)
    {
        var verb = await Verb.RunAsync(flag);

        Assert.Equal(ExitCode.Ok, verb.Exit);
        foreach (var name in new[] { "run", "demo", "validate", "explain", "routes", "version" })
            Assert.Contains($"\n  {name} ", verb.Out);
        Assert.Empty(verb.Error);
    }

    [Theory]
    [InlineData("run", "--config --port-map --bind --admin --status --metrics --mesh --labels --namespace --workload --domain --mesh-config "
        + "--drain-delay --drain-timeout --limit --http10 --log-level --carrier --transport --reuse-port")]
    [InlineData("demo", "--config --port-map --bind --admin --status --metrics")]
    [InlineData("validate", "-o, --output --strict --port-map --bind --labels --namespace --domain --mesh-config")]
    [InlineData("explain", "--config -o, --output -H, --header --calls --port-map --bind --labels --namespace --domain --mesh-config")]
    [InlineData("routes", "--config -o, --output --port-map --bind --labels --namespace --domain --mesh-config")]
    public async Task Help_of_a_verb_lists_its_flags(string name, string flags)
    {
        var verb = await Verb.RunAsync(name, "--help");

        Assert.Equal(ExitCode.Ok, verb.Exit);
        foreach (var flag in flags.Split(' '))
            Assert.Contains(flag, verb.Out);
    }

    [Theory]
    [InlineData("vaildate", "unknown verb 'vaildate'; did you mean 'validate'?")]
    [InlineData("frobnicate", "unknown verb 'frobnicate'\n")]
    [InlineData("run --portmap 80=8080", "unknown flag '--portmap'; did you mean '--port-map'?")]
    [InlineData("run --portmap=80=8080", "unknown flag '--portmap'; did you mean '--port-map'?")]
    [InlineData("run extra", "unexpected argument 'extra'")]
    [InlineData("validate", "Required argument missing")]
    [InlineData("run --bind", "--bind")]
    [InlineData("run --bind nowhere", "--bind: 'nowhere' is not an IP address")]
    [InlineData("run --port-map 80:8080", "--port-map: '80:8080' is not of the form PORT=PORT")]
    [InlineData("run --port-map 80=99999", "--port-map: '99999' is not a port number")]
    [InlineData("run --labels app", "--labels: 'app' is not of the form KEY=VALUE")]
    [InlineData("run --admin 15000", "--admin: '15000' is not of the form HOST:PORT")]
    [InlineData("run --drain-delay soon", "--drain-delay: 'soon' is not a duration")]
    [InlineData("run --drain-delay -5s", "--drain-delay: '-5s' is not a duration")]
    [InlineData("run --limit header-size=1024", "--limit: there is no limit 'header-size'; did you mean 'headers-size'?")]
    [InlineData("run --limit streams=0", "--limit: '0' is not a number from 1")]
    [InlineData("run --log-level loud", "--log-level: 'loud' is none of debug, info, warn, error")]
    [InlineData("run --transport pigeons", "--transport: ")]
    [InlineData("run --carrier pigeons", "--carrier: 'pigeons' is none of native, yarp")]
    [InlineData("run --reuse-port", "--reuse-port")]
    [InlineData("routes -o yaml", "--output: 'yaml' is none of text, json")]
    [InlineData("", "a verb is missing")]
    public async Task A_wrong_command_line_is_refused_with_a_sentence(string line, string expected)
    {
        var verb = await Verb.RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(ExitCode.Usage, verb.Exit);
        Assert.Contains(expected, verb.Error);
        Assert.DoesNotContain("   at ", verb.Error);
        Assert.Empty(verb.Out);
    }

    [Theory]
    [InlineData("SLUICE_PORT_MAP", "80=0x50", "SLUICE_PORT_MAP: '0x50' is not a port number")]
    [InlineData("SLUICE_HTTP10", "perhaps", "SLUICE_HTTP10: 'perhaps' is neither true nor false")]
    [InlineData("SLUICE_LIMIT", "streams=10,idle-time=1", "SLUICE_LIMIT: '1' is not a duration")]
    public async Task A_wrong_variable_is_refused_by_its_own_name(string variable, string value, string expected)
    {
        var verb = await Verb.RunAsync(new Dictionary<string, string> { [variable] = value }, "", "run");

        Assert.Equal(ExitCode.Usage, verb.Exit);
        Assert.Contains(expected, verb.Error);
    }

    [Fact]
    public async Task Arguments_that_begin_with_an_at_sign_are_no_files()
    {
        var verb = await Verb.RunAsync("validate", "@missing.yaml");

        Assert.Contains("@missing.yaml", verb.Out);
    }

    [Fact]
    public async Task Version_names_version_commit_and_runtime()
    {
        var verb = await Verb.RunAsync("version");

        Assert.Equal(ExitCode.Ok, verb.Exit);
        Assert.Matches(@"^sluice \d+\.\d+\.\d+ \(commit \w+, \.NET 10\.[\d.]+, [\w-]+\)\s$", verb.Out);
    }

    [Theory]
    [InlineData("--portmap", "--port-map", 1)]
    [InlineData("ruotes", "routes", 1)]
    [InlineData("", "run", 3)]
    [InlineData("explain", "explain", 0)]
    public void The_distance_of_names_counts_edits(string a, string b, int distance) =>
        Assert.Equal(distance, Suggestion.Distance(a, b));
}
