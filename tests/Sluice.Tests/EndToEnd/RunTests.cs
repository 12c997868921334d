using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Sluice.Commands;

namespace Sluice.Tests.EndToEnd;

/// <summary>The whole way: files, a process, requests, signals.</summary>
public sealed class RunTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_request_reaches_the_origin_and_a_changed_file_is_in_force_by_itself()
    {
        await using var origin = await Origin.StartAsync();
        WriteConfig(origin.Port, "/old");
        await using var sluice = await SluiceProcess.RunAsync(_folder.Path);

        Assert.Equal("origin /old/x", await BodyAsync(sluice, "/old/x"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(sluice, "/new/x"));

        WriteConfig(origin.Port, "/new");
        await sluice.Log.WhenAsync("Configuration 2 is in force");

        Assert.Equal("origin /new/x", await BodyAsync(sluice, "/new/x"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(sluice, "/old/x"));
    }

    [Fact]
    public async Task A_broken_file_is_refused_and_reported_while_the_last_good_configuration_serves()
    {
        await using var origin = await Origin.StartAsync();
        WriteConfig(origin.Port, "/api");
        await using var sluice = await SluiceProcess.RunAsync(_folder.Path);

        var broken = _folder.Write("broken.yaml", SampleConfig.Gateway.Replace("name: edge", "name: other").Replace("selector:", "selektor:"));
        var line = await sluice.Log.WhenAsync("broken.yaml:6:3");
        await sluice.Log.WhenAsync("refused");

        Assert.Contains(" error ", line);
        Assert.Equal("origin /api", await BodyAsync(sluice, "/api"));
        var status = await sluice.AdminAsync("/config_status");
        Assert.Equal(1, status.GetProperty("generation").GetInt64());
        var last = status.GetProperty("lastReload");
        Assert.False(last.GetProperty("ok").GetBoolean());
        Assert.Contains(
            last.GetProperty("findings").EnumerateArray(),
            f => f.GetProperty("file").GetString() == broken && f.GetProperty("line").GetInt32() == 6 && f.GetProperty("severity").GetString() == "error");
        var rejected = Assert.Single(
            status.GetProperty("objects").EnumerateArray(), o => o.GetProperty("status").GetString() == "rejected");
        Assert.Equal("other", rejected.GetProperty("name").GetString());
        Assert.StartsWith("spec.selektor: ", rejected.GetProperty("reason").GetString(), StringComparison.Ordinal);
        var metrics = await MetricsAsync(sluice);
        Assert.Contains("\nsluice_config_last_reload_successful 0\n", metrics);
        Assert.Contains("\nsluice_config_objects{kind=\"Gateway\",status=\"rejected\"} 1\n", metrics);
        Assert.Contains("\nsluice_config_objects{kind=\"Gateway\",status=\"serving\"} 1\n", metrics);

        File.Delete(broken);
        await sluice.AdminAsync("/reload", HttpMethod.Post);
        metrics = await MetricsAsync(sluice);
        Assert.Contains("\nsluice_config_last_reload_successful 1\n", metrics);
        Assert.Contains("\nsluice_config_objects{kind=\"Gateway\",status=\"rejected\"} 0\n", metrics);
    }

    [Fact]
    public async Task SIGHUP_reloads_now()
    {
        WriteConfig(1, "/api");
        await using var sluice = await SluiceProcess.RunAsync(_folder.Path);

        await sluice.SignalAsync("HUP");

        await sluice.Log.WhenAsync("nothing changed");
    }

    [Fact]
    public async Task SIGHUP_during_the_first_load_waits_for_its_end()
    {
        WriteConfig(1, "/api");
        await using var sluice = await SluiceProcess.RunUntilAdminAsync(_folder.Path);

        await sluice.SignalAsync("HUP");

        await sluice.Log.WhenAsync("Ready with configuration");
        await sluice.Log.WhenAsync("nothing changed");
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task A_signal_drains_and_the_process_exits_with_0_after_the_last_request(string signal)
    {
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var leave = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var origin = await Origin.StartAsync(async context =>
        {
            entered.SetResult();
            await leave.Task;
            await context.Response.WriteAsync("late");
        });
        WriteConfig(origin.Port, "/");
        await using var sluice = await SluiceProcess.RunAsync(_folder.Path, "--drain-delay", "0s");
        var request = sluice.GetAsync("www.example.com", "/");
        Assert.Same(entered.Task, await Task.WhenAny(entered.Task, request));

        await sluice.SignalAsync(signal);
        await sluice.Log.WhenAsync("Draining");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await sluice.SendAsync(HttpMethod.Get, sluice.Status, "/healthz/ready")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await sluice.SendAsync(HttpMethod.Get, sluice.Status, "/healthz/live")).StatusCode);
        leave.SetResult();

        using var answer = await request;
        Assert.Equal("late", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(ExitCode.Ok, await sluice.ExitAsync());
    }

    [Fact]
    public async Task A_second_signal_stops_at_once()
    {
        WriteConfig(1, "/");
        await using var sluice = await SluiceProcess.RunAsync(_folder.Path, "--drain-delay", "1h");
        await sluice.SignalAsync("TERM");
        await sluice.Log.WhenAsync("Draining");

        await sluice.SignalAsync("TERM");

        Assert.Equal(ExitCode.Ok, await sluice.ExitAsync());
    }

    [Fact]
    public async Task Quitquitquit_answers_and_ends_the_process()
    {
        WriteConfig(1, "/");
        await using var sluice = await SluiceProcess.RunAsync(_folder.Path, "--drain-delay", "1h");

        using var answer = await sluice.SendAsync(HttpMethod.Post, sluice.Admin, "/quitquitquit");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(ExitCode.Ok, await sluice.ExitAsync());
    }

    [Fact]
    public async Task An_invalid_first_configuration_ends_with_65_and_its_findings()
    {
        _folder.Write("broken.yaml", SampleConfig.Gateway.Replace("selector:", "selektor:"));
        await using var sluice = await SluiceProcess.RunUntilAdminAsync(_folder.Path);

        Assert.Equal(ExitCode.InvalidConfiguration, await sluice.ExitAsync());
        await sluice.Log.WhenAsync("broken.yaml:6:3");
    }

    [Fact]
    public async Task A_configuration_that_is_missing_ends_with_65()
    {
        await using var sluice = await SluiceProcess.RunUntilAdminAsync(Path.Combine(_folder.Path, "missing"));

        Assert.Equal(ExitCode.InvalidConfiguration, await sluice.ExitAsync());
    }

    [Fact]
    public async Task A_listener_whose_port_is_taken_ends_with_69_and_its_address()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        taken.Listen();
        WriteConfig(1, "/");
        await using var sluice = await SluiceProcess.RunUntilAdminAsync(_folder.Path, "--port-map", $"80={((IPEndPoint)taken.LocalEndPoint!).Port}");

        Assert.Equal(ExitCode.AddressUnavailable, await sluice.ExitAsync());
        await sluice.Log.WhenAsync($"{taken.LocalEndPoint}: address already in use");
    }

    [Theory]
    [InlineData("--admin")]
    [InlineData("--status")]
    [InlineData("--metrics")]
    public async Task A_side_port_that_is_taken_ends_with_69_and_its_address(string flag)
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        taken.Listen();
        WriteConfig(1, "/");
        string[] args = ["run", "--config", _folder.Path, "--port-map", $"80={SluiceProcess.FreePort()}"];
        string[] ports = ["--admin", "--status", "--metrics"];
        foreach (var port in ports)
            args = [.. args, port, port == flag ? taken.LocalEndPoint!.ToString()! : "127.0.0.1:0"];
        await using var sluice = SluiceProcess.Launch(new Dictionary<string, string>(), args);

        Assert.Equal(ExitCode.AddressUnavailable, await sluice.ExitAsync());
        await sluice.Log.WhenAsync($"{taken.LocalEndPoint}: address already in use");
    }

    [Fact]
    public async Task Variables_configure_the_process()
    {
        WriteConfig(1, "/");
        var port = SluiceProcess.FreePort();
        var variables = new Dictionary<string, string>
        {
            ["SLUICE_CONFIG"] = _folder.Path,
            ["SLUICE_PORT_MAP"] = $"80={port},443={SluiceProcess.FreePort()}",
            ["SLUICE_BIND"] = "127.0.0.1",
            ["SLUICE_ADMIN"] = "off",
            ["SLUICE_STATUS"] = "127.0.0.1:0",
            ["SLUICE_METRICS"] = "127.0.0.1:0",
            ["SLUICE_DRAIN_DELAY"] = "0s",
        };
        await using var sluice = SluiceProcess.Launch(variables, "run");
        await sluice.Log.WhenAsync("Ready with configuration");

        using (var client = new TcpClient())
            await client.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
        await sluice.SignalAsync("TERM");

        Assert.Equal(ExitCode.Ok, await sluice.ExitAsync());
        Assert.DoesNotContain("The admin port", sluice.Log.ToString());
    }

    private void WriteConfig(int originPort, string prefix) => _folder.Write(
        "all.yaml", SampleConfig.Join(SampleConfig.Gateway, SampleConfig.Origin(originPort), SampleConfig.Route(prefix)));

    private static async Task<string> BodyAsync(SluiceProcess sluice, string path)
    {
        using var answer = await sluice.GetAsync("www.example.com", path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<HttpStatusCode> StatusAsync(SluiceProcess sluice, string path)
    {
        using var answer = await sluice.GetAsync("www.example.com", path);
        return answer.StatusCode;
    }

    private static async Task<string> MetricsAsync(SluiceProcess sluice)
    {
        using var answer = await sluice.SendAsync(HttpMethod.Get, sluice.Metrics, "/stats/prometheus");
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }
}
