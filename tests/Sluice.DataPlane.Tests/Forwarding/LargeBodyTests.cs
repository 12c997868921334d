using System.Globalization;
using System.Text;
using Sluice.DataPlane.Tests.Pipeline.Harness;
using static Sluice.DataPlane.Tests.Pipeline.Harness.SnapshotBuilder;

namespace Sluice.DataPlane.Tests.Forwarding;

/// <summary>Bodies larger than anyone would keep in memory.</summary>
public sealed class LargeBodyTests
{
    private const int Size = 100 << 20;

    // What the sockets of a connection and the buffers on the way can hold; far from all of it.
    private const int OnTheWay = 48 << 20;

    private static readonly byte[] Piece = [.. Enumerable.Range(0, 64 << 10).Select(i => (byte)(i * 31))];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static SnapshotBuilder To(RawOrigin origin) =>
        new SnapshotBuilder().Host("example.com", Route(SnapshotBuilder.To(ClusterOf("a", origin.Port))));

    private static async Task WriteAsync(Stream stream, bool chunked)
    {
        var size = Encoding.ASCII.GetBytes(Piece.Length.ToString("x", CultureInfo.InvariantCulture) + "\r\n");
        for (var sent = 0; sent < Size; sent += Piece.Length)
        {
            if (chunked)
                await stream.WriteAsync(size, Cancellation);
            await stream.WriteAsync(Piece, Cancellation);
            if (chunked)
                await stream.WriteAsync("\r\n"u8.ToArray(), Cancellation);
        }
        if (chunked)
            await stream.WriteAsync("0\r\n\r\n"u8.ToArray(), Cancellation);
    }

    private const string Length = "Content-Length: 104857600";
    private const string Chunked = "Transfer-Encoding: chunked";

    [Theory]
    [InlineData(Length)]
    [InlineData(Chunked)]
    public async Task A_hundred_megabytes_go_up_and_then_down(string framing)
    {
        var upload = new Comparison();
        await using var origin = new RawOrigin(async request =>
        {
            await request.Reader.CopyBodyAsync(request.Head, upload, keepChunks: false, request.Stop);
            await request.WriteAsync($"HTTP/1.1 200 OK\r\n{framing}\r\n\r\n");
            await WriteAsync(request.Stream, framing == Chunked);
        });

        await AssertComesBackAsync(origin, framing);

        Assert.Equal(Size, upload.Length);
        Assert.True(upload.IsEqual);
    }

    [Theory]
    [InlineData(Length)]
    [InlineData(Chunked)]
    public async Task A_hundred_megabytes_go_up_and_down_at_once(string framing)
    {
        Assert.SkipWhen(Front.IsYarp, "HttpClient reads no answer of HTTP/1.1 before it has sent the request");
        await using var origin = new RawOrigin(async request =>
        {
            await request.WriteAsync($"HTTP/1.1 200 OK\r\n{framing}\r\n\r\n");
            await request.Reader.CopyBodyAsync(request.Head, request.Stream, keepChunks: true, request.Stop);
        });

        await AssertComesBackAsync(origin, framing);
    }

    private static async Task AssertComesBackAsync(RawOrigin origin, string framing)
    {
        await using var front = await Front.StartAsync(To(origin));
        using var client = await front.ConnectAsync();
        await client.SendAsync($"POST / HTTP/1.1\r\nHost: example.com\r\n{framing}\r\n\r\n");
        var upload = WriteAsync(client.Stream, framing == Chunked);
        var head = await client.Reader.ReadHeadAsync(Cancellation);
        var download = new Comparison();
        await client.Reader.CopyBodyAsync(head!, download, keepChunks: false, Cancellation);
        await upload;

        Assert.Equal(Size, download.Length);
        Assert.True(download.IsEqual);
    }

    [Fact]
    public async Task An_upstream_that_does_not_read_holds_the_client_back()
    {
        await using var origin = new RawOrigin(r => Task.Delay(Timeout.Infinite, r.Stop));
        await using var front = await Front.StartAsync(To(origin));
        using var client = await front.ConnectAsync();
        await client.SendAsync($"POST / HTTP/1.1\r\nHost: example.com\r\nContent-Length: {Size}\r\n\r\n");

        Assert.True(await FillAsync(client.Stream) < OnTheWay);
    }

    [Fact]
    public async Task A_client_that_does_not_read_holds_the_upstream_back()
    {
        var filled = new TaskCompletionSource<long>();
        await using var origin = new RawOrigin(async request =>
        {
            await request.WriteAsync($"HTTP/1.1 200 OK\r\nContent-Length: {Size}\r\n\r\n");
            filled.SetResult(await FillAsync(request.Stream));
        });
        await using var front = await Front.StartAsync(To(origin));
        using var client = await front.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: example.com\r\n\r\n");

        Assert.True(await filled.Task < OnTheWay);
    }

    /// <summary>Writes until nothing more is taken for a while; tells how much was.</summary>
    private static async Task<long> FillAsync(Stream stream)
    {
        long sent = 0;
        while (sent < Size)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
            patience.CancelAfter(TimeSpan.FromMilliseconds(500));
            try
            {
                await stream.WriteAsync(Piece, patience.Token);
            }
            catch (OperationCanceledException) when (!Cancellation.IsCancellationRequested)
            {
                break;
            }
            sent += Piece.Length;
        }
        return sent;
    }

    /// <summary>Takes the pieces and compares them.</summary>
    private sealed class Comparison : MemoryStream
    {
        private long _length;

        public bool IsEqual { get; private set; } = true;

        public override long Length => _length;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var rest = buffer.Span;
            while (!rest.IsEmpty)
            {
                var expected = Piece.AsSpan((int)(_length % Piece.Length));
                var count = Math.Min(expected.Length, rest.Length);
                IsEqual &= expected[..count].SequenceEqual(rest[..count]);
                rest = rest[count..];
                _length += count;
            }
            return ValueTask.CompletedTask;
        }
    }
}
