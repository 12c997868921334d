using System.CommandLine;
using System.Net;
using Microsoft.Extensions.Logging;
using Sluice.Commands;

namespace Sluice.Tests.Commands;

public sealed class RunFlagsTests
{
    [Fact]
    public void Without_flags_the_defaults_hold()
    {
        var options = Read([], []);

        Assert.Equal(["config"], options.Config);
        Assert.Null(options.MeshConfig);
        Assert.Empty(options.Identity.PortMap);
        Assert.Null(options.Identity.Bind);
        Assert.Null(options.Identity.Mesh);
        Assert.False(options.Identity.Http10);
        Assert.Equal("ingressgateway", Assert.Single(options.Identity.Labels, l => l.Key == "istio").Value);
        Assert.Equal(("istio-system", "istio-ingressgateway", "cluster.local"), (options.Identity.Namespace, options.Identity.Workload, options.Identity.Domain));
        Assert.Equal(new HostPort("127.0.0.1", 15000), options.Admin);
        Assert.Equal(new HostPort("0.0.0.0", 15021), options.Status);
        Assert.Equal(new HostPort("0.0.0.0", 15090), options.Metrics);
        Assert.Equal((TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(45)), (options.Drain.Delay, options.Drain.Timeout));
        Assert.Equal(LogLevel.Information, options.LogLevel);
    }

    [Fact]
    public void Every_flag_is_read()
    {
        var options = Read([],
            "--config", "a", "--config", "b,c", "--port-map", "80=8080", "--port-map", "443=8443,9000=9001", "--bind", "::1",
            "--labels", "app=gw,tier=edge", "--namespace", "edge", "--domain", "example.org", "--mesh-config", "mesh.yaml",
            "--admin", "off", "--status", "[::1]:1", "--metrics", "localhost:2", "--mesh", "127.0.0.1:3", "--workload", "gw",
            "--drain-delay", "0s", "--drain-timeout", "1m30s", "--limit", "streams=7", "--limit", "idle-time=0s,body-rate=0",
            "--http10", "--log-level", "debug");

        Assert.Equal(["a", "b,c"], options.Config);
        Assert.Equal("mesh.yaml", options.MeshConfig);
        Assert.Equal(new Dictionary<int, int> { [80] = 8080, [443] = 8443, [9000] = 9001 }, options.Identity.PortMap);
        Assert.Equal("::1", options.Identity.Bind);
        Assert.Equal(new Dictionary<string, string> { ["app"] = "gw", ["tier"] = "edge" }, options.Identity.Labels);
        Assert.Equal(("edge", "gw", "example.org"), (options.Identity.Namespace, options.Identity.Workload, options.Identity.Domain));
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 3), options.Identity.Mesh);
        Assert.True(options.Identity.Http10);
        Assert.Null(options.Admin);
        Assert.Equal(new IPEndPoint(IPAddress.IPv6Loopback, 1), options.Status.Resolve());
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 2), options.Metrics.Resolve());
        Assert.Equal((TimeSpan.Zero, TimeSpan.FromSeconds(90)), (options.Drain.Delay, options.Drain.Timeout));
        Assert.Equal((7, TimeSpan.Zero, 0), (options.Limits.Streams, options.Limits.IdleTime, options.Limits.BodyRate));
        Assert.Equal(LogLevel.Debug, options.LogLevel);
    }

    [Fact]
    public void Variables_stand_in_for_flags_and_flags_win()
    {
        var variables = new Dictionary<string, string>
        {
            ["SLUICE_CONFIG"] = "a, b",
            ["SLUICE_PORT_MAP"] = "80=8080,443=8443",
            ["SLUICE_NAMESPACE"] = "edge",
            ["SLUICE_DRAIN_DELAY"] = "1s",
            ["SLUICE_HTTP10"] = "true",
            ["SLUICE_LOG_LEVEL"] = "",
        };

        var options = Read(variables, "--namespace", "other", "--port-map", "80=81");

        Assert.Equal(["a", "b"], options.Config);
        Assert.Equal(new Dictionary<int, int> { [80] = 81 }, options.Identity.PortMap);
        Assert.Equal("other", options.Identity.Namespace);
        Assert.Equal(TimeSpan.FromSeconds(1), options.Drain.Delay);
        Assert.True(options.Identity.Http10);
        Assert.Equal(LogLevel.Information, options.LogLevel);
    }

    [Theory]
    [InlineData("127.0.0.1:15000", "127.0.0.1", 15000)]
    [InlineData("[::]:0", "::", 0)]
    [InlineData("gateway.internal:80", "gateway.internal", 80)]
    public void Addresses_are_read(string text, string host, int port) => Assert.Equal(new HostPort(host, port), HostPort.Parse(text));

    [Theory]
    [InlineData("15000")]
    [InlineData(":15000")]
    [InlineData("127.0.0.1:")]
    [InlineData("127.0.0.1:65536")]
    [InlineData("::1:80")]
    [InlineData("127.0.0.1:+80")]
    public void What_is_no_address_is_refused(string text) => Assert.Throws<FormatException>(() => HostPort.Parse(text));

    private static RunOptions Read(Dictionary<string, string> variables, params string[] args)
    {
        var flags = new RunFlags(new Dictionary<int, int>());
        var command = new RootCommand();
        flags.AddTo(command);
        var result = command.Parse(args);
        Assert.Empty(result.Errors);
        return flags.Read(result, new Terminal(TextReader.Null, TextWriter.Null, TextWriter.Null, variables.GetValueOrDefault));
    }
}
