using System.Text.Json;
using CsCheck;
using Sluice.DataPlane.Routing;

namespace Sluice.DataPlane.Tests.Routing;

public sealed class PathNormalizerTests
{
    private const string Cases = "../shared/istio/cases/routing.json";

    [Theory]
    [InlineData("/", "/")]
    [InlineData("/app/../admin?a=/../b", "/admin?a=/../b")]
    [InlineData("/app/./x", "/app/x")]
    [InlineData("/app/.", "/app/")]
    [InlineData("/app/..", "/")]
    [InlineData("/..", "/")]
    [InlineData("/../../x", "/x")]
    [InlineData("/app//", "/app//")]
    [InlineData("/app//../admin", "/app/admin")]
    [InlineData("/app//../../admin", "/admin")]
    [InlineData("/xyz%30..//abc", "/xyz0..//abc")]
    [InlineData("/app/%2E./admin", "/admin")]
    [InlineData("/app/%2e%2E", "/")]
    [InlineData(@"/app\admin", "/app/admin")]
    [InlineData(@"/app/\/\/\admin", "/app//////admin")]
    [InlineData("/%2Fapp%5cadmin%5Cabc", "/%2Fapp%5cadmin%5Cabc")]
    [InlineData(@"/%5Capp%2f%5c%2F%2e%2e%2fadmin%5c\abc", "/%5Capp%2f%5c%2F..%2fadmin%5c/abc")]
    [InlineData("/%7Efoo%2d%5F", "/~foo-_")]
    [InlineData("/.../..;/.hidden", "/.../..;/.hidden")]
    [InlineData("/%252e%252e/admin", "/%252e%252e/admin")]
    [InlineData("/%%32%65", "/%252e")]
    [InlineData("/%2%46x", "/%252Fx")]
    [InlineData("/100%", "/100%")]
    [InlineData("/%zz%", "/%zz%")]
    [InlineData("/a\"b<c>^`{|}", "/a%22b%3Cc%3E%5E%60%7B%7C%7D")]
    [InlineData("/\xC3\xA9", "/%C3%A9")]
    [InlineData("/a?\"%2e", "/a?\"%2e")]
    [InlineData("*", "*")]
    public void Base_decodes_what_is_unreserved_and_resolves_dots(string target, string expected) =>
        Assert.Equal(expected, Normalize(target, PathNormalization.Base));

    [Theory]
    [InlineData("/app//x///", "/app/x/")]
    [InlineData("//", "/")]
    [InlineData("/app/%2f", "/app/%2f")]
    [InlineData("/app//../admin", "/app/admin")]
    [InlineData("/a?b=//c", "/a?b=//c")]
    public void Merging_makes_one_slash_of_many(string target, string expected) =>
        Assert.Equal(expected, Normalize(target, PathNormalization.MergeSlashes));

    [Theory]
    [InlineData("/app/%2f", "/app/")]
    [InlineData("/%2Fapp%5cadmin%5Cabc", "/app/admin/abc")]
    [InlineData(@"/%5Capp%2f%5c%2F%2e%2e%2fadmin%5c\abc", "/app/admin/abc")]
    [InlineData("/a%2f..%2fb", "/b")]
    [InlineData("/%252fadmin", "/%252fadmin")]
    [InlineData("/%%32%46", "/%252F")]
    [InlineData("/%c0%2fadmin", "/%c0/admin")]
    public void Decoding_slashes_comes_before_dots(string target, string expected) =>
        Assert.Equal(expected, Normalize(target, PathNormalization.DecodeAndMergeSlashes));

    [Fact]
    public void None_leaves_everything() => Assert.Equal(@"/a/../b\%2e//%00", Normalize(@"/a/../b\%2e//%00", PathNormalization.None));

    [Theory]
    [InlineData("/admin%00")]
    [InlineData("/admin\0")]
    [InlineData("/a#b")]
    [InlineData("/a?b#c")]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("/\u0100")]
    public void Refuses_what_two_readers_could_take_differently(string target) =>
        Assert.False(PathNormalizer.TryNormalize(target, PathNormalization.Base, out _));

    [Fact]
    public void What_needs_no_change_is_not_copied()
    {
        const string target = "/static/app-1.2.js?v=%20";
        Assert.Same(target, Normalize(target, PathNormalization.DecodeAndMergeSlashes));
    }

    private static readonly Gen<string> Targets = Gen.OneOf(
        "/", "/", "//", ".", "..", "a", "%", "%2e", "%2E", "%2f", "%5C", "\\", "%25", "2", "e", "F", "%61", "%C3", " ", "\xFF", "%4", "?")
        .Array[0, 12].Select(parts => "/" + string.Concat(parts));

    [Fact]
    public void Normalising_again_changes_nothing() =>
        Gen.Select(Targets, Gen.OneOf(Enum.GetValues<PathNormalization>())).Sample((target, mode) =>
        {
            var once = Normalize(target, mode);
            Assert.Equal(once, Normalize(once, mode));
        }, iter: 20_000);

    [Fact]
    public void Nothing_that_reads_as_a_way_up_is_left() =>
        Gen.Select(Targets, Gen.OneOf(PathNormalization.Base, PathNormalization.DecodeAndMergeSlashes)).Sample((target, mode) =>
        {
            var path = Normalize(target, mode).Split('?')[0];
            Assert.DoesNotContain('\\', path);
            Assert.DoesNotContain(path.Split('/'), segment => segment is "." or "..");
            if (mode == PathNormalization.DecodeAndMergeSlashes)
                Assert.DoesNotContain(Uri.UnescapeDataString(path).Split('/'), segment => segment is "." or "..");
        }, iter: 20_000);

    [Theory]
    [InlineData("pathNormalization/BASE", PathNormalization.Base)]
    [InlineData("pathNormalization/DECODE_AND_MERGE_SLASHES", PathNormalization.DecodeAndMergeSlashes)]
    public void Sends_upstream_what_Istio_sends(string name, PathNormalization mode)
    {
        var file = Path.Combine(Root(), Cases);
        Assert.SkipUnless(File.Exists(file), "Istio's cases are not beside the repository");
        using var document = JsonDocument.Parse(File.ReadAllText(file));
        var calls = document.RootElement.GetProperty("cases").EnumerateArray()
            .Single(c => c.GetProperty("name").GetString() == name).GetProperty("calls");
        foreach (var call in calls.EnumerateArray())
        {
            var expected = call.GetProperty("expect").TryGetProperty("upstreamPath", out var path) ? path.GetString() : null;
            PathNormalizer.TryNormalize(call.GetProperty("path").GetString()!, mode, out var actual);
            Assert.Equal(expected, actual);
        }
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Gateway.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? "";
    }

    private static string Normalize(string target, PathNormalization mode)
    {
        Assert.True(PathNormalizer.TryNormalize(target, mode, out var normalized), target);
        return normalized;
    }
}
