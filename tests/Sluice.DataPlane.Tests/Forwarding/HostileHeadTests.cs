using Sluice.DataPlane.Tests.Pipeline.Harness;

namespace Sluice.DataPlane.Tests.Forwarding;

/// <summary>Heads of answers that are none: 502 at once, whether the upstream closes behind them or leaves everybody waiting.</summary>
public sealed class HostileHeadTests
{
    private const string ProtocolError = "upstream connect error or disconnect/reset before headers. reset reason: protocol error";

    private static readonly Dictionary<string, string> Heads = new()
    {
        ["status 99"] = "HTTP/1.1 99 Low\r\n\r\n",
        ["status 099"] = "HTTP/1.1 099 Low\r\nContent-Length: 0\r\n\r\n",
        ["status 000"] = "HTTP/1.1 000 None\r\nContent-Length: 0\r\n\r\n",
        ["status 1000"] = "HTTP/1.1 1000 High\r\n\r\n",
        ["status abc"] = "HTTP/1.1 abc Letters\r\n\r\n",
        ["status -20"] = "HTTP/1.1 -20 Negative\r\n\r\n",
        ["status +20"] = "HTTP/1.1 +20 Sign\r\n\r\n",
        ["no status"] = "HTTP/1.1 \r\n\r\n",
        ["no version"] = "200 OK\r\n\r\n",
        ["HTTP/0.9"] = "<html>an answer of old</html>\r\n\r\n",
        ["HTTP/2.0"] = "HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n",
        ["HTTP/11"] = "HTTP/11 200 OK\r\nContent-Length: 0\r\n\r\n",
        ["http/1.1"] = "http/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        ["empty lines first"] = "\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        ["another protocol"] = "SSH-2.0-OpenSSH_9.6\r\n",
        ["NUL in the reason"] = "HTTP/1.1 200 O\0K\r\nContent-Length: 0\r\n\r\n",
        ["CR in the reason"] = "HTTP/1.1 200 O\rK\r\nContent-Length: 0\r\n\r\n",
        ["no name"] = Field(": x"),
        ["tab before the colon"] = Field("a\t: x"),
        ["folded first field"] = Field(" a: b"),
        ["no colon"] = Field("nothing"),
        ["space in the name"] = Field("a b: x"),
        ["NUL in the name"] = Field("a\0b: x"),
        ["control in a value"] = Field("a: b\u0001c"),
        ["DEL in a value"] = Field("a: b\u007fc"),
        ["two lengths"] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc",
        ["two lengths in a line"] = "HTTP/1.1 200 OK\r\nContent-Length: 2, 3\r\n\r\nabc",
        ["length with a sign"] = "HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nab",
        ["negative length"] = "HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nab",
        ["length in hexadecimal"] = "HTTP/1.1 200 OK\r\nContent-Length: 0x2\r\n\r\nab",
        ["length beyond all numbers"] = "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551618\r\n\r\nab",
        ["empty length"] = "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\nab",
        ["length and chunks"] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n",
        ["chunks and length"] = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n2\r\nab\r\n0\r\n\r\n",
        ["unknown coding"] = Field("Transfer-Encoding: shrunk"),
        ["coding before chunked"] = "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        ["coding behind chunked"] = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        ["chunked twice"] = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        ["chunks in HTTP/1.0"] = "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        ["too many fields"] = "HTTP/1.1 200 OK\r\n" + string.Concat(Enumerable.Range(0, 101).Select(n => $"x-{n}: y\r\n")) + "\r\n",
        ["a field too long"] = Field("a: " + new string('x', 61 << 10)),
        ["a name too long"] = Field(new string('x', 61 << 10) + ": a"),
        ["too long in all"] = "HTTP/1.1 200 OK\r\n" + string.Concat(Enumerable.Range(0, 62).Select(n => $"x-{n}: {new string('y', 1 << 10)}\r\n")) + "\r\n",
        ["a status line without end"] = "HTTP/1.1 200 " + new string('x', 256 << 10),
        ["a field without end"] = "HTTP/1.1 200 OK\r\na: " + new string('x', 256 << 10),
        ["205 with content"] = "HTTP/1.1 205 Reset Content\r\nContent-Length: 2\r\n\r\nab",
        ["unasked upgrade"] = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    };

    /// <summary>What HttpClient reads as if it were written properly, as RFC 9112 §2.2, §5.1 and §5.2 and RFC 9110 §5.5 allow it; what goes
    /// on is in the proper form.</summary>
    private static readonly Dictionary<string, string> CarelessHeads = new()
    {
        ["folded field"] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\na: b\r\n c\r\n\r\nok",
        ["folded by a tab"] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\na: b\r\n\tc\r\n\r\nok",
        ["space before the colon"] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\na : b c\r\n\r\nok",
        ["NUL in a value"] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\na: b\0c\r\n\r\nok",
        ["CR in a value"] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\na: b\rc\r\n\r\nok",
        ["LF behind the status line"] = "HTTP/1.1 200 OK\nContent-Length: 2\r\na: b c\r\n\r\nok",
        ["LF behind a field"] = "HTTP/1.1 200 OK\r\nContent-Length: 2\na: b c\r\n\r\nok",
        ["LF only"] = "HTTP/1.1 200 OK\nContent-Length: 2\na: b c\n\nok",
    };

    private static readonly bool[] Endings = [false, true];

    public static TheoryData<string, bool> Malformed => Rows(Heads.Keys);

    public static TheoryData<string, bool> Careless => Rows(CarelessHeads.Keys);

    private static TheoryData<string, bool> Rows(IEnumerable<string> names)
    {
        var rows = new TheoryData<string, bool>();
        foreach (var name in names)
        {
            foreach (var closes in Endings)
                rows.Add(name, closes);
        }
        return rows;
    }

    private static string Field(string line) => $"HTTP/1.1 200 OK\r\n{line}\r\nContent-Length: 0\r\n\r\n";

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task A_malformed_head_is_502(string name, bool closes)
    {
        await using var gateway = await HostileGateway.StartAsync(HostileGateway.Sends(Heads[name], closes));

        await gateway.AssertAnsweredAsync(502, ProtocolError, "UPE");

        await gateway.AssertOthersAreServedAsync();
    }

    [Theory]
    [MemberData(nameof(Careless))]
    public async Task A_careless_head_is_502_or_put_right(string name, bool closes)
    {
        await using var gateway = await HostileGateway.StartAsync(HostileGateway.Sends(CarelessHeads[name], closes));
        if (!Front.IsYarp)
        {
            await gateway.AssertAnsweredAsync(502, ProtocolError, "UPE");
        }
        else
        {
            var response = await gateway.Front.GetAsync("/hostile");

            Assert.Equal((200, "ok"), (response.Status, response.Body));
            Assert.Matches("^b[ \t]+c$", response.Value("a"));
            Assert.DoesNotContain(response.Head.Split("\r\n"), line => line.AsSpan().ContainsAny("\r\n\0"));
        }

        await gateway.AssertOthersAreServedAsync();
    }
}
