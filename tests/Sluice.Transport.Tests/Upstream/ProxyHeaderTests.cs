using System.Net;
using System.Text;
using Sluice.Transport.Upstream;

namespace Sluice.Transport.Tests.Upstream;

public sealed class ProxyHeaderTests
{
    private const string Signature = "0D0A0D0A000D0A515549540A";

    [Theory]
    [InlineData("192.0.2.1:51234", "198.51.100.7:443", "PROXY TCP4 192.0.2.1 198.51.100.7 51234 443\r\n")]
    [InlineData("[2001:db8::1]:1", "[2001:db8::2]:65535", "PROXY TCP6 2001:db8::1 2001:db8::2 1 65535\r\n")]
    [InlineData("[fe80::1%2]:1", "[fe80::2%2]:80", "PROXY TCP6 fe80::1 fe80::2 1 80\r\n")]
    [InlineData("192.0.2.1:1", "[2001:db8::2]:80", "PROXY UNKNOWN\r\n")]
    [InlineData(null, "192.0.2.1:80", "PROXY UNKNOWN\r\n")]
    [InlineData("192.0.2.1:1", null, "PROXY UNKNOWN\r\n")]
    public void Version_1_is_a_line(string? client, string? server, string expected) =>
        Assert.Equal(expected, Encoding.ASCII.GetString(ProxyHeader.V1(End(client), End(server)).Bytes.Span));

    [Theory]
    [InlineData("192.0.2.1:51234", "198.51.100.7:443", "2111000C" + "C0000201" + "C6336407" + "C822" + "01BB")]
    [InlineData(
        "[2001:db8::1]:1", "[2001:db8::2]:65535",
        "21210024" + "20010DB8000000000000000000000001" + "20010DB8000000000000000000000002" + "0001" + "FFFF")]
    [InlineData("192.0.2.1:1", "[2001:db8::2]:80", "20000000")]
    [InlineData(null, null, "20000000")]
    public void Version_2_is_binary(string? client, string? server, string expected) =>
        Assert.Equal(Signature + expected, Convert.ToHexString(ProxyHeader.V2(End(client), End(server)).Bytes.Span));

    [Fact]
    public void Names_are_hosts_and_differ_where_headers_do()
    {
        string?[] ends = [null, "192.0.2.1:1", "192.0.2.1:16", "[2001:db8::]:1", "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535"];
        var headers = (from client in ends from server in ends select new[] { ProxyHeader.V1(End(client), End(server)), ProxyHeader.V2(End(client), End(server)) })
            .SelectMany(both => both).ToArray();

        Assert.Equal(headers.Distinct().Count(), headers.Select(h => h.Name).Distinct().Count());
        Assert.All(headers, h => Assert.Equal($"{h.Name}.10.0.0.1", new Uri($"http://{h.Name}.10.0.0.1:80/").Host));
    }

    private static IPEndPoint? End(string? text) => text is null ? null : IPEndPoint.Parse(text);
}
