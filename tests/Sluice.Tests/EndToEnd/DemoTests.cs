using System.Net;
using System.Text.RegularExpressions;
using Sluice.Commands;

namespace Sluice.Tests.EndToEnd;

public sealed partial class DemoTests
{
    [Fact]
    public async Task The_demo_serves_the_addresses_that_it_prints()
    {
        var port = SluiceProcess.FreePort();
        await using var demo = SluiceProcess.Launch(
            new Dictionary<string, string>(),
            "demo", "--port-map", $"80={port}", "--bind", "127.0.0.1", "--admin", "127.0.0.1:0", "--status", "127.0.0.1:0",
            "--metrics", "127.0.0.1:0", "--drain-delay", "0s");
        await demo.Output.WhenAsync("Ctrl-C ends the demo");

        var urls = Url().Matches(demo.Output.ToString()).Select(m => m.Value).Where(u => u.Contains($":{port}/")).Distinct().ToArray();
        Assert.Contains($"http://localhost:{port}/", urls);
        foreach (var url in urls)
        {
            var path = new Uri(url).PathAndQuery.Split('[')[0];
            using var answer = await demo.SendAsync(HttpMethod.Get, $"127.0.0.1:{port}", path, new Uri(url).Authority);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        await demo.SignalAsync("TERM");
        Assert.Equal(ExitCode.Ok, await demo.ExitAsync());
    }

    [GeneratedRegex(@"http://[\w.]*localhost:\d+/[^\s']*")]
    private static partial Regex Url();
}
