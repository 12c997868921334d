using Sluice.DataPlane.Routing;
using Sluice.DataPlane.Tests.Pipeline.Harness;
using static Sluice.DataPlane.Tests.Pipeline.Harness.SnapshotBuilder;

namespace Sluice.DataPlane.Tests.Forwarding;

/// <summary>Runs alone: it looks at the memory of the process.</summary>
[CollectionDefinition(nameof(StreamingTests), DisableParallelization = true)]
public sealed class StreamingTestsCollection;

/// <summary>Bodies of any size pass without being gathered.</summary>
[Collection(nameof(StreamingTests))]
public sealed class StreamingTests
{
    private const int Chunk = 64 << 10;
    private const long Size = 100 << 20;
    private const long Allowed = 24 << 20;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, RetryOn.ConnectFailure)]
    [InlineData(true, RetryOn.ConnectFailure)]
    [InlineData(true, RetryOn.ServerError)]
    public async Task A_large_upload_is_not_gathered(bool chunked, RetryOn retry)
    {
        var received = 0L;
        await using var origin = new RawOrigin(async request =>
        {
            received = await DrainAsync(request.Reader, request.Value("content-length") is null);
            await request.WriteAsync(RawOrigin.Ok("done"));
        });
        var action = new ForwardAction
        {
            Clusters = new WeightedClusters([Weighted(ClusterOf("a", origin.Port))]),
            Retry = new RetryPolicy { On = retry },
        };
        await using var front = await Front.StartAsync(new SnapshotBuilder().Host("example.com", Route(action)));
        using var client = await front.ConnectAsync();
        var before = GC.GetTotalMemory(forceFullCollection: true);

        await client.SendAsync($"POST / HTTP/1.1\r\nHost: example.com\r\n{(chunked ? "Transfer-Encoding: chunked" : $"Content-Length: {Size}")}\r\n\r\n");
        var chunk = new byte[Chunk];
        var largest = 0L;
        for (var sent = 0L; sent < Size; sent += Chunk)
        {
            if (chunked)
                await client.SendAsync($"{Chunk:x}\r\n");
            await client.Stream.WriteAsync(chunk, Cancellation);
            if (chunked)
                await client.SendAsync("\r\n");
            if (sent % (8 << 20) == 0)
                largest = Math.Max(largest, GC.GetTotalMemory(forceFullCollection: true));
        }
        if (chunked)
            await client.SendAsync("0\r\n\r\n");

        Assert.Equal("done", (await client.ReadAsync()).Body);
        Assert.InRange(received, Size, Size + (Size / 1000));
        Assert.InRange(largest - before, long.MinValue, Allowed);
    }

    [Fact]
    public async Task A_large_download_waits_for_its_reader()
    {
        await using var origin = new RawOrigin(async request =>
        {
            await request.WriteAsync($"HTTP/1.1 200 OK\r\nContent-Length: {Size}\r\n\r\n");
            var chunk = new byte[Chunk];
            for (var sent = 0L; sent < Size; sent += Chunk)
                await request.Stream.WriteAsync(chunk, request.Stop);
        });
        await using var front = await Front.StartAsync(new SnapshotBuilder().Host("example.com", Route(To(ClusterOf("a", origin.Port)))));
        using var client = await front.ConnectAsync();
        var before = GC.GetTotalMemory(forceFullCollection: true);

        await client.SendAsync("GET / HTTP/1.1\r\nHost: example.com\r\n\r\n");
        await client.Reader.ReadHeadAsync(Cancellation);
        var (received, largest, next) = (0L, 0L, 0L);
        while (received < Size)
        {
            received += (await client.Reader.ReadSomeAsync(Cancellation)).Length;
            if (received >= next)
            {
                largest = Math.Max(largest, GC.GetTotalMemory(forceFullCollection: true));
                next += 8 << 20;
            }
        }

        Assert.Equal(Size, received);
        Assert.InRange(largest - before, long.MinValue, Allowed);
    }

    /// <summary>Reads a body of <see cref="Size"/> bytes, with the framing of its chunks if it has some, to its last byte.</summary>
    private static async Task<long> DrainAsync(WireReader reader, bool chunked)
    {
        var total = 0L;
        byte[] end = [];
        while (chunked ? !end.AsSpan().EndsWith("0\r\n\r\n"u8) : total < Size)
        {
            var some = await reader.ReadSomeAsync(Cancellation);
            if (some.Length == 0)
                throw new IOException("the body was cut off");
            total += some.Length;
            end = [.. end, .. some.AsSpan()[^Math.Min(5, some.Length)..]];
            end = end[^Math.Min(5, end.Length)..];
        }
        return total;
    }
}
