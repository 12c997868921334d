using System.Text;
using Sluice.DataPlane.Tests.Pipeline.Harness;

namespace Sluice.DataPlane.Tests.Forwarding;

/// <summary>Upstreams that answer too early, too often, too slowly or not at all.</summary>
public sealed class HostileTimingTests
{
    private const int Upload = 16 << 20;

    private const string ProtocolError = "upstream connect error or disconnect/reset before headers. reset reason: protocol error";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\n")]
    [InlineData("HTTP/1.1 102 Processing\r\n\r\n")]
    [InlineData("HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n")]
    [InlineData("HTTP/1.1 199 Whatever\r\n\r\n")]
    public async Task A_storm_of_interim_answers_ends_the_attempt(string interim)
    {
        await using var gateway = await HostileGateway.StartAsync(async request =>
        {
            var many = string.Concat(Enumerable.Repeat(interim, 1_000));
            while (!request.IsClosed)
                await request.WriteAsync(many);
        });

        await gateway.AssertAnsweredAsync(502, ProtocolError, "UPE");

        await gateway.AssertOthersAreServedAsync();
    }

    [Theory]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\n")]
    [InlineData("HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n")]
    public async Task A_few_interim_answers_are_none_of_the_final_one(string interim)
    {
        await using var gateway = await HostileGateway.StartAsync(
            request => request.WriteAsync(string.Concat(Enumerable.Repeat(interim, 10)) + RawOrigin.Ok("final")));

        using var client = await gateway.Front.ConnectAsync();
        var response = await client.GetAsync("/hostile");
        for (var passedOn = 0; response.Status < 200 && passedOn < 10; passedOn++)
            response = await client.ReadAsync();

        Assert.Equal((200, "final"), (response.Status, response.Body));
        Assert.Null(response.Value("link"));
    }

    [Theory]
    [InlineData("Content-Length: 16777216", false)]
    [InlineData("Content-Length: 16777216", true)]
    [InlineData("Transfer-Encoding: chunked", false)]
    [InlineData("Transfer-Encoding: chunked", true)]
    public async Task An_answer_before_the_request_was_sent_reaches_the_client(string framing, bool closes)
    {
        Assert.SkipWhen(Front.IsYarp, "HttpClient reads no answer of HTTP/1.1 before it has sent the request");
        await using var gateway = await HostileGateway.StartAsync(async request =>
        {
            await request.WriteAsync("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig");
            if (closes)
                request.Close();
            else
                await request.WhenGoneAsync();
        });
        using var client = await gateway.Front.ConnectAsync();
        await client.SendAsync($"POST /hostile HTTP/1.1\r\nHost: example.com\r\n{framing}\r\n\r\n");
        var upload = UploadAsync(client.Stream, framing.EndsWith("chunked", StringComparison.Ordinal));

        var response = await client.ReadAsync();

        Assert.Equal((413, "big"), (response.Status, response.Body));
        gateway.AssertLogged(413, "-");
        client.Reset();
        await upload;
        await gateway.AssertOthersAreServedAsync();
    }

    [Fact]
    public async Task An_upstream_that_closes_during_an_upload_is_503_or_breaks()
    {
        await using var gateway = await HostileGateway.StartAsync(async request =>
        {
            await request.Reader.ReadSomeAsync(request.Stop);
            request.Reset();
        });
        using var client = await gateway.Front.ConnectAsync();
        await client.SendAsync($"POST /hostile HTTP/1.1\r\nHost: example.com\r\nContent-Length: {Upload}\r\n\r\n");
        var upload = UploadAsync(client.Stream, chunked: false);

        Assert.Equal(503, (await client.ReadAsync()).Status);

        gateway.AssertLogged(503, "UC");
        client.Reset();
        await upload;
        await gateway.AssertOthersAreServedAsync();
    }

    [Fact]
    public async Task An_answer_that_comes_byte_by_byte_is_whole()
    {
        const string Answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Slow: yes\r\n\r\n5;a=b\r\nhello\r\n6\r\n world\r\n0\r\nx-sum: 1\r\n\r\n";
        await using var gateway = await HostileGateway.StartAsync(async request =>
        {
            foreach (var one in Answer)
                await request.WriteAsync(one.ToString());
        });
        using var client = await gateway.Front.ConnectAsync();

        for (var i = 0; i < 3; i++)
        {
            var response = await client.GetAsync("/hostile");
            Assert.Equal((200, "hello world", "yes"), (response.Status, response.Body, response.Value("x-slow")));
        }
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n", false)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0123456789", true)]
    public async Task An_upstream_that_sends_a_byte_a_second_has_as_long_as_the_route_allows(string answer, bool begins)
    {
        var time = new ManualTime();
        using var written = new SemaphoreSlim(0);
        using var next = new SemaphoreSlim(0);
        await using var gateway = await HostileGateway.StartAsync(
            async request =>
            {
                foreach (var one in answer)
                {
                    await request.WriteAsync(one.ToString());
                    written.Release();
                    await next.WaitAsync(request.Stop);
                }
            },
            Limit,
            time);
        using var client = await gateway.Front.ConnectAsync();
        await client.SendAsync("POST /hostile HTTP/1.1\r\nHost: example.com\r\nContent-Length: 0\r\n\r\n");
        if (begins)
        {
            for (var i = 0; i < answer.IndexOf("0123", StringComparison.Ordinal); i++)
                await WriteNextAsync();
            await client.Reader.ReadHeadAsync(Cancellation);
        }

        for (var seconds = 0; seconds < 9; seconds++)
        {
            await WriteNextAsync();
            time.Advance(TimeSpan.FromSeconds(1));
        }
        await written.WaitAsync(Cancellation);
        await time.ExpireAsync(TimeSpan.FromSeconds(1));

        if (begins)
        {
            await Assert.ThrowsAnyAsync<IOException>(async () =>
            {
                while ((await client.Reader.ReadSomeAsync(Cancellation)).Length > 0)
                {
                }
                throw new IOException("the connection was closed");
            });
            gateway.AssertLogged(200, "UT");
        }
        else
        {
            var response = await client.ReadAsync();
            Assert.Equal((504, "upstream request timeout"), (response.Status, response.Body));
            gateway.AssertLogged(504, "UT");
        }

        async Task WriteNextAsync()
        {
            await written.WaitAsync(Cancellation);
            next.Release();
        }
    }

    [Fact]
    public async Task An_upstream_that_never_answers_is_504_for_each_of_many_clients()
    {
        const int Clients = 20;
        var time = new ManualTime();
        await using var gateway = await HostileGateway.StartAsync(request => request.WhenGoneAsync(), Limit, time);
        var answers = Enumerable.Range(0, Clients).Select(_ => gateway.Front.GetAsync("/hostile")).ToArray();
        await gateway.Origin.ReceivedAsync(Clients);

        time.Advance(Limit);

        foreach (var response in await Task.WhenAll(answers))
        {
            Assert.Equal((504, "upstream request timeout"), (response.Status, response.Body));
            gateway.AssertLogged(504, "UT");
        }
        await gateway.AssertOthersAreServedAsync();
    }

    /// <summary>Sends until all is sent or nobody takes it any more.</summary>
    private static async Task UploadAsync(Stream stream, bool chunked)
    {
        var piece = new byte[64 << 10];
        var size = Encoding.ASCII.GetBytes($"{piece.Length:x}\r\n");
        try
        {
            for (var sent = 0; sent < Upload; sent += piece.Length)
            {
                if (chunked)
                    await stream.WriteAsync(size, Cancellation);
                await stream.WriteAsync(piece, Cancellation);
                if (chunked)
                    await stream.WriteAsync("\r\n"u8.ToArray(), Cancellation);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The gateway has closed, or the test.
        }
    }
}
