using System.Text.RegularExpressions;
using Sluice.ControlPlane.Tests.Sources;

namespace Sluice.ControlPlane.Tests.Validation;

/// <summary>The page on findings and the code speak of the same codes.</summary>
public sealed partial class DocumentationTests
{
    private static readonly HashSet<string> Explained =
        [.. Heading().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "findings.md"))).Select(match => match.Groups[1].Value)];

    private static readonly HashSet<string> Used =
        [.. Directory.GetFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Literal().Matches(File.ReadAllText(file))).Select(match => match.Groups[1].Value)];

    [Fact]
    public void Every_code_has_a_section() => Assert.Empty(Used.Except(Explained).Order());

    [Fact]
    public void Every_section_is_about_a_code_in_use() => Assert.Empty(Explained.Except(Used).Order());

    [GeneratedRegex(@"^## ((?:SLU|IST|KIA)\d{4})", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex("\"((?:SLU|IST|KIA)\\d{4})\"")]
    private static partial Regex Literal();
}
