using System.Text.RegularExpressions;

namespace Sluice.Tests.Admin;

/// <summary>The page on metrics and the code speak of the same metrics.</summary>
public sealed partial class MetricsDocumentationTests
{
    [Fact]
    public void Every_metric_is_on_the_page_and_no_other()
    {
        var page = File.ReadAllLines(Path.Combine(RepositoryRoot.Path, "docs", "metrics.md")).Where(l => l.StartsWith('|'));
        var described = page.SelectMany(l => Quoted().Matches(l)).Select(m => m.Groups[1].Value);
        var made = Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, "src"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(f => Literal().Matches(File.ReadAllText(f))).Select(m => m.Groups[1].Value);

        Assert.Equal(made.Distinct().Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
    }

    [GeneratedRegex("`((?:sluice|istio|envoy)_[a-z_]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex("\"((?:sluice|istio|envoy)_[a-z_]+)\"")]
    private static partial Regex Literal();
}
