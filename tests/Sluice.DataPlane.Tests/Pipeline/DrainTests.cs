using Sluice.DataPlane.Tests.Pipeline.Harness;
using static Sluice.DataPlane.Tests.Pipeline.Harness.SnapshotBuilder;

namespace Sluice.DataPlane.Tests.Pipeline;

public sealed class DrainTests
{
    [Fact]
    public async Task Answers_close_their_connections_during_a_drain_also_of_requests_that_came_before_it()
    {
        var arrived = new TaskCompletionSource();
        var go = new TaskCompletionSource();
        await using var origin = new RawOrigin(async request =>
        {
            arrived.SetResult();
            await go.Task;
            await request.WriteAsync(RawOrigin.Ok("done"));
        });
        await using var front = await Front.StartAsync(
            new SnapshotBuilder().Host("example.com", Route(To(ClusterOf("a", origin.Port)))).Host("direct.example", Route(Direct("direct"))));
        using var busy = await front.ConnectAsync();
        await busy.SendAsync("GET / HTTP/1.1\r\nHost: example.com\r\n\r\n");
        await arrived.Task;

        front.IsDraining = true;
        go.SetResult();

        var response = await busy.ReadAsync();
        Assert.Equal("done", response.Body);
        Assert.Equal("close", response.Value("connection"));
        await Assert.ThrowsAnyAsync<IOException>(() => busy.ReadAsync());
        Assert.Equal("close", (await front.GetAsync("/", "direct.example")).Value("connection"));
        Assert.Equal("close", (await front.GetAsync("/", "none.example")).Value("connection"));
    }
}
