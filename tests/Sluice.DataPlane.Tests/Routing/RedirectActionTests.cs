using Sluice.DataPlane.Routing;

namespace Sluice.DataPlane.Tests.Routing;

public sealed class RedirectActionTests
{
    [Theory]
    [InlineData(null, null, "http", "b", "http://b/foo?q")]
    [InlineData("https", null, "http", "b:8080", "https://b:8080/foo?q")]
    [InlineData("https", null, "http", "b:80", "https://b/foo?q")]
    [InlineData("https", null, "http", "b:443", "https://b:443/foo?q")]
    [InlineData("http", null, "https", "b:443", "http://b/foo?q")]
    [InlineData("https", null, "https", "b:443", "https://b:443/foo?q")]
    [InlineData(null, null, "http", "b:80", "http://b:80/foo?q")]
    [InlineData("https", 80, "http", "b", "https://b:80/foo?q")]
    [InlineData(null, 8443, "https", "b:443", "https://b:8443/foo?q")]
    [InlineData("https", 8443, "http", "[::1]:80", "https://[::1]:8443/foo?q")]
    [InlineData("https", null, "http", "[::1]:80", "https://[::1]/foo?q")]
    [InlineData("https", null, "http", "[::1]", "https://[::1]/foo?q")]
    public void Takes_scheme_and_port_from_itself_and_the_rest_from_the_request(
        string? scheme, int? port, string requestScheme, string authority, string expected)
    {
        var redirect = new RedirectAction { Status = 301, Scheme = scheme, Port = port };
        Assert.Equal(expected, redirect.Location(Head(requestScheme, authority, "/foo?q")));
    }

    [Theory]
    [InlineData("other.example", null, "http://other.example/foo")]
    [InlineData("other.example:8080", null, "http://other.example:8080/foo")]
    [InlineData("other.example:8080", 9090, "http://other.example:9090/foo")]
    public void Takes_the_authority_from_itself(string authority, int? port, string expected)
    {
        var redirect = new RedirectAction { Status = 301, Authority = authority, Port = port };
        Assert.Equal(expected, redirect.Location(Head("http", "b:80", "/foo")));
    }

    [Theory]
    [InlineData("/new", "/foo?a=b", "/new?a=b")]
    [InlineData("/new", "/foo", "/new")]
    [InlineData("/new?c=d", "/foo?a=b", "/new?c=d")]
    [InlineData("example.org", "/foo", "/example.org")]
    [InlineData("/ä b", "/foo", "/%C3%A4%20b")]
    public void Replaces_the_path_and_keeps_the_query_unless_it_has_its_own(string path, string target, string expected)
    {
        var redirect = new RedirectAction { Status = 301, Path = path };
        Assert.Equal($"http://b{expected}", redirect.Location(Head("http", "b", target)));
    }

    [Theory]
    [InlineData("/foo/", "/new/", "/foo/bar?a=b", "/new/bar?a=b")]
    [InlineData("/foo", "/", "/foo/baz", "//baz")]
    [InlineData("/FOO", "/new", "/foo/baz", "/new/baz")]
    public void Replaces_the_matched_prefix_textually(string prefix, string replacement, string target, string expected)
    {
        var redirect = new RedirectAction { Status = 301, PrefixRewrite = (prefix, replacement) };
        Assert.Equal($"http://b{expected}", redirect.Location(Head("http", "b", target)));
    }

    private static RequestHead Head(string scheme, string authority, string target) =>
        new("GET", scheme, authority, target, Requests.Headers());
}
