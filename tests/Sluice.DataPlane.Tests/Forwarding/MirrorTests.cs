using Sluice.DataPlane.Forwarding;
using Sluice.DataPlane.Routing;
using Sluice.DataPlane.Tests.Pipeline.Harness;
using static Sluice.DataPlane.Tests.Pipeline.Harness.SnapshotBuilder;

namespace Sluice.DataPlane.Tests.Forwarding;

public sealed class MirrorTests
{
    private static SnapshotBuilder Mirroring(RawOrigin origin, int millionths, params int[] mirrors) => new SnapshotBuilder().Host(
        "example.com",
        Route(new ForwardAction
        {
            Clusters = new WeightedClusters([Weighted(ClusterOf("a", origin.Port))]),
            Rewrite = PathRewriter.ReplacePrefix("/api", "/v2"),
            Mirrors = [.. mirrors.Select(port => new MirrorPolicy("mirror", ClusterOf("mirror", port), millionths))],
        }));

    private static async Task<RawResponse> PostAsync(Front front, string body)
    {
        using var client = await front.ConnectAsync();
        await client.SendAsync($"POST /api/x?y HTTP/1.1\r\nHost: example.com\r\nX-Mine: 1\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        return await client.ReadAsync();
    }

    private static async Task OutcomeAsync(Front front, string result)
    {
        var line = $"sluice_mirrored_requests_total{{result=\"{result}\"}} 1";
        while (!(await front.ScrapeAsync()).Contains(line, StringComparison.Ordinal))
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_copy_has_the_head_as_sent_upstream_and_the_body()
    {
        var copied = new TaskCompletionSource<string>();
        await using var origin = new RawOrigin(async r => await r.WriteAsync(RawOrigin.Ok(await r.ReadTextAsync())));
        await using var mirror = new RawOrigin(async r =>
        {
            copied.SetResult(await r.ReadTextAsync());
            await r.WriteAsync("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 4\r\n\r\noops");
        });
        await using var front = await Front.StartAsync(Mirroring(origin, 1_000_000, mirror.Port));

        var response = await PostAsync(front, "hello");

        Assert.Equal("hello", response.Body);
        Assert.Equal("hello", await copied.Task);
        var (sent, copy) = (Assert.Single(origin.Requests), Assert.Single(mirror.Requests));
        Assert.Equal("POST /v2/x?y HTTP/1.1", copy.Line);
        Assert.Equal("example.com", copy.Value("host"));
        Assert.Equal("1", copy.Value("x-mine"));
        Assert.Equal("5", copy.Value("content-length"));
        Assert.Equal(sent.Value("x-request-id"), copy.Value("x-request-id"));
        await OutcomeAsync(front, "answered");
    }

    [Fact]
    public async Task Each_of_several_mirrors_gets_its_copy()
    {
        await using var origin = new RawOrigin(RawOrigin.Ok(""));
        await using var one = new RawOrigin(RawOrigin.Ok(""));
        await using var two = new RawOrigin(RawOrigin.Ok(""));
        await using var front = await Front.StartAsync(Mirroring(origin, 1_000_000, one.Port, two.Port));

        await front.GetAsync("/api");

        await one.ReceivedAsync(1);
        await two.ReceivedAsync(1);
    }

    [Fact]
    public async Task A_mirror_that_hangs_or_fails_is_not_seen_by_the_client()
    {
        await using var origin = new RawOrigin(RawOrigin.Ok("fine"));
        await using var mirror = new RawOrigin(r =>
        {
            r.Reset();
            return Task.CompletedTask;
        });
        await using var front = await Front.StartAsync(Mirroring(origin, 1_000_000, mirror.Port));

        Assert.Equal("fine", (await front.GetAsync("/api")).Body);
        await OutcomeAsync(front, "failed");
    }

    [Theory]
    [InlineData(249_999, 1)]
    [InlineData(250_000, 0)]
    public async Task A_share_is_copied(int draw, int copies)
    {
        await using var origin = new RawOrigin(RawOrigin.Ok(""));
        await using var mirror = new RawOrigin(RawOrigin.Ok(""));
        await using var front = await Front.StartAsync(
            Mirroring(origin, 250_000, mirror.Port).Build(), dice: n => n == 1_000_000 ? draw : 0);

        await front.GetAsync("/api");
        await mirror.ReceivedAsync(copies);

        Assert.Equal(copies, mirror.Requests.Count);
    }

    [Fact]
    public async Task A_body_that_is_too_large_to_keep_is_not_copied_and_counted()
    {
        await using var origin = new RawOrigin(async r => await r.WriteAsync(RawOrigin.Ok($"{(await r.ReadBodyAsync()).Length}")));
        await using var mirror = new RawOrigin(RawOrigin.Ok(""));
        await using var front = await Front.StartAsync(Mirroring(origin, 1_000_000, mirror.Port));

        var response = await PostAsync(front, new string('x', RequestBody.ReplayLimit + 1));

        Assert.Equal($"{RequestBody.ReplayLimit + 1}", response.Body);
        await OutcomeAsync(front, "body_too_large");
        Assert.Empty(mirror.Requests);
    }
}
