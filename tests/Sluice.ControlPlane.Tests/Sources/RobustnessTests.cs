using CsCheck;
using Sluice.ControlPlane.Sources;
using Sluice.ControlPlane.Sources.Schema;
using Sluice.ControlPlane.Sources.Yaml;

namespace Sluice.ControlPlane.Tests.Sources;

public sealed class RobustnessTests
{
    private const string Text = """
        # comment
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: a, labels: {x: "y"}}
        spec:
          hosts: ["*.example.com", 'b', c]
          http:
          - &a
            match:
            - uri: {prefix: /a}
              headers: {? x : {exact: !!str 5}}
            timeout: 5s
          - <<: *a
            name: |-
              two
              lines
        ---
        {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "data": {"k": "aGVsbG8="}}
        """;

    private static readonly string[] ScrapTexts =
    [
        "{", "}", "[", "]", ":", ": ", "- ", "\n", "\r\n", "\t", "\"", "'", "#", "&a", "*a", "*", "!", "!!int ", "|", ">", "?",
        "? ", "<<: ", "---\n", "...\n", "%", "@", "`", "~", "\\", "\0", "\uD800", "\u2028", "é", " ", "  ", "1e999", "0x",
        "null", "[[[[[[[[", "\uFEFF", ",",
    ];

    private static readonly Gen<string> Scraps = Gen.Int[0, ScrapTexts.Length - 1].Select(i => ScrapTexts[i]);

    [Fact]
    public void Reading_comes_to_an_end_whatever_the_text()
    {
        var edits = Gen.Select(Gen.Int[0, Text.Length], Gen.Int[0, 12], Scraps).Array[1, 6];
        edits.Sample(
            changes =>
            {
                var text = Text;
                foreach (var (at, removed, added) in changes)
                {
                    var start = Math.Min(at, text.Length);
                    text = string.Concat(text.AsSpan(0, start), added, text.AsSpan(Math.Min(start + removed, text.Length)));
                }

                using var reader = new ObjectReader();
                var lines = text.Split('\n').Length + 8;
                foreach (var document in DocumentSplitter.Split(text))
                {
                    var content = reader.Read("a.yaml", document);
                    Assert.All(content.Findings, finding => Assert.InRange(finding.Position.Line, 1, lines));
                }
            },
            iter: 5_000);
    }

    [Fact]
    public void Secrets_never_appear_in_findings()
    {
        const string Marker = "hunter2";
        string[] values =
        [
            Marker, $"[{Marker}]", $"{{a: {Marker}}}", $"*{Marker}", $"!{Marker} x", $"\"{Marker}", $"'{Marker}", $"{{{Marker}",
            $"@{Marker}", $"a: {Marker}", $"|\n{Marker}", $"\t{Marker}", $"&{Marker} *{Marker}", $"%{Marker}",
            $"{Marker}: {Marker}: {Marker}", "!!int " + Marker,
        ];
        foreach (var value in values)
        {
            foreach (var field in new[] { "data", "stringData" })
            {
                var read = TemporaryFolder.ReadText(
                    $"apiVersion: v1\nkind: Secret\nmetadata: {{name: a}}\n{field}:\n  key: {value}\n");
                var said = string.Concat(read.Findings.Select(finding => finding.Message + finding.Hint + finding.Path));
                Assert.DoesNotContain(Marker, said, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void A_document_that_is_broken_hides_nothing_of_the_others()
    {
        var read = TemporaryFolder.ReadText("kind: {\n---\napiVersion: v1\nkind: Service\nmetadata: {name: a}\n---\nkind: [\n");
        Assert.Single(read.All);
        Assert.Equal(2, read.Findings.Count);
    }

    [Fact]
    public void Suggests_the_nearest_name_and_nothing_that_is_far()
    {
        string[] names = ["destination", "weight", "headers", "perTryTimeout"];
        Assert.Equal("destination", Suggestion.Nearest("desitnation", names));
        Assert.Equal("headers", Suggestion.Nearest("header", names));
        Assert.Equal("perTryTimeout", Suggestion.Nearest("per_try_timeout", names));
        Assert.Null(Suggestion.Nearest("host", names));
        Assert.Null(Suggestion.Nearest("x", names));
    }

    [Fact]
    public void Reading_can_be_ended()
    {
        using var folder = new TemporaryFolder();
        folder.Write("a.yaml", Text);
        Assert.ThrowsAny<OperationCanceledException>(
            () => new ConfigReader(TimeProvider.System).Read([folder.Path], null, new CancellationToken(canceled: true)));
    }
}
