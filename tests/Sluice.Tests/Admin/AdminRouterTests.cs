using Microsoft.AspNetCore.Http;
using Sluice.Admin;

namespace Sluice.Tests.Admin;

public sealed class AdminRouterTests
{
    private readonly AdminRouter _router = new(
        [
            AdminEndpoint.Get("/read", "", () => AdminReply.Text(200, "read")),
            AdminEndpoint.Post("/change", "", _ => ValueTask.FromResult(AdminReply.Text(200, "changed"))),
        ],
        AdminRouter.LocalHosts("gateway.internal"));

    [Theory]
    [InlineData("GET", "/read", 200)]
    [InlineData("HEAD", "/read", 200)]
    [InlineData("POST", "/read", 405)]
    [InlineData("POST", "/change", 200)]
    [InlineData("GET", "/change", 405)]
    [InlineData("HEAD", "/change", 405)]
    [InlineData("GET", "/nothing", 404)]
    [InlineData("GET", "/read/", 404)]
    [InlineData("GET", "/READ", 404)]
    public async Task Paths_have_one_method(string method, string path, int status) =>
        Assert.Equal(status, (await Send(method, path, "localhost")).StatusCode);

    [Theory]
    [InlineData("localhost", 200)]
    [InlineData("LOCALHOST:15000", 200)]
    [InlineData("127.0.0.1:15000", 200)]
    [InlineData("10.1.2.3", 200)]
    [InlineData("[::1]:15000", 200)]
    [InlineData("gateway.internal:15000", 200)]
    [InlineData("evil.example.com", 403)]
    [InlineData("localhost.evil.example.com", 403)]
    [InlineData("127.0.0.1.evil.example.com", 403)]
    [InlineData("", 403)]
    public async Task Only_hosts_of_its_own_are_answered(string host, int status) =>
        Assert.Equal(status, (await Send("GET", "/read", host)).StatusCode);

    [Fact]
    public async Task Heads_have_the_length_of_the_body_they_stand_for()
    {
        var response = await Send("HEAD", "/read", "localhost");

        Assert.Equal("read\n".Length, response.ContentLength);
        Assert.Equal(0, response.Body.Length);
    }

    [Fact]
    public async Task Answers_are_not_stored_and_not_guessed_at()
    {
        var response = await Send("GET", "/read", "localhost");

        Assert.Equal("no-store", response.Headers.CacheControl);
        Assert.Equal("nosniff", response.Headers.XContentTypeOptions);
    }

    private async Task<HttpResponse> Send(string method, string path, string host)
    {
        var context = new DefaultHttpContext();
        context.Request.Method = method;
        context.Request.Path = path;
        context.Request.Host = new HostString(host);
        context.Response.Body = new MemoryStream();
        await _router.Handle(context);
        return context.Response;
    }
}
