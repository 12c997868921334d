using System.Buffers;
using System.Text;
using System.Text.Json;
using CsCheck;
using Microsoft.AspNetCore.Http;
using Sluice.DataPlane.Telemetry;

namespace Sluice.DataPlane.Tests.Telemetry;

public sealed class FormatStringTests
{
    private static readonly RequestInfo Info = new()
    {
        Start = new DateTimeOffset(2024, 3, 5, 16, 7, 8, 9, TimeSpan.FromHours(1)).AddTicks(1234),
        Duration = TimeSpan.FromMilliseconds(12.7),
        ResponseDuration = TimeSpan.FromMilliseconds(10),
        Method = "GET",
        Target = "/a?b",
        RewrittenTarget = "/c?b",
        Scheme = "https",
        Authority = "a.example",
        Protocol = "HTTP/1.1",
        RequestId = "id",
        RequestHeaders = Fields("user-agent", "curl", "x-empty", "", "x-many", "1", "x-many", "2"),
        ResponseHeaders = Fields("content-type", "text/plain"),
        ResponseTrailers = Fields("grpc-status", "0"),
        Status = 503,
        GrpcStatus = 14,
        Flags = ResponseFlags.UpstreamConnectionFailure | ResponseFlags.RetryLimitExceeded,
        CodeDetails = "upstream reset {connection failure}",
        BytesReceived = 3,
        BytesSent = 4,
        Attempts = 2,
        RouteName = "",
        Cluster = "outbound|80||b",
        UpstreamHost = "[2001:db8::1]:9080",
        DownstreamRemoteAddress = "10.0.0.9:0",
        DownstreamLocalAddress = "[::1]:8080",
        RequestedServerName = "a.example\"\n",
    };

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("", "")]
    [InlineData("100%%", "100%")]
    [InlineData("%REQ(:METHOD)% %REQ(:PATH)% %REQ(:AUTHORITY)% %REQ(Host)% %REQ(:SCHEME)%", "GET /c?b a.example a.example https")]
    [InlineData("%REQ(User-Agent)%", "curl")]
    [InlineData("%REQ(User-Agent):2%", "cu")]
    [InlineData("%REQ(x-missing?user-agent):3%", "cur")]
    [InlineData("%REQ(x-many)%", "1")]
    [InlineData("[%REQ(x-empty)%]", "[]")]
    [InlineData("[%REQ(x-missing)%]", "[-]")]
    [InlineData("%RESP(:STATUS)% %RESP(Content-Type)% %TRAILER(grpc-status)%", "503 text/plain 0")]
    [InlineData("%PROTOCOL% %RESPONSE_CODE% %RESPONSE_FLAGS%", "HTTP/1.1 503 UF,URX")]
    [InlineData("%RESPONSE_CODE_DETAILS%", "upstream_reset_{connection_failure}")]
    [InlineData("%RESPONSE_CODE_DETAILS(ALLOW_WHITESPACES)%", "upstream reset {connection failure}")]
    [InlineData("%BYTES_RECEIVED% %BYTES_SENT% %DURATION% %RESPONSE_DURATION% %RESPONSE_TX_DURATION%", "3 4 12 10 2")]
    [InlineData("%UPSTREAM_CLUSTER% %UPSTREAM_HOST% %UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%", "outbound|80||b [2001:db8::1]:9080 2001:db8::1")]
    [InlineData("%DOWNSTREAM_REMOTE_ADDRESS% %DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT% %DOWNSTREAM_REMOTE_PORT%", "10.0.0.9:0 10.0.0.9 0")]
    [InlineData("%DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT% %DOWNSTREAM_LOCAL_PORT%", "::1 8080")]
    [InlineData("%UPSTREAM_LOCAL_ADDRESS% %UPSTREAM_LOCAL_PORT% %ROUTE_NAME%", "- - -")]
    [InlineData("%STREAM_ID% %UPSTREAM_REQUEST_ATTEMPT_COUNT%", "id 2")]
    [InlineData("%REQUESTED_SERVER_NAME%", "a.example__")]
    [InlineData("%GRPC_STATUS% %GRPC_STATUS(SNAKE_STRING)% %GRPC_STATUS(NUMBER)% %GRPC_STATUS_NUMBER%", "Unavailable UNAVAILABLE 14 14")]
    [InlineData("%START_TIME%", "2024-03-05T15:07:08.009Z")]
    [InlineData("%START_TIME(%Y/%m/%dT%H:%M:%S%z %s)%", "2024/03/05T15:07:08+0000 1709651228")]
    [InlineData("%START_TIME(%s.%3f)%", "1709651228.009")]
    [InlineData("%START_TIME(%f %1f %9f)%", "009123400 0 009123400")]
    [InlineData("%START_TIME(%E3S %I %p %a %A %b %B %e %j %y %F %T %Z %%)%", "08.009 03 PM Tue Tuesday Mar March  5 065 24 2024-03-05 15:07:08 UTC %")]
    [InlineData("a%%%PROTOCOL%%%b", "a%HTTP/1.1%b")]
    public void Fills_operators_in(string format, string expected)
    {
        Assert.True(FormatString.TryParse(format, out var parsed, out var reason), reason);
        Assert.Equal(expected, parsed.Format(Info, "-"));
        Assert.Empty(parsed.Unsupported);
    }

    [Theory]
    [InlineData("%", "a percent sign must be doubled, or begin an operator such as %PROTOCOL%: %")]
    [InlineData("100% sure", "a percent sign must be doubled, or begin an operator such as %PROTOCOL%: % sure")]
    [InlineData("%START_TIME%%", "a percent sign must be doubled, or begin an operator such as %PROTOCOL%: %")]
    [InlineData("abcd%oijasodifj", "a percent sign must be doubled, or begin an operator such as %PROTOCOL%: %oijasodifj")]
    [InlineData("%REQ(a%", "a percent sign must be doubled, or begin an operator such as %PROTOCOL%: %REQ(a%")]
    [InlineData("%REQ(a)x%", "a percent sign must be doubled, or begin an operator such as %PROTOCOL%: %REQ(a)x%")]
    [InlineData("%NOPE%", "there is no operator %NOPE%")]
    [InlineData("%REQ%", "%REQ()% does not name a field")]
    [InlineData("%REQ(a b)%", "%REQ(a b)% does not name a field")]
    [InlineData("%REQ(a?b?c)%", "%REQ(a?b?c)% names more than two fields")]
    [InlineData("%PROTOCOL(x)%", "%PROTOCOL% takes no argument and no length")]
    [InlineData("%DURATION:3%", "%DURATION% takes no argument and no length")]
    [InlineData("%START_TIME(%Q)%", "%START_TIME(%Q)%: there is no time conversion %Q")]
    [InlineData("%GRPC_STATUS(x)%", "%GRPC_STATUS% takes CAMEL_STRING, SNAKE_STRING or NUMBER")]
    public void Says_what_is_wrong(string format, string expected)
    {
        Assert.False(FormatString.TryParse(format, out _, out var reason));
        Assert.Equal(expected, reason);
    }

    [Theory]
    [InlineData("%DOWNSTREAM_PEER_CERT_V_END(%b %d %H:%M:%S %Y %Z)%", "DOWNSTREAM_PEER_CERT_V_END")]
    [InlineData("%PER_REQUEST_STATE(a)%", "PER_REQUEST_STATE")]
    [InlineData("%DYNAMIC_METADATA(a:b):3%", "DYNAMIC_METADATA")]
    public void Operators_that_have_no_value_here_are_named(string format, string expected)
    {
        Assert.True(FormatString.TryParse(format, out var parsed, out _));
        Assert.Equal([expected], parsed.Unsupported);
        Assert.Equal("-", parsed.Format(Info, "-"));
    }

    [Theory]
    [InlineData("%RESPONSE_CODE%", "503")]
    [InlineData("%DURATION%", "12")]
    [InlineData("%PROTOCOL%", "\"HTTP/1.1\"")]
    [InlineData("%ROUTE_NAME%", "null")]
    [InlineData("%RESPONSE_CODE% %ROUTE_NAME%", "\"503 -\"")]
    [InlineData("literal", "\"literal\"")]
    public void In_JSON_a_single_operator_keeps_its_type(string format, string expected)
    {
        Assert.True(FormatString.TryParse(format, out var parsed, out _));
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output))
            parsed.WriteJson(Info, writer);
        Assert.Equal(expected, Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Fact]
    public void Field_values_come_out_byte_for_byte()
    {
        Assert.True(FormatString.TryParse("é %REQ(x)%", out var parsed, out _));
        var info = new RequestInfo { RequestHeaders = Fields("x", "\xC3\xBC\xFF") };
        var output = new ArrayBufferWriter<byte>();
        parsed.FormatLine(info, "-", output);
        Assert.Equal([0xC3, 0xA9, 0x20, 0xC3, 0xBC, 0xFF], output.WrittenSpan.ToArray());
    }

    [Fact]
    public void Writing_bytes_allocates_nothing()
    {
        Assert.True(FormatString.TryParse("[%START_TIME%] %REQ(:METHOD)% %RESPONSE_CODE% %RESPONSE_FLAGS% %REQ(x-many)% %DURATION%", out var parsed, out _));
        var output = new ArrayBufferWriter<byte>(4096);
        Routing.AllocationTests.AssertAllocatesNothing(() =>
        {
            output.ResetWrittenCount();
            parsed.FormatLine(Info, "-", output);
        });
    }

    [Fact]
    public void Whatever_is_written_is_accepted_or_refused_with_a_reason() =>
        Gen.OneOf("%", "%%", "REQ", "START_TIME", "PROTOCOL", "(", ")", ":", "3", "99999999999", "?", "x", "%Y", " ", "é", "\uD800").Array[0, 10].Sample(scraps =>
        {
            var accepted = FormatString.TryParse(string.Concat(scraps), out var parsed, out var reason);
            Assert.Equal(accepted, parsed is not null);
            Assert.Equal(accepted, reason is null);
            parsed?.Format(Info, "-");
        }, iter: 20_000);

    private static HeaderDictionary Fields(params string[] fields) => Routing.Requests.Headers(fields);
}
