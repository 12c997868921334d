using Sluice.Api.Findings;
using Sluice.Api.Resources;

namespace Sluice.ControlPlane.Sources;

/// <summary>A file to read.</summary>
/// <param name="Path">Its path as it was reached from what the operator named; findings show it.</param>
/// <param name="RealPath">Where it lies once all links are followed.</param>
/// <param name="Named">What the operator named.</param>
/// <param name="IsMeshConfig">Whether it was named as the MeshConfig.</param>
internal readonly record struct ConfigFile(string Path, string RealPath, string Named, bool IsMeshConfig);

/// <summary>Finds the files behind the paths that an operator named: files, and folders with everything in them. Hidden entries
/// are left out and links are followed, which is how Kubernetes mounts a ConfigMap. Each file is taken once, whatever leads to
/// it, and each folder too, so that links in circles come to an end.</summary>
internal sealed class ConfigPaths
{
    private const string NoSuchPath = "no such file or folder";
    private const int MaxLinks = 40;

    private readonly List<ConfigFile> _files = [];
    private readonly List<Finding> _findings = [];
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private string _named = "";

    private ConfigPaths()
    {
    }

    /// <summary>The files in the order of the paths, and in folders by name, and before them the MeshConfig; and what is wrong
    /// with the paths.</summary>
    public static (IReadOnlyList<ConfigFile> Files, IReadOnlyList<Finding> Findings) Find(
        IReadOnlyList<string> paths, string? meshConfigPath)
    {
        var found = new ConfigPaths();
        if (meshConfigPath is not null) found.AddMeshConfig(meshConfigPath);
        foreach (var path in paths.Distinct()) found.AddNamed(path);
        return (found._files, found._findings);
    }

    /// <summary>A finding about a path or a file as a whole.</summary>
    public static Finding Unreadable(string path, string what, string hint = "") =>
        new(Severity.Error, SourceCodes.Unreadable, new SourcePosition(path, 0, 0), "", "", what, hint);

    /// <summary>A finding about a path that the system refused to read.</summary>
    public static Finding Unreadable(string path, Exception error) => error switch
    {
        FileNotFoundException or DirectoryNotFoundException => Unreadable(path, NoSuchPath),
        UnauthorizedAccessException => Unreadable(path, "can't be read: permission denied"),
        _ => Unreadable(path, $"can't be read: {error.Message}"),
    };

    /// <summary>The path of a file or folder once all links in it are followed.</summary>
    /// <exception cref="IOException">It does not exist, or links lead in a circle.</exception>
    public static string RealPath(string path)
    {
        var links = 0;
        return RealPath(path, ref links);
    }

    /// <summary>Whether a file of this name, found in a folder, is read.</summary>
    public static bool HasConfigExtension(ReadOnlySpan<char> name)
    {
        var extension = Path.GetExtension(name);
        return extension.Equals(".yaml", StringComparison.OrdinalIgnoreCase)
            || extension.Equals(".yml", StringComparison.OrdinalIgnoreCase)
            || extension.Equals(".json", StringComparison.OrdinalIgnoreCase);
    }

    private static string RealPath(string path, ref int links)
    {
        var full = Path.GetFullPath(path);
        var parent = Path.GetDirectoryName(full);
        return parent is null ? full : Resolve(Path.Join(RealPath(parent, ref links), Path.GetFileName(full)), ref links);
    }

    private void AddMeshConfig(string path)
    {
        try
        {
            var real = RealPath(path);
            _seen.Add(real);
            _files.Add(new ConfigFile(path, real, path, IsMeshConfig: true));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _findings.Add(Unreadable(path, e));
        }
    }

    private void AddNamed(string path)
    {
        _named = path;
        try
        {
            var real = RealPath(path);
            if (File.Exists(real)) AddFile(path, real);
            else if (!Directory.Exists(real)) _findings.Add(Unreadable(path, NoSuchPath));
            else if (!AddFolder(path, real))
                _findings.Add(Unreadable(path, "no .yaml, .yml or .json file in this folder", "name one with configuration"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _findings.Add(Unreadable(path, e));
        }
    }

    private void AddFile(string path, string real)
    {
        if (_seen.Add(real)) _files.Add(new ConfigFile(path, real, _named, IsMeshConfig: false));
    }

    /// <summary>Adds what is in a folder.</summary>
    /// <returns>Whether there is any file, also when it was reached before.</returns>
    private bool AddFolder(string path, string real)
    {
        if (!_seen.Add(real)) return true;
        var found = false;
        foreach (var entry in Directory.GetFileSystemEntries(real).Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(entry);
            if (name.StartsWith('.')) continue;
            found |= AddEntry(Path.Join(path, name), entry);
        }

        return found;
    }

    private bool AddEntry(string path, string entry)
    {
        var isConfig = HasConfigExtension(path);
        try
        {
            var links = 0;
            var real = Resolve(entry, ref links);
            if (Directory.Exists(real)) return AddFolder(path, real);
            if (isConfig) AddFile(path, real);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Links that lead nowhere matter only where a file or folder of ours is expected.
            if (isConfig || e is UnauthorizedAccessException) _findings.Add(Unreadable(path, e));
        }

        return isConfig;
    }

    /// <summary>Follows the links that stand in the last place of a path, whose folder has none.</summary>
    private static string Resolve(string path, ref int links)
    {
        if (new FileInfo(path).LinkTarget is not { } target) return path;
        if (++links > MaxLinks) throw new IOException("its links lead in a circle");
        return RealPath(Path.Combine(Path.GetDirectoryName(path)!, target), ref links);
    }
}
