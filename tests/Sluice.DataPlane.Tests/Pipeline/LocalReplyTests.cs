using System.Net.Http.Headers;
using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Pipeline;
using Sluice.DataPlane.Routing;
using Sluice.DataPlane.Tests.Pipeline.Harness;
using static Sluice.DataPlane.Tests.Pipeline.Harness.SnapshotBuilder;

namespace Sluice.DataPlane.Tests.Pipeline;

/// <summary>The answers that the gateway gives by itself.</summary>
public sealed class LocalReplyTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static readonly Cluster Refused = new()
    {
        Name = new ClusterName(80, "", "r"),
        Text = "outbound|80||r",
        Protocol = UpstreamProtocol.Http1,
        Endpoints = [],
        Balancer = ClusterOf("r").Balancer,
        ConnectTimeout = TimeSpan.FromSeconds(1),
        Refusal = "TLS to the upstream is not in force",
    };

    private static SnapshotBuilder Hosts() => new SnapshotBuilder()
        .Host("nowhere.example", Route(To(null)))
        .Host("empty.example", Route(To(ClusterOf("a"))))
        .Host("refused.example", Route(To(Refused)))
        .Host("some.example", Route(Direct("x"), new PathPredicate(StringMatcher.Prefix("/x"))))
        .Host("secure.example", requireTls: true, Route(Direct("x")));

    [Theory]
    [InlineData("other.example", "/", 404, "")]
    [InlineData("some.example", "/y", 404, "")]
    [InlineData("nowhere.example", "/", 503, "")]
    [InlineData("empty.example", "/", 503, "no healthy upstream")]
    [InlineData("refused.example", "/", 503, "TLS to the upstream is not in force")]
    public async Task Has_the_status_and_body_of_Envoy(string host, string target, int status, string body)
    {
        await using var front = await Front.StartAsync(Hosts());

        var response = await front.GetAsync(target, host);

        Assert.Equal(status, response.Status);
        Assert.Equal(body, response.Body);
        Assert.Equal("istio-envoy", response.Value("server"));
        Assert.NotNull(response.Value("date"));
        Assert.Equal($"{body.Length}", response.Value("content-length"));
        Assert.Equal(body.Length > 0 ? "text/plain" : null, response.Value("content-type"));
    }

    [Fact]
    public async Task Redirects_plain_requests_where_a_server_demands_TLS()
    {
        await using var front = await Front.StartAsync(Hosts());

        var response = await front.GetAsync("/a%2Fb?c=d", "Secure.example:8080", "X-Forwarded-Proto: https\r\n");

        Assert.Equal(301, response.Status);
        Assert.Equal("https://Secure.example:8080/a%2Fb?c=d", response.Value("location"));
    }

    [Fact]
    public async Task Believes_a_trusted_proxy_that_it_ended_TLS()
    {
        var snapshot = Hosts();
        snapshot.Settings = new EdgeSettings { TrustedProxies = 1 };
        await using var front = await Front.StartAsync(snapshot);

        Assert.Equal("x", (await front.GetAsync("/", "secure.example", "X-Forwarded-Proto: https\r\n")).Body);
        Assert.Equal(301, (await front.GetAsync("/", "secure.example", "X-Forwarded-Proto: http\r\n")).Status);
        Assert.Equal(301, (await front.GetAsync("/", "secure.example")).Status);
    }

    [Fact]
    public async Task A_HEAD_request_gets_the_head_alone()
    {
        await using var front = await Front.StartAsync(Hosts());
        using var client = await front.ConnectAsync();

        await client.SendAsync("HEAD / HTTP/1.1\r\nHost: empty.example\r\n\r\nGET / HTTP/1.1\r\nHost: other.example\r\n\r\n");

        var head = await client.ReadAsync(hasBody: false);
        Assert.Equal(503, head.Status);
        Assert.Equal("19", head.Value("content-length"));
        Assert.Equal(404, (await client.ReadAsync()).Status);
    }

    [Theory]
    [InlineData("other.example", "12", null)]
    [InlineData("empty.example", "14", "no healthy upstream")]
    [InlineData("nowhere.example", "14", null)]
    public async Task A_gRPC_call_gets_200_and_trailers_only(string host, string status, string? message)
    {
        await using var front = await Front.StartAsync(Hosts());
        using var client = front.Http2Client();
        using var request = Front.Http2Request(HttpMethod.Post, "/svc/Method", new ByteArrayContent([0, 0, 0, 0, 0]));
        request.Content!.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Headers.Host = host;

        using var response = await client.SendAsync(request, Cancellation);

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal("application/grpc", response.Content.Headers.ContentType!.ToString());
        Assert.Equal(status, Assert.Single(response.Headers.GetValues("grpc-status")));
        Assert.Equal(message, response.Headers.TryGetValues("grpc-message", out var messages) ? messages.Single() : null);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(Cancellation));
    }

    [Theory]
    [InlineData("plain text", "plain text")]
    [InlineData("50% ü\n", "50%25 %C3%BC%0A")]
    public void Percent_encodes_messages(string text, string encoded) =>
        Assert.Equal(encoded, LocalReply.PercentEncode(System.Text.Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData(400, 13)]
    [InlineData(401, 16)]
    [InlineData(403, 7)]
    [InlineData(404, 12)]
    [InlineData(429, 14)]
    [InlineData(500, 2)]
    [InlineData(502, 14)]
    [InlineData(503, 14)]
    [InlineData(504, 14)]
    [InlineData(418, 2)]
    public void Maps_status_to_gRPC(int status, int grpc) => Assert.Equal(grpc, LocalReply.ToGrpc(status));
}
