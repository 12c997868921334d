using Sluice.Api.Findings;
using Sluice.DataPlane.Routing;

namespace Sluice.ControlPlane.Tests.Validation;

/// <summary>Values that the data plane can't work with are refused before it sees them, each at its place and with the reason.</summary>
public sealed class RefusedValuesTests
{
    [Theory]
    [InlineData("uri: {regex: '('}", "SLU0043", "spec.http[0].match[0].uri.regex", "missing )")]
    [InlineData("uri: {regex: 'a**'}", "SLU0043", "spec.http[0].match[0].uri.regex", "can't be repeated")]
    [InlineData("authority: {regex: '(a)\\1'}", "SLU0043", "spec.http[0].match[0].authority.regex", "back-references")]
    [InlineData("headers: {x-a: {regex: '[z-a]'}}", "SLU0043", "spec.http[0].match[0].headers[x-a].regex", "upside down")]
    [InlineData("withoutHeaders: {x-a: {regex: '(?=a)'}}", "SLU0043", "spec.http[0].match[0].withoutHeaders[x-a].regex", "")]
    [InlineData("queryParams: {q: {regex: '*'}}", "SLU0043", "spec.http[0].match[0].queryParams[q].regex", "nothing to repeat")]
    [InlineData("uri: {regex: ''}", "SLU0044", "spec.http[0].match[0].uri.regex", "is empty")]
    public void Of_a_condition(string match, string code, string path, string reason) =>
        AssertRefused($"match: [{{{match}}}], route: [{{destination: {{host: web}}}}]", code, path, reason);

    [Theory]
    [InlineData("(", "a", "SLU0043", "match", "missing )")]
    [InlineData("a(b)?", @"\2", "SLU0043", "rewrite", "refers to group 2, but the pattern has 1")]
    [InlineData("a", @"b\", "SLU0043", "rewrite", "a backslash ends the replacement")]
    [InlineData("a", @"\k<n>", "SLU0043", "rewrite", "must be followed by a digit or a backslash")]
    [InlineData("", "a", "SLU0030", "match", "is missing")]
    [InlineData("a", "", "SLU0030", "rewrite", "is missing")]
    public void Of_a_substitution_in_the_path(string match, string rewrite, string code, string field, string reason) =>
        AssertRefused($"rewrite: {{uriRegexRewrite: {{match: '{match}', rewrite: '{rewrite}'}}}}, route: [{{destination: {{host: web}}}}]",
            code, $"spec.http[0].rewrite.uriRegexRewrite.{field}", reason);

    [Theory]
    [InlineData("%NO_SUCH_COMMAND%")]
    [InlineData("100%")]
    [InlineData("%REQ(%")]
    public void Of_a_header(string value)
    {
        Assert.Throws<ArgumentException>(() => new HeaderMutator([new HeaderOperation(HeaderChange.Set, "x-a", value)]));
        var operation = $"{{set: {{x-a: '{value}'}}}}";
        foreach (var side in (string[])["request", "response"])
        {
            var expected = $"headers.{side}.set[x-a]";
            AssertRefused($"headers: {{{side}: {operation}}}, route: [{{destination: {{host: web}}}}]",
                "SLU0042", $"spec.http[0].{expected}", "");
            AssertRefused($"route: [{{destination: {{host: web}}, headers: {{{side}: {operation}}}}}]",
                "SLU0042", $"spec.http[0].route[0].{expected}", "");
        }
    }

    [Theory]
    [InlineData("5xx, reset", "write the list without spaces")]
    [InlineData("5xx,", "")]
    [InlineData("connect-failures", "did you mean connect-failure?")]
    [InlineData("499", "")]
    [InlineData("99", "")]
    public void Of_retryOn(string retryOn, string hint)
    {
        var finding = AssertRefused($"retries: {{attempts: 1, retryOn: '{retryOn}'}}, route: [{{destination: {{host: web}}}}]",
            "SLU0045", "spec.http[0].retries.retryOn", "which is no condition for a retry");
        if (hint.Length > 0) Assert.Equal(hint, finding.Hint);
    }

    [Fact]
    public void Of_an_allowed_origin() =>
        AssertRefused("corsPolicy: {allowOrigins: [{regex: '['}]}, route: [{destination: {host: web}}]",
            "SLU0043", "spec.http[0].corsPolicy.allowOrigins[0].regex", "missing ]");

    [Theory]
    [InlineData(@"rewrite: {uriRegexRewrite: {match: '^/a/([^/]+)(/.*)$', rewrite: '\2/b/\1'}}, route: [{destination: {host: web}}]")]
    [InlineData(@"rewrite: {uriRegexRewrite: {match: 'a', rewrite: '\0\\'}}, route: [{destination: {host: web}}]")]
    [InlineData("headers: {request: {set: {x-a: '%%20 %START_TIME% %REQ(x-b?:path):3%'}}}, route: [{destination: {host: web}}]")]
    [InlineData("retries: {attempts: 1, retryOn: '5xx,gateway-error,503,http3-post-connect-failure'}, route: [{destination: {host: web}}]")]
    public void Nothing_that_works(string route) =>
        Assert.DoesNotContain(Validated.Text(Service(route)), finding => finding.StopsLoad);

    private static Finding AssertRefused(string route, string code, string path, string reason)
    {
        var finding = Assert.Single(Validated.Text(Service(route)), finding => finding.StopsLoad);
        Assert.Equal((code, path, "VirtualService shop/shop"), (finding.Code, finding.Path, finding.Resource));
        Assert.Contains(reason, finding.Message, StringComparison.Ordinal);
        return finding;
    }

    private static string Service(string route) => $$"""
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: shop, namespace: shop}
        spec:
          hosts: [shop.example.com]
          http: [{{{route}}}]
        """;
}
