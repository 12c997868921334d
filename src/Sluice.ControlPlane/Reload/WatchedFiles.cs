using System.Security.Cryptography;

namespace Sluice.ControlPlane.Reload;

/// <summary>A set of paths and what they looked like last time.</summary>
/// <param name="paths">Files and folders.</param>
/// <param name="time">The clock that file times are compared with.</param>
internal sealed class WatchedFiles(IReadOnlyList<string> paths, TimeProvider time)
{
    // The coarsest tick of a file system still in use (FAT), and some room for a clock that is not quite the file server's.
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(3);

    private ulong _fingerprint;
    private Dictionary<string, string> _young = [];

    /// <summary>The paths.</summary>
    internal IReadOnlyList<string> Paths => paths;

    /// <summary>The folders in which a change would matter.</summary>
    internal IEnumerable<FolderInterest> Folders { get; private set; } = [];

    /// <summary>Whether a file was written so lately that whoever read it may have read what it was before.</summary>
    internal bool AnyYoung => _young.Count > 0;

    /// <summary>Looks again.</summary>
    /// <returns>Whether anything changed since the last time; at the first time always.</returns>
    internal bool Look()
    {
        var scan = FileScan.Take(paths, time.GetUtcNow() - Tick);
        var changed = scan.Fingerprint != _fingerprint || _young.Any(f => ContentOf(f.Key) != f.Value);
        _fingerprint = scan.Fingerprint;
        _young = scan.Young.ToDictionary(f => f, ContentOf);
        Folders = scan.Folders.Values;
        return changed;
    }

    private static string ContentOf(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            return Convert.ToHexString(SHA256.HashData(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Unreadable is a state like any other: it changes when the file can be read again.
            return e.GetType().Name;
        }
    }
}
