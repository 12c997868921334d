using Sluice.DataPlane.Routing;
using Sluice.DataPlane.Telemetry;

namespace Sluice.DataPlane.Tests.Routing;

public sealed class PathRewriterTests
{
    [Theory]
    [InlineData("/api/", "/", "/api/x", "/x")]
    [InlineData("/api", "/", "/api/x", "//x")]
    [InlineData("/api", "/v2", "/apix", "/v2x")]
    [InlineData("/api", "/v2", "/api", "/v2")]
    [InlineData("/", "/replace-prefix", "/x", "/replace-prefixx")]
    [InlineData("/api", "/v2", "/api/x?a=/api", "/v2/x?a=/api")]
    [InlineData("/API", "/v2", "/api/x", "/v2/x")]
    [InlineData("/api", "v2", "/api/x", "/v2/x")]
    [InlineData("/api", "@evil.example", "/api", "/@evil.example")]
    [InlineData("/api", "/a b/ü#", "/api/x", "/a%20b/%C3%BC%23/x")]
    [InlineData("/api", "/v2", "*", "*")]
    public void Replaces_a_prefix_textually(string prefix, string replacement, string target, string expected) =>
        Assert.Equal(expected, PathRewriter.ReplacePrefix(prefix, replacement).Apply(target));

    [Theory]
    [InlineData("/foo?key=value", "/new/path?key=value")]
    [InlineData("/foo", "/new/path")]
    [InlineData("/foo?", "/new/path?")]
    public void Replaces_the_whole_path_and_keeps_the_query(string target, string expected) =>
        Assert.Equal(expected, PathRewriter.ReplacePath("/new/path").Apply(target));

    [Theory]
    [InlineData("^/service/([^/]+)(/.*)$", @"\2/instance/\1", "/service/foo/v1/api", "/v1/api/instance/foo")]
    [InlineData("^/service/([^/]+)(/.*)$", @"\2/instance/\1", "/other", "/other")]
    [InlineData("/.*", "/replace-full", "/a/b?c=/d", "/replace-full?c=/d")]
    [InlineData(".*", "/x", "/a/b", "/x")]
    [InlineData("one", "two", "/xxx/one/yyy/one/zzz?one", "/xxx/two/yyy/two/zzz?one")]
    [InlineData("(?i)/ONE/", "/two/", "/xxx/one/yyy", "/xxx/two/yyy")]
    [InlineData("^/", "", "/x", "/x")]
    [InlineData("b*", "-", "/abc", "/-/-a-c-")]
    [InlineData("/(?P<a>[^/]+)/([^/]+)", @"/\2/\1\\", "/x/y", @"/y/x\")]
    public void Replaces_every_match_of_a_pattern_in_the_path(string pattern, string replacement, string target, string expected)
    {
        Assert.True(Re2Pattern.TryCompileSearch(pattern, out var regex, out _));
        Assert.Equal(expected, PathRewriter.ReplaceMatches(regex, replacement).Apply(target));
    }

    [Fact]
    public void Rewrites_bytes_outside_ASCII_as_the_characters_they_stand_for()
    {
        Assert.True(Re2Pattern.TryCompileSearch("/(.)(.)", out var regex, out _));
        Assert.Equal(WireText.From("/bé") + "\xFF", PathRewriter.ReplaceMatches(regex, @"/\2\1").Apply(WireText.From("/éb") + "\xFF"));
    }

    [Fact]
    public void Refuses_a_replacement_that_refers_to_no_group()
    {
        Assert.True(Re2Pattern.TryCompileSearch("/(.*)", out var regex, out _));
        Assert.Throws<ArgumentException>(() => PathRewriter.ReplaceMatches(regex, @"/\2"));
    }
}
