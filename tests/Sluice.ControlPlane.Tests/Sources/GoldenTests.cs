using Sluice.ControlPlane.Sources;

namespace Sluice.ControlPlane.Tests.Sources;

/// <summary>What is said about broken files, word for word: <c>Golden/NAME/in.yaml</c> gives <c>out.txt</c>. With
/// <c>UPDATE_GOLDEN=1</c> in the environment the answers are written anew, to be read and committed.</summary>
public sealed class GoldenTests
{
    private static readonly string Folder =
        Path.Combine(Repository.Root, "tests", "Sluice.ControlPlane.Tests", "Sources", "Golden");

    public static TheoryData<string> Names => [.. Directory.GetDirectories(Folder).Select(path => Path.GetFileName(path)).Order()];

    [Theory]
    [MemberData(nameof(Names))]
    public void Says_what_is_wrong_where_and_what_to_write_instead(string name)
    {
        var input = Path.Combine(Folder, name, "in.yaml");
        var expected = Path.Combine(Folder, name, "out.txt");
        var read = new ConfigReader(TimeProvider.System).Read([input], null, CancellationToken.None);
        var lines = read.Findings.OrderBy(finding => finding.Position.Line).ThenBy(finding => finding.Position.Column);
        var actual = string.Concat(TemporaryFolder.Lines(lines).Select(line => $"in.yaml:{line}\n")).Replace(input, "in.yaml");

        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1") File.WriteAllText(expected, actual);
        Assert.Equal(File.ReadAllText(expected), actual);
    }

    [Fact]
    public void Every_code_of_reading_is_explained_in_the_documentation()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "findings.md"));
        var codes = Directory.GetFiles(Folder, "out.txt", SearchOption.AllDirectories)
            .SelectMany(File.ReadLines).Select(line => line.Split(' ')[2]).Distinct();
        Assert.All(codes, code => Assert.Contains($"## {code}", page, StringComparison.Ordinal));
    }
}
