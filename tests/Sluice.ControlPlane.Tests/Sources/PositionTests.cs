using Sluice.Api.Resources;
using Sluice.ControlPlane.Sources;

namespace Sluice.ControlPlane.Tests.Sources;

public sealed class PositionTests
{
    private const string Text = """
        # a comment
        ---
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata:
          name: reviews
          annotations:
            a.b/c: x
        spec:
          hosts:
          - a.example.com
          -   b.example.com
          http:
          - match:
            - uri: {prefix: /a}
            - headers:
                end-user:
                  exact: jason
                "@request.auth.claims[groups]":
                  exact: admin
            route:
            - destination:
                host: reviews
              weight: 10
          - timeout: 5s
        """;

    [Theory]
    [InlineData("", 3, 1)]
    [InlineData("apiVersion", 3, 1)]
    [InlineData("metadata", 5, 1)]
    [InlineData("metadata.name", 6, 3)]
    [InlineData("metadata.annotations[a.b/c]", 8, 5)]
    [InlineData("spec", 9, 1)]
    [InlineData("spec.hosts", 10, 3)]
    [InlineData("spec.hosts[0]", 11, 5)]
    [InlineData("spec.hosts[1]", 12, 7)]
    [InlineData("spec.http[0]", 14, 5)]
    [InlineData("spec.http[0].match[0].uri.prefix", 15, 13)]
    [InlineData("spec.http[0].match[1].headers[end-user].exact", 18, 11)]
    [InlineData("spec.http[0].match[1].headers.end-user", 17, 9)]
    [InlineData("spec.http[0].match[1].headers[@request.auth.claims[groups]].exact", 20, 11)]
    [InlineData("spec.http[0].route[0].destination.host", 23, 9)]
    [InlineData("spec.http[0].route[0].weight", 24, 7)]
    [InlineData("spec.http[1].timeout", 25, 5)]
    public void Finds_the_place_of_a_field(string path, int line, int column)
    {
        var position = Assert.Single(TemporaryFolder.ReadText(Text).VirtualServices).Locate(path);
        Assert.Equal((line, column), (position.Line, position.Column));
    }

    [Theory]
    [InlineData("spec.http[0].route[0].destination.subset", 22, 7)]
    [InlineData("spec.http[0].route[1].destination.host", 21, 5)]
    [InlineData("spec.http[7].timeout", 13, 3)]
    [InlineData("spec.tcp[0]", 9, 1)]
    [InlineData("status", 3, 1)]
    [InlineData("spec.http[0].match[1].headers[missing]", 16, 7)]
    [InlineData("spec.http[", 13, 3)]
    public void Falls_back_to_the_nearest_parent_that_is_written(string path, int line, int column)
    {
        var position = Assert.Single(TemporaryFolder.ReadText(Text).VirtualServices).Locate(path);
        Assert.Equal((line, column), (position.Line, position.Column));
    }

    [Fact]
    public void Names_the_file_as_it_was_reached()
    {
        using var folder = new TemporaryFolder();
        folder.Write("rules/reviews.yaml", Text);
        var named = Path.Combine(folder.Path, "rules", "..");
        var read = new ConfigReader(TimeProvider.System).Read([named], null, CancellationToken.None);
        Assert.Equal(new SourcePosition(Path.Combine(named, "rules", "reviews.yaml"), 3, 1), Assert.Single(read.All).Position);
        Assert.Equal(3, read.All[0].Locate("kind").Line - 1);
    }

    [Fact]
    public void Counts_lines_alike_whatever_ends_them()
    {
        var other = Text.Replace("reviews", "other", StringComparison.Ordinal);
        var read = TemporaryFolder.ReadText("\uFEFF" + Text.ReplaceLineEndings("\r\n") + "\r\n---\r\n" + other);
        Assert.Empty(read.Findings);
        Assert.Equal([3, 29], read.All.Select(resource => resource.Position.Line));
        Assert.Equal(25, read.All[0].Locate("spec.http[1].timeout").Line);
        Assert.Equal(51, read.All[1].Locate("spec.http[1].timeout").Line);
    }

    [Fact]
    public void Finds_fields_far_to_the_right_in_json_without_line_ends()
    {
        const string Before = """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"long":"xxx",""";
        var text = Before.Replace("xxx", new string('x', 5000), StringComparison.Ordinal);
        var position = TemporaryFolder.ReadText(text + "\"b\":\"c\"}}").All[0].Locate("data[b]");
        Assert.Equal((1, text.Length + 1), (position.Line, position.Column));
    }

    [Fact]
    public void Gives_items_of_a_list_their_own_place()
    {
        var read = TemporaryFolder.ReadText("""
            apiVersion: v1
            kind: List
            items:
            - apiVersion: v1
              kind: Service
              metadata: {name: a}
            - apiVersion: v1
              kind: Service
              metadata: {name: b}
            """);
        Assert.Equal([(4, 3), (7, 3)], read.All.Select(resource => (resource.Position.Line, resource.Position.Column)));
    }

    [Fact]
    public void Finds_fields_that_come_from_an_anchor_where_they_are_written()
    {
        var read = TemporaryFolder.ReadText("""
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: a}
            spec:
              http:
              - &one
                name: one
                timeout: 5s
              - <<: *one
                name: two
            """);
        var routes = Assert.Single(read.VirtualServices).Spec.Http!;
        Assert.Equal(["one", "two"], routes.Select(route => route.Name));
        Assert.Equal(TimeSpan.FromSeconds(5), routes[1].Timeout);
        Assert.Equal((8, 10), (read.All[0].Locate("spec.http[1].timeout").Line, read.All[0].Locate("spec.http[1].name").Line));
    }
}
