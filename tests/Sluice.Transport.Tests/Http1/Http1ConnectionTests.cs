using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Transport.Epoll;
using Sluice.Transport.Http1;
using Sluice.Transport.Upstream;
using static Sluice.Transport.Tests.Http1.Asking;

namespace Sluice.Transport.Tests.Http1;

public sealed class Http1ConnectionTests : IDisposable
{
    private readonly EpollTransport _epoll = new(1, TimeProvider.System, NullLogger.Instance);
    private readonly ManagedUpstreamTransport _managed = new();

    public static TheoryData<string, string> MalformedHeads => new()
    {
        { "HTTP/1.1 200 OK\n\n", "a line that ends without CR" },
        { "\nHTTP/1.1 200 OK", "no HTTP/1.1 status line" },
        { "HTTP/1.1 200 OK\r\na: b\nc", "a line that ends without CR" },
        { "HTTQ", "no HTTP/1.1 status line" },
        { "HTTP/2 200 OK\r\n\r\n", "no HTTP/1.1 status line" },
        { "ICY 200 OK\r\n\r\n", "no HTTP/1.1 status line" },
        { "HTTP/1.1 20 OK\r\n\r\n", "no valid status code" },
        { "HTTP/1.1 099 OK\r\n\r\n", "no valid status code" },
        { "HTTP/1.1 2000 OK\r\n\r\n", "no valid status code" },
        { "HTTP/1.1 200 O\0K\r\n\r\n", "control characters in the status line" },
        { "HTTP/1.1 200 OK\r\nname : x\r\n\r\n", "a header field without a valid name" },
        { "HTTP/1.1 200 OK\r\n: x\r\n\r\n", "a header field without a valid name" },
        { "HTTP/1.1 200 OK\r\na: b\r\n folded\r\n\r\n", "a header field without a valid name" },
        { "HTTP/1.1 200 OK\r\na: b\nc: d\r\n\r\n", "control characters in a header field" },
        { "HTTP/1.1 200 OK\r\na: b\rc\r\n\r\n", "control characters in a header field" },
        { "HTTP/1.1 200 OK\r\na: b\0c\r\n\r\n", "control characters in a header field" },
        { "HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\n", "no valid Content-Length" },
        { "HTTP/1.1 200 OK\r\ncontent-length: +5\r\n\r\n", "no valid Content-Length" },
        { "HTTP/1.1 200 OK\r\ncontent-length: -0\r\n\r\n", "no valid Content-Length" },
        { "HTTP/1.1 200 OK\r\ncontent-length: 99999999999999999999\r\n\r\n", "no valid Content-Length" },
        { "HTTP/1.1 200 OK\r\ncontent-length:\r\n\r\n", "no valid Content-Length" },
        { "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n", "a Transfer-Encoding other than chunked" },
        { "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n", "a Transfer-Encoding other than chunked" },
        { "HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", "Transfer-Encoding in an HTTP/1.0 answer" },
        { "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n", "both Content-Length and Transfer-Encoding" },
    };

    public static TheoryData<string, string> MalformedBodies => new()
    {
        { "\r\n", "no valid chunk size" },
        { "0x5\r\nhello\r\n0\r\n\r\n", "no valid chunk size" },
        { "+5\r\nhello\r\n0\r\n\r\n", "no valid chunk size" },
        { "-1\r\n", "no valid chunk size" },
        { "fffffffffffffffff\r\n", "no valid chunk size" },
        { "5 x\r\nhello\r\n0\r\n\r\n", "no valid chunk size" },
        { "5\nhello\r\n0\r\n\r\n", "a line of a chunked body ends without CR" },
        { "5\r\nhelloXX0\r\n\r\n", "a chunk is not closed by CRLF" },
        { "5\r\nhello\n0\r\n\r\n", "a chunk is not closed by CRLF" },
        { "5;a=b\nc\r\nhello\r\n0\r\n\r\n", "a line of a chunked body ends without CR" },
        { "0\r\nbad name: x\r\n\r\n", "a trailer field without a valid name or value" },
    };

    public void Dispose() => _epoll.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Carries_requests_one_after_the_other(bool epoll)
    {
        await using var origin = new ScriptedOrigin(async connection =>
        {
            while (await connection.ReadHeadAsync() is { Length: > 0 } head)
                await connection.SendAsync($"HTTP/1.1 200 OK\r\ncontent-length: 5\r\nx-asked: {head.Split(' ')[1]}\r\n\r\nhello");
        });
        using var connection = await ConnectAsync(origin, epoll);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(HeadOutcome.Received, await AskAsync(connection, $"/{i}"));
            Assert.Equal($"/{i}", connection.Head.Fields[1].Value);
            Assert.Equal("hello", await BodyAsync(connection));
            Assert.True(connection.Reusable);
        }
        Assert.Equal(1, origin.Connections);
    }

    [Fact]
    public async Task Takes_strings_over_from_an_equal_answer()
    {
        await using var origin = new ScriptedOrigin(async connection =>
        {
            for (var i = 0; (await connection.ReadHeadAsync()).Length > 0; i++)
                await connection.SendAsync($"HTTP/1.1 200 OK\r\nx-same: same value\r\nx-other: {i}\r\ncontent-length: 0\r\n\r\n");
        });
        using var connection = await ConnectAsync(origin);
        await AskAsync(connection);
        var (same, other) = (connection.Head.Fields[0], connection.Head.Fields[1]);
        await AskAsync(connection);

        Assert.Same(same.Value, connection.Head.Fields[0].Value);
        Assert.Equal("0", other.Value);
        Assert.Equal("1", connection.Head.Fields[1].Value);
    }

    [Theory]
    [MemberData(nameof(MalformedHeads))]
    public async Task Refuses_a_malformed_head(string head, string defect)
    {
        await using var origin = ScriptedOrigin.Sending(head);
        using var connection = await ConnectAsync(origin);
        Assert.Equal(HeadOutcome.Malformed, await AskAsync(connection));
        Assert.Equal(defect, connection.Defect);
        Assert.False(connection.Reusable);
    }

    [Theory]
    [MemberData(nameof(MalformedBodies))]
    public async Task Refuses_a_malformed_chunked_body(string body, string defect)
    {
        await using var origin = ScriptedOrigin.Sending("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + body);
        using var connection = await ConnectAsync(origin);
        Assert.Equal(HeadOutcome.Received, await AskAsync(connection));
        await Assert.ThrowsAsync<InvalidDataException>(() => BodyAsync(connection));
        Assert.Equal(defect, connection.Defect);
        Assert.False(connection.Reusable);
    }

    [Theory]
    [InlineData("HT")]
    [InlineData("HTTP/1.1 200 OK\r")]
    [InlineData("HTTP/1.1 200 OK\r\na: b")]
    [InlineData("HTTP/1.1 200 OK\r\na: b\r\n\r")]
    public async Task Shows_a_truncated_head(string head)
    {
        await using var origin = ScriptedOrigin.Sending(head);
        using var connection = await ConnectAsync(origin);
        Assert.Equal(HeadOutcome.Truncated, await AskAsync(connection));
        Assert.False(connection.Reusable);
    }

    [Fact]
    public async Task Reads_chunks_extensions_and_trailers_however_they_are_cut()
    {
        const string answer = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5;ext=\"v\"\r\nhello\r\n1\r\n \r\nA\r\n0123456789\r\n0\r\nX-Sum: 1\r\n\r\n";
        await using var origin = new ScriptedOrigin(async connection =>
        {
            await connection.ReadHeadAsync();
            foreach (var one in answer)
                await connection.SendAsync(one.ToString());
            await connection.ReadHeadAsync();
        });
        using var connection = await ConnectAsync(origin);
        await AskAsync(connection);
        Assert.Equal("hello 0123456789", await BodyAsync(connection));
        Assert.Equal([("x-sum", "1")], connection.Trailers);
        Assert.True(connection.Reusable);
    }

    [Fact]
    public async Task Trailers_never_reach_the_next_answer()
    {
        await using var origin = new ScriptedOrigin(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\nx-secret: 1\r\n\r\n");
            await connection.ReadHeadAsync();
            await connection.SendAsync("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
            await connection.ReadHeadAsync();
        });
        using var connection = await ConnectAsync(origin);
        await AskAsync(connection);
        Assert.Equal("", await BodyAsync(connection));
        Assert.Single(connection.Trailers);
        Assert.True(connection.Reusable);

        await AskAsync(connection);
        Assert.Equal("ok", await BodyAsync(connection));
        Assert.Empty(connection.Trailers);
    }

    [Theory]
    [InlineData("content-length: 10\r\n\r\nshort")]
    [InlineData("transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n")]
    [InlineData("transfer-encoding: chunked\r\n\r\nA\r\nhel")]
    [InlineData("transfer-encoding: chunked\r\n\r\n0\r\n")]
    public async Task Shows_a_truncated_body(string rest)
    {
        await using var origin = ScriptedOrigin.Sending("HTTP/1.1 200 OK\r\n" + rest);
        using var connection = await ConnectAsync(origin);
        Assert.Equal(HeadOutcome.Received, await AskAsync(connection));
        await Assert.ThrowsAsync<EndOfStreamException>(() => BodyAsync(connection));
        Assert.False(connection.Reusable);
    }

    [Fact]
    public async Task A_body_without_length_ends_with_the_connection()
    {
        await using var origin = ScriptedOrigin.Sending("HTTP/1.1 200 OK\r\n\r\nuntil the end");
        using var connection = await ConnectAsync(origin);
        await AskAsync(connection);
        Assert.Null(connection.BodyLength);
        Assert.Equal("until the end", await BodyAsync(connection));
        Assert.False(connection.Reusable);
    }

    [Fact]
    public async Task Bytes_behind_an_answer_end_the_connection()
    {
        await using var origin = ScriptedOrigin.Sending("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nokHTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nstolen");
        using var connection = await ConnectAsync(origin);
        await AskAsync(connection);
        Assert.Equal("ok", await BodyAsync(connection));
        Assert.False(connection.Reusable);
    }

    [Theory]
    [InlineData("HTTP/1.1 204 No Content\r\ncontent-length: 5\r\n\r\n", false)]
    [InlineData("HTTP/1.1 304 Not Modified\r\ncontent-length: 5\r\n\r\n", false)]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n", true)]
    [InlineData("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", true)]
    public async Task Answers_without_a_body_have_none_whatever_they_declare(string answer, bool head)
    {
        await using var origin = new ScriptedOrigin(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync(answer);
            await connection.ReadHeadAsync();
        });
        using var connection = await ConnectAsync(origin);
        await AskAsync(connection, answersHead: head);
        Assert.Equal("", await BodyAsync(connection));
        Assert.True(connection.Reusable);
    }

    [Fact]
    public async Task Interim_answers_come_before_the_final_one()
    {
        await using var origin = ScriptedOrigin.Sending("HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
        using var connection = await ConnectAsync(origin);
        await AskAsync(connection);
        Assert.Equal(103, connection.Head.Status);
        Assert.Equal(HeadOutcome.Received, await connection.ReceiveHeadAsync(false));
        Assert.Equal(200, connection.Head.Status);
    }

    [Theory]
    [InlineData(70, 1024)]
    [InlineData(101, 1)]
    public async Task Refuses_a_head_beyond_the_limits(int fields, int length)
    {
        var head = new StringBuilder("HTTP/1.1 200 OK\r\n");
        for (var i = 0; i < fields; i++)
            head.Append("x-").Append(i).Append(": ").Append('a', length).Append("\r\n");
        await using var origin = ScriptedOrigin.Sending(head.Append("\r\n").ToString());
        using var connection = await ConnectAsync(origin);
        Assert.Equal(HeadOutcome.Malformed, await AskAsync(connection));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Says_that_the_connection_was_closed_before_an_answer(bool epoll)
    {
        await using var origin = ScriptedOrigin.Sending("");
        using var connection = await ConnectAsync(origin, epoll);
        Assert.Equal(HeadOutcome.Closed, await AskAsync(connection));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_reset_is_an_io_error(bool epoll)
    {
        await using var origin = new ScriptedOrigin(async connection =>
        {
            await connection.ReadHeadAsync();
            connection.Reset();
        });
        using var connection = await ConnectAsync(origin, epoll);
        await Assert.ThrowsAnyAsync<IOException>(() => AskAsync(connection).AsTask());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Aborting_wakes_whoever_waits(bool epoll)
    {
        var asked = new TaskCompletionSource();
        await using var origin = new ScriptedOrigin(async connection =>
        {
            await connection.ReadHeadAsync();
            asked.SetResult();
            await connection.ReadHeadAsync();
        });
        using var connection = await ConnectAsync(origin, epoll);
        var answer = AskAsync(connection).AsTask();
        await asked.Task;
        connection.Abort();
        connection.Abort();
        await Assert.ThrowsAsync<ConnectionAbortedException>(() => answer);
    }

    private async Task<Http1Connection> ConnectAsync(ScriptedOrigin origin, bool epoll = true)
    {
        UpstreamTransport transport = epoll ? _epoll.Upstream : _managed;
        return new Http1Connection(await transport.ConnectAsync(origin.Address, 0, TestContext.Current.CancellationToken));
    }
}
