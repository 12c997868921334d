using System.Net;
using Sluice.Tests.EndToEnd;

namespace Sluice.Tests.Admin;

public sealed class DrainListenersTests
{
    [Fact]
    public async Task Listeners_close_and_the_process_stays()
    {
        using var folder = new TempFolder();
        folder.Write("gateway.yaml", SampleConfig.Join(SampleConfig.Gateway, SampleConfig.Origin(1), SampleConfig.Route("/")));
        await using var sluice = await SluiceProcess.RunAsync(folder.Path, "--drain-delay", "0s");

        using var answer = await sluice.SendAsync(HttpMethod.Post, sluice.Admin, "/drain_listeners");
        await sluice.Log.WhenAsync("Drained");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await Assert.ThrowsAsync<HttpRequestException>(() => sluice.GetAsync("www.example.com", "/"));
        Assert.Equal("draining", (await sluice.AdminAsync("/server_info")).GetProperty("state").GetString());
    }
}
