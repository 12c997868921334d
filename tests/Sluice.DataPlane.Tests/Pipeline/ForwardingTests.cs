using Sluice.DataPlane.Tests.Pipeline.Harness;
using static Sluice.DataPlane.Tests.Pipeline.Harness.SnapshotBuilder;

namespace Sluice.DataPlane.Tests.Pipeline;

public sealed class ForwardingTests
{
    [Fact]
    public async Task Forwards_a_request_and_its_answer()
    {
        await using var origin = new RawOrigin(RawOrigin.Ok("hello", "X-From: origin\r\n"));
        await using var front = await Front.StartAsync(new SnapshotBuilder().Host("example.com", Route(To(ClusterOf("a", origin.Port)))));

        var response = await front.GetAsync("/a%2Cb//c?x=%2f");

        Assert.Equal(200, response.Status);
        Assert.Equal("hello", response.Body);
        Assert.Equal("origin", response.Value("x-from"));
        Assert.Equal("istio-envoy", response.Value("server"));
        Assert.Equal("GET /a%2Cb//c?x=%2f HTTP/1.1", Assert.Single(origin.Requests).Line);
    }
}
