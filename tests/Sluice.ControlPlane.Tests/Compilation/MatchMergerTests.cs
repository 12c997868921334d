using Sluice.Api.Networking;
using Sluice.ControlPlane.Compilation;

namespace Sluice.ControlPlane.Tests.Compilation;

public class MatchMergerTests
{
    [Theory]
    [InlineData("uri: {prefix: /a}", "uri: {prefix: /a/b}", false)]
    [InlineData("uri: {prefix: /a}", "uri: {exact: /a/b}", false)]
    [InlineData("uri: {prefix: /a}", "uri: {prefix: /b}", true)]
    [InlineData("uri: {exact: /a}", "uri: {prefix: /a}", true)]
    [InlineData("uri: {exact: /a}", "uri: {exact: /a}", false)]
    [InlineData("uri: {regex: /a}", "uri: {exact: /a}", true)]
    [InlineData("uri: {prefix: /a}", "uri: {regex: /a}", true)]
    [InlineData("uri: {prefix: /a}", "method: {exact: GET}", false)]
    [InlineData("headers: {x: {exact: a}}", "headers: {x: {}}", true)]
    [InlineData("headers: {x: {}}", "headers: {x: {exact: a}}", false)]
    [InlineData("queryParams: {x: {exact: a}}", "queryParams: {x: {exact: b}}", true)]
    [InlineData("withoutHeaders: {x: {exact: a}}", "withoutHeaders: {x: {exact: b}}", true)]
    [InlineData("ignoreUriCase: true", "port: 80", true)]
    [InlineData("port: 80", "port: 81", true)]
    [InlineData("port: 80", "method: {exact: GET}", false)]
    [InlineData("sourceNamespace: a", "method: {exact: GET}", true)]
    [InlineData("sourceLabels: {a: b}", "sourceLabels: {a: c}", true)]
    [InlineData("gateways: [a, mesh]", "gateways: [mesh]", false)]
    [InlineData("gateways: [a]", "gateways: [mesh]", true)]
    public void An_entry_of_the_delegate_must_be_narrower(string root, string leaf, bool conflict) =>
        Assert.Equal(conflict, MatchMerger.Conflict(Parse($"[{{{root}}}]")![0], Parse($"[{{{leaf}}}]")![0]));

    [Fact]
    public void Lists_merge_as_in_Istio()
    {
        Assert.SkipUnless(IstioCases.AreThere, IstioCases.Missing);
        foreach (var c in IstioCases.Micro("delegate merge: match list"))
        {
            var merged = MatchMerger.Merge(Parse((string)c["root"]!), Parse((string)c["delegate"]!));
            Assert.True(Text(Parse((string?)c["expect"])) == Text(merged), $"{c["id"]}: {Text(merged)}");
        }
        foreach (var c in IstioCases.Micro("delegate match conflict (root vs delegate match)"))
        {
            var (root, leaf) = (Parse(Item((string)c["root"]!))![0], Parse(Item((string)c["delegate"]!))![0]);
            Assert.True((bool)c["expect"]! == MatchMerger.Conflict(root, leaf), (string)c["id"]!);
        }
    }

    private static string Item(string entry) => "- " + string.Join("\n  ", entry.Trim().Split('\n'));

    private static IReadOnlyList<HttpMatch>? Parse(string? list)
    {
        if (list is null)
            return null;
        var indented = string.Concat(list.Trim().Split('\n').Select(l => $"\n      {l}"));
        const string head = "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: v}\n";
        var set = Compiled.Read($"{head}spec:\n  http:\n  - match:{indented}\n");
        return set.VirtualServices[0].Spec.Http![0].Match;
    }

    private static string Text(IReadOnlyList<HttpMatch>? list) => list is null ? "none" : string.Join("; ", list.Select(Text));

    private static string Text(HttpMatch match)
    {
        var headers = string.Join(',', (match.Headers ?? new Dictionary<string, StringMatch>()).OrderBy(h => h.Key));
        return $"{match with { Headers = null, Gateways = null }} {headers} {string.Join(',', match.Gateways ?? [])}";
    }
}
