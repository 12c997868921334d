namespace Sluice.Tests;

/// <summary>A folder for the files of one test.</summary>
internal sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("sluice-test-").FullName;

    /// <summary>Writes a file, as a whole: it is never seen half-written.</summary>
    /// <returns>Its path.</returns>
    public string Write(string name, string text)
    {
        var path = System.IO.Path.Combine(Path, name);
        var draft = System.IO.Path.Combine(Path, "." + name);
        File.WriteAllText(draft, text);
        File.Move(draft, path, overwrite: true);
        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
