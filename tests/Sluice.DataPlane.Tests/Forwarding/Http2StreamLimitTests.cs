using Sluice.DataPlane.Forwarding;

namespace Sluice.DataPlane.Tests.Forwarding;

/// <summary>What HttpClient and the upstream see of each other's frames.</summary>
public sealed class Http2StreamLimitTests
{
    private const string Ours = "00000C040000000000" + "000300000005" + "000800000001";
    private const string Preface = "505249202A20485454502F322E300D0A0D0A534D0D0A0D0A";
    private const string Settings = "000006040000000000" + "000200000000";
    private const string Ack = "000000040100000000";
    private const string Headers = "000003010500000001" + "828486";

    [Theory]
    [InlineData("a greater number is lowered", "000006040000000000" + "000300000064", "000006040000000000" + "000300000005")]
    [InlineData("a smaller one stays", "000006040000000000" + "000300000002", "000006040000000000" + "000300000002")]
    [InlineData("0 stays", "000006040000000000" + "000300000000", "000006040000000000" + "000300000000")]
    [InlineData("of several settings only this one is touched", "00000C040000000000" + "0004FFFFFFFF" + "0003FFFFFFFF",
        "00000C040000000000" + "0004FFFFFFFF" + "000300000005")]
    [InlineData("other frames pass, also where they look like settings", "000006000000000001" + "000300000064" + Ack, "000006000000000001" + "000300000064" + Ack)]
    [InlineData("that WebSockets are not taken is no news", "000006040000000000" + "000800000000", "000006040000000000" + "000000000000")]
    [InlineData("settings may come again", Settings + "000002000100000001" + "AAAA" + "000006040000000000" + "000300000064",
        Settings + "000002000100000001" + "AAAA" + "000006040000000000" + "000300000005")]
    public async Task HttpClient_reads_our_limit_first_and_never_a_greater_one(string says, string sent, string seen)
    {
        // In pieces of each size, read in pieces of each size.
        for (var piece = 1; piece <= sent.Length / 2; piece++)
        {
            using var upstream = new PiecesStream(Convert.FromHexString(sent), piece);
            var limit = new Http2StreamLimit(5, upstream.ReadAsync, upstream.WriteAsync);
            var read = new List<byte>();
            var buffer = new byte[piece];
            while (await limit.ReadAsync(buffer, TestContext.Current.CancellationToken) is > 0 and var count)
                read.AddRange(buffer[..count]);
            Assert.True(Ours + seen == Convert.ToHexString([.. read]), $"{says}, in pieces of {piece}: {Convert.ToHexString([.. read])}");
        }
    }

    [Fact]
    public async Task A_read_of_nothing_waits_for_what_can_be_read()
    {
        using var upstream = new PiecesStream(Convert.FromHexString(Settings), 4);
        var limit = new Http2StreamLimit(5, upstream.ReadAsync, upstream.WriteAsync);
        Assert.Equal(0, await limit.ReadAsync(Memory<byte>.Empty, TestContext.Current.CancellationToken));
        Assert.Equal(Ours.Length / 2, await limit.ReadAsync(new byte[64], TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("in a write of its own", new[] { Preface + Settings, Ack, Headers, Ack }, Preface + Settings + Headers + Ack)]
    [InlineData("among others", new[] { Preface + Settings, Headers + Ack + Headers + Ack }, Preface + Settings + Headers + Headers + Ack)]
    [InlineData("with the preface", new[] { Preface + Settings + Ack, Ack }, Preface + Settings + Ack)]
    [InlineData("behind a frame in two writes", new[] { Preface, "000006040000000000" + "0002", "00000000" + Ack, Headers }, Preface + Settings + Headers)]
    public async Task The_upstream_gets_no_acknowledgement_of_settings_that_it_did_not_send(string where, string[] written, string seen)
    {
        using var upstream = new MemoryStream();
        var limit = new Http2StreamLimit(5, upstream.ReadAsync, upstream.WriteAsync);
        foreach (var piece in written)
            await limit.WriteAsync(Convert.FromHexString(piece), TestContext.Current.CancellationToken);
        Assert.True(seen == Convert.ToHexString(upstream.ToArray()), where);
    }

    private sealed class PiecesStream(byte[] bytes, int piece) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(piece, buffer.Length)], cancellationToken);
    }
}
