using Sluice.Api.Findings;
using Sluice.ControlPlane.Compilation;
using Sluice.ControlPlane.Sources;
using Sluice.ControlPlane.Tests.Sources;
using Sluice.ControlPlane.Validation;

namespace Sluice.ControlPlane.Tests.Validation;

/// <summary>What validation says about objects with mistakes, word for word: <c>Golden/NAME/in.yaml</c> gives <c>out.txt</c>. With
/// <c>UPDATE_GOLDEN=1</c> in the environment the answers are written anew, to be read and committed.</summary>
public sealed class GoldenTests
{
    private static readonly string Folder =
        Path.Combine(Repository.Root, "tests", "Sluice.ControlPlane.Tests", "Validation", "Golden");

    public static TheoryData<string> Names => [.. Directory.GetDirectories(Folder).Select(path => Path.GetFileName(path)).Order()];

    [Theory]
    [MemberData(nameof(Names))]
    public void Says_what_is_wrong_where_and_what_to_write_instead(string name)
    {
        var input = Path.Combine(Folder, name, "in.yaml");
        var expected = Path.Combine(Folder, name, "out.txt");
        var set = new ConfigReader(TimeProvider.System).Read([input], null, CancellationToken.None);
        Assert.DoesNotContain(set.Findings, finding => finding.Severity == Severity.Error);

        var findings = Validator.Validate(set, new GatewayIdentity());
        var lines = findings.OrderBy(finding => finding.Position.Line).ThenBy(finding => finding.Position.Column);
        var actual = string.Concat(TemporaryFolder.Lines(lines).Select(line => $"in.yaml:{line}\n")).Replace(input, "in.yaml");

        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1") File.WriteAllText(expected, actual);
        Assert.Equal(File.ReadAllText(expected), actual);
    }
}
