using System.Buffers;
using System.Text;
using Sluice.Transport.Hub;

namespace Sluice.Transport.Tests.Hub;

public sealed class ProtocolDetectorTests
{
    [Theory]
    [InlineData("", "Undecided")]
    [InlineData("P", "Undecided")]
    [InlineData("PRI", "Undecided")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r", "Undecided")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "Http2")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nmore", "Http2")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nXX", "Http1")]
    [InlineData("PRI * HTTP/1.1\r\n", "Http1")]
    [InlineData("PROPFIND", "Http1")]
    [InlineData("PO", "Http1")]
    [InlineData("G", "Http1")]
    [InlineData("\0", "Http1")]
    [InlineData("\u0016", "Undecided")]
    [InlineData("\u0016\u0003\u0001", "Tls")]
    [InlineData("\u0016\u0002", "Http1")]
    public void Tells_the_protocol_by_the_first_bytes(string bytes, string expected) =>
        Assert.Equal(expected, ProtocolDetector.Detect(new ReadOnlySequence<byte>(Encoding.Latin1.GetBytes(bytes))).ToString());
}
