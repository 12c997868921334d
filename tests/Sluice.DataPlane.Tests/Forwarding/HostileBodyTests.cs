using Sluice.DataPlane.Tests.Pipeline.Harness;

namespace Sluice.DataPlane.Tests.Forwarding;

/// <summary>Answers that end before they are complete, and chunks that are none. The client must never take them for whole.</summary>
public sealed class HostileBodyTests
{
    private const string Termination =
        "upstream connect error or disconnect/reset before headers. reset reason: connection termination";

    private const string Chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

    private static readonly Dictionary<string, string> Chunks = new()
    {
        ["no size"] = "\r\nhello\r\n0\r\n\r\n",
        ["a size with a sign"] = "+5\r\nhello\r\n0\r\n\r\n",
        ["a negative size"] = "-5\r\nhello\r\n0\r\n\r\n",
        ["a size with a prefix"] = "0x5\r\nhello\r\n0\r\n\r\n",
        ["a size with an underscore"] = "5_0\r\nhello\r\n0\r\n\r\n",
        ["no digit"] = "g\r\nhello\r\n0\r\n\r\n",
        ["a space before the size"] = " 5\r\nhello\r\n0\r\n\r\n",
        ["a word behind the size"] = "5 x\r\nhello\r\n0\r\n\r\n",
        ["an overflow of 64 bits"] = "10000000000000005\r\nhello\r\n0\r\n\r\n",
        ["a size of 64 bits"] = "ffffffffffffffff\r\nhello\r\n0\r\n\r\n",
        ["an endless extension"] = "5;" + new string('x', 64 << 10),
        ["an extension too long"] = "5;" + new string('x', 20 << 10) + "\r\nhello\r\n0\r\n\r\n",
        ["LF in an extension"] = "5;a\nb\r\nhello\r\n0\r\n\r\n",
        ["an endless size"] = new string('0', 64 << 10),
        ["a chunk without an end"] = "5\r\nhello0\r\n\r\n",
        ["a chunk longer than its size"] = "5\r\nhello world\r\n0\r\n\r\n",
        ["an endless trailer"] = "0\r\na: " + new string('x', 128 << 10),
        ["endless trailers"] = "0\r\n" + string.Concat(Enumerable.Range(0, 8 << 10).Select(n => $"x-{n}: yyyyyyyy\r\n")),
        ["a trailer without a name"] = "0\r\n: x\r\n\r\n",
        ["a trailer without a colon"] = "0\r\nnothing\r\n\r\n",
    };

    /// <summary>Chunks that HttpClient reads, as if they were written properly.</summary>
    private static readonly Dictionary<string, string> CarelessChunks = new()
    {
        ["LF behind the size"] = "5\nhello\r\n0\r\n\r\n",
        ["LF behind the chunk"] = "5\r\nhello\n0\r\n\r\n",
        ["LF behind the last chunk"] = "5\r\nhello\r\n0\n\r\n",
        ["NUL in an extension"] = "5;a\0b\r\nhello\r\n0\r\n\r\n",
        ["NUL in a trailer"] = "5\r\nhello\r\n0\r\na: b\0c\r\n\r\n",
    };

    private static readonly string[] TooLong = ["an endless extension", "an extension too long", "an endless size"];

    public static TheoryData<string> Malformed => [.. Chunks.Keys];

    public static TheoryData<string> Careless => [.. CarelessChunks.Keys];

    public static TheoryData<string, bool> Pieces
    {
        get
        {
            string[] pieces =
            [
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell",
                Chunked, Chunked + "5", Chunked + "5\r", Chunked + "5;ext", Chunked + "5\r\n", Chunked + "5\r\nhell", Chunked + "5\r\nhello",
                Chunked + "5\r\nhello\r", Chunked + "5\r\nhello\r\n", Chunked + "5\r\nhello\r\n0", Chunked + "5\r\nhello\r\n0\r\n",
                Chunked + "5\r\nhello\r\n0\r\n\r", Chunked + "5\r\nhello\r\n0\r\nx-sum", Chunked + "5\r\nhello\r\n0\r\nx-sum: 1",
                Chunked + "5\r\nhello\r\n0\r\nx-sum: 1\r\n", Chunked + "5\r\nhello\r\n0\r\nx-sum: 1\r\n\r",
            ];
            var rows = new TheoryData<string, bool>();
            foreach (var piece in pieces)
            {
                rows.Add(piece, false);
                rows.Add(piece, true);
            }
            return rows;
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("H")]
    [InlineData("HTTP/1.1 20")]
    [InlineData("HTTP/1.1 200 OK\r")]
    [InlineData("HTTP/1.1 200 OK\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\n")]
    [InlineData("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 2")]
    public async Task A_head_cut_off_is_503(string piece)
    {
        await using var gateway = await HostileGateway.StartAsync(HostileGateway.Sends(piece, closes: true));

        await gateway.AssertAnsweredAsync(503, Termination, "UC");

        await gateway.AssertOthersAreServedAsync();
    }

    [Theory]
    [MemberData(nameof(Pieces))]
    public async Task A_body_cut_off_breaks_the_clients_connection(string piece, bool resets)
    {
        await using var gateway = await HostileGateway.StartAsync(async request =>
        {
            await request.WriteAsync(piece);
            if (resets)
                request.Reset();
            else
                request.Close();
        });

        await gateway.AssertBrokenAsync("UC");

        await gateway.AssertOthersAreServedAsync();
    }

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task Malformed_chunks_break_the_clients_connection(string name)
    {
        Assert.SkipWhen(Front.IsYarp && name == "a size of 64 bits", "HttpClient takes it for a size and waits for the rest");
        foreach (var closes in (bool[])[false, true])
        {
            await using var gateway = await HostileGateway.StartAsync(HostileGateway.Sends(Chunked + Chunks[name], closes));

            // HttpClient does not say what it has against a line that is too long.
            await gateway.AssertBrokenAsync(Front.IsYarp && TooLong.Contains(name) ? "UC" : "UPE");

            await gateway.AssertOthersAreServedAsync();
        }
    }

    [Theory]
    [MemberData(nameof(Careless))]
    public async Task Careless_chunks_break_the_clients_connection_or_are_put_right(string name)
    {
        await using var gateway = await HostileGateway.StartAsync(HostileGateway.Sends(Chunked + CarelessChunks[name], closes: false));
        if (!Front.IsYarp)
            await gateway.AssertBrokenAsync("UPE");
        else
            Assert.Equal("hello", (await gateway.Front.GetAsync("/hostile")).Body);

        await gateway.AssertOthersAreServedAsync();
    }
}
