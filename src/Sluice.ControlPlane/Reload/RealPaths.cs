namespace Sluice.ControlPlane.Reload;

/// <summary>Turns paths into real ones (no symbolic link left in them) and reports each link on the way: whoever repoints one of them
/// changes what is read, without touching a file. Lives for one look at the disk.</summary>
internal sealed class RealPaths(Action<string, string> onLink)
{
    // As many as Linux follows before it calls the path a loop.
    private const int MostLinks = 40;

    private readonly Dictionary<string, string?> _known = new(StringComparer.Ordinal);

    /// <summary>The real path; null when the links lead in a circle. The last component need not exist.</summary>
    internal string? Of(string path) => Resolve(Path.GetFullPath(path), links: 0);

    private string? Resolve(string path, int links)
    {
        if (_known.TryGetValue(path, out var known))
            return known;
        if (Path.GetDirectoryName(path) is not { } parent)
            return path;
        var real = Resolve(parent, links) is { } folder ? Follow(Path.Join(folder, Path.GetFileName(path)), links) : null;
        return _known[path] = real;
    }

    /// <param name="path">A path whose folder is real already.</param>
    /// <param name="links">How many links led here.</param>
    private string? Follow(string path, int links)
    {
        if (_known.TryGetValue(path, out var known))
            return known;
        var real = path;
        if (TargetOf(path) is { } target)
        {
            onLink(path, target);
            real = links < MostLinks ? Resolve(Path.GetFullPath(target, Path.GetDirectoryName(path)!), links + 1) : null;
        }
        return _known[path] = real;
    }

    private static string? TargetOf(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A part of the path vanished or may not be looked into; then there is no link to follow.
            return null;
        }
    }
}
