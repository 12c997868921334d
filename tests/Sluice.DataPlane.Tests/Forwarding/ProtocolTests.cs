using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Tests.Pipeline.Harness;
using static Sluice.DataPlane.Tests.Pipeline.Harness.SnapshotBuilder;

namespace Sluice.DataPlane.Tests.Forwarding;

/// <summary>HTTP/2 and gRPC, on either side.</summary>
public sealed class ProtocolTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static SnapshotBuilder Any(Cluster cluster) => new SnapshotBuilder().Host("*", Route(To(cluster)));

    [Fact]
    public async Task A_client_of_HTTP2_reaches_an_upstream_of_HTTP1()
    {
        var received = "";
        await using var origin = new RawOrigin(async request =>
        {
            received = await request.ReadTextAsync();
            await request.WriteAsync(RawOrigin.Ok("answer"));
        });
        await using var front = await Front.StartAsync(Any(ClusterOf("a", origin.Port)));
        using var client = front.Http2Client();
        using var request = Front.Http2Request(HttpMethod.Post, "/p%2fq?x=%2F", new StringContent("hello"));
        request.Headers.Host = "example.com:81";
        request.Headers.Add("Cookie", ["a=1", "b=2"]);

        using var response = await client.SendAsync(request, Cancellation);

        Assert.Equal("answer", await response.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(HttpVersion.Version20, response.Version);
        Assert.Equal("istio-envoy", response.Headers.Server.ToString());
        var seen = Assert.Single(origin.Requests);
        Assert.Equal("POST /p%2fq?x=%2F HTTP/1.1", seen.Line);
        Assert.Equal("example.com:81", seen.Value("host"));
        Assert.Equal("a=1; b=2", seen.Value("cookie"));
        Assert.Equal("hello", received);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_upstream_of_HTTP2_gets_HTTP2(bool fromHttp2)
    {
        await using var origin = await KestrelOrigin.StartAsync(HttpProtocols.Http2, async http =>
        {
            using var reader = new StreamReader(http.Request.Body);
            var target = http.Features.Get<IHttpRequestFeature>()!.RawTarget;
            await http.Response.WriteAsync($"{http.Request.Protocol} {http.Request.Host} {target} {await reader.ReadToEndAsync()}");
        });
        await using var front = await Front.StartAsync(Any(ClusterOf("a", UpstreamProtocol.Http2, origin.Port)));
        using var client = fromHttp2 ? front.Http2Client() : new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{front.Port}") };
        using var request = Front.Http2Request(HttpMethod.Post, "/p%2fq", new StringContent("hello"));
        request.Version = fromHttp2 ? HttpVersion.Version20 : HttpVersion.Version11;
        request.Headers.Host = "example.com";

        using var response = await client.SendAsync(request, Cancellation);

        Assert.Equal("HTTP/2 example.com /p%2fq hello", await response.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task A_gRPC_call_goes_both_ways_at_once_and_ends_with_trailers()
    {
        await using var origin = await KestrelOrigin.StartAsync(HttpProtocols.Http2, async http =>
        {
            http.Response.ContentType = "application/grpc";
            Assert.Equal("trailers", http.Request.Headers.TE);
            await http.Response.Body.FlushAsync(Cancellation);
            var buffer = new byte[16];
            int read;
            while ((read = await http.Request.Body.ReadAsync(buffer, Cancellation)) > 0)
            {
                await http.Response.Body.WriteAsync(buffer.AsMemory(0, read), Cancellation);
                await http.Response.Body.FlushAsync(Cancellation);
            }
            http.Response.AppendTrailer("grpc-status", "5");
            http.Response.AppendTrailer("grpc-message", "none such");
        });
        await using var front = await Front.StartAsync(Any(ClusterOf("a", UpstreamProtocol.Http2, origin.Port)));
        using var client = front.Http2Client();
        using var content = new DuplexContent();
        using var request = Front.Http2Request(HttpMethod.Post, "/svc/Method", content);
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));

        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        var upload = await content.Opened;
        var download = await response.Content.ReadAsStreamAsync(Cancellation);
        var echo = new byte[16];
        for (var i = 0; i < 3; i++)
        {
            await upload.WriteAsync(Encoding.ASCII.GetBytes($"ping {i}"), Cancellation);
            await upload.FlushAsync(Cancellation);
            Assert.Equal(6, await download.ReadAtLeastAsync(echo, 6, throwOnEndOfStream: true, Cancellation));
            Assert.Equal($"ping {i}", Encoding.ASCII.GetString(echo, 0, 6));
        }
        content.Close();

        Assert.Equal(0, await download.ReadAsync(echo, Cancellation));
        Assert.Equal("5", Assert.Single(response.TrailingHeaders.GetValues("grpc-status")));
        Assert.Equal("none such", Assert.Single(response.TrailingHeaders.GetValues("grpc-message")));
    }

    [Fact]
    public async Task A_gRPC_answer_that_is_trailers_only_stays_so()
    {
        await using var origin = await KestrelOrigin.StartAsync(HttpProtocols.Http2, http =>
        {
            http.Response.ContentType = "application/grpc";
            http.Response.Headers["grpc-status"] = "12";
            return Task.CompletedTask;
        });
        await using var front = await Front.StartAsync(Any(ClusterOf("a", UpstreamProtocol.Http2, origin.Port)));
        using var client = front.Http2Client();
        using var request = Front.Http2Request(HttpMethod.Post, "/svc/Method", new ByteArrayContent([0]));
        request.Content!.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");

        using var response = await client.SendAsync(request, Cancellation);

        Assert.Equal("12", Assert.Single(response.Headers.GetValues("grpc-status")));
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(Cancellation));
    }

    [Fact]
    public async Task Trailers_of_an_upstream_of_HTTP1_reach_a_client_of_HTTP2_but_for_those_that_must_not_trail()
    {
        await using var origin = new RawOrigin(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: x-sum\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 42\r\nSet-Cookie: a=1\r\nContent-Length: 1\r\n\r\n");
        await using var front = await Front.StartAsync(Any(ClusterOf("a", origin.Port)));
        using var client = front.Http2Client();

        using var response = await client.SendAsync(Front.Http2Request(HttpMethod.Get, "/"), Cancellation);

        Assert.Equal("hello", await response.Content.ReadAsStringAsync(Cancellation));
        var trailer = Assert.Single(response.TrailingHeaders);
        Assert.Equal(("x-sum", "42"), (trailer.Key.ToLowerInvariant(), Assert.Single(trailer.Value)));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")]
    public async Task A_truncated_answer_resets_the_stream_of_HTTP2(string answer)
    {
        await using var origin = new RawOrigin(async request =>
        {
            await request.WriteAsync(answer);
            request.Close();
        });
        await using var front = await Front.StartAsync(Any(ClusterOf("a", origin.Port)));
        using var client = front.Http2Client();

        using var response = await client.SendAsync(
            Front.Http2Request(HttpMethod.Get, "/"), HttpCompletionOption.ResponseHeadersRead, Cancellation);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await Assert.ThrowsAnyAsync<Exception>(() => response.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task A_client_of_HTTP2_that_resets_its_stream_ends_the_upstream_request()
    {
        var arrived = new TaskCompletionSource();
        var gone = new TaskCompletionSource();
        await using var origin = new RawOrigin(async request =>
        {
            arrived.SetResult();
            await request.WhenGoneAsync();
            gone.SetResult();
        });
        await using var front = await Front.StartAsync(Any(ClusterOf("a", origin.Port)));
        using var client = front.Http2Client();
        using var reset = new CancellationTokenSource();
        var answer = client.SendAsync(Front.Http2Request(HttpMethod.Get, "/"), reset.Token);
        await arrived.Task;

        await reset.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        await gone.Task;
    }

    [Theory]
    [InlineData(UpstreamProtocol.Http1)]
    [InlineData(UpstreamProtocol.Http2)]
    public async Task A_refused_connection_reads_the_same_whatever_the_upstream_speaks(UpstreamProtocol protocol)
    {
        var refusing = new RawOrigin("");
        await refusing.DisposeAsync();
        await using var front = await Front.StartAsync(Any(ClusterOf("a", protocol, refusing.Port)));

        var response = await front.GetAsync("/");

        Assert.Equal(503, response.Status);
        Assert.EndsWith("transport failure reason: delayed connect error: Connection refused", response.Body, StringComparison.Ordinal);
    }

    /// <summary>A body that is written as the test goes.</summary>
    private sealed class DuplexContent : HttpContent
    {
        private readonly TaskCompletionSource<Stream> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public DuplexContent() => Headers.ContentType = new MediaTypeHeaderValue("application/grpc");

        public Task<Stream> Opened => _opened.Task;

        public void Close() => _closed.SetResult();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.FlushAsync(Cancellation);
            _opened.SetResult(stream);
            await _closed.Task;
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
