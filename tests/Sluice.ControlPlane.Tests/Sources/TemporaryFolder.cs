using Sluice.Api.Findings;
using Sluice.ControlPlane.Sources;

namespace Sluice.ControlPlane.Tests.Sources;

/// <summary>A folder with configuration that is gone after the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("sluice-").FullName;

    /// <summary>Writes a file and returns its path.</summary>
    public string Write(string name, string content)
    {
        var path = PathOf(name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    public string PathOf(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Reads everything in the folder with a new reader.</summary>
    public ConfigSet Read() => new ConfigReader(TimeProvider.System).Read([Path], null, CancellationToken.None);

    public void Dispose() => Directory.Delete(Path, recursive: true);

    /// <summary>Reads one text as a file.</summary>
    public static ConfigSet ReadText(string yaml)
    {
        using var folder = new TemporaryFolder();
        folder.Write("a.yaml", yaml);
        return folder.Read();
    }

    /// <summary>Findings as <c>line:column severity code message (hint)</c>.</summary>
    public static string[] Lines(IEnumerable<Finding> findings) => [.. findings.Select(Line)];

    private static string Line(Finding finding)
    {
        var hint = finding.Hint.Length > 0 ? $" ({finding.Hint})" : "";
        return $"{finding.Position.Line}:{finding.Position.Column} {finding.Severity.ToString().ToLowerInvariant()} "
            + $"{finding.Code} {finding.Message}{hint}";
    }
}
