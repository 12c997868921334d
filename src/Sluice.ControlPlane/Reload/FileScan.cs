using System.IO.Enumeration;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using Sluice.ControlPlane.Sources;

namespace Sluice.ControlPlane.Reload;

/// <summary>One look at everything that a configuration may be read from. Two looks with the same <see cref="Fingerprint"/> saw the same
/// names, sizes, times and symbolic links; only a file in <see cref="Young"/> may still have changed in between.</summary>
/// <remarks>A look costs a system call a file and keeps one number of all of them, so that it can be made twice a second over thousands
/// of files.</remarks>
internal sealed class FileScan
{
    private static readonly EnumerationOptions AllEntries = new() { AttributesToSkip = 0, IgnoreInaccessible = true };

    private readonly Dictionary<string, FolderInterest> _folders = new(StringComparer.Ordinal);
    private readonly HashSet<string> _young = new(StringComparer.Ordinal);
    private readonly RealPaths _paths;
    private readonly DateTime _youngSince;

    private FileScan(DateTimeOffset youngSince)
    {
        _youngSince = youngSince.UtcDateTime;
        _paths = new RealPaths(AddLink);
    }

    /// <summary>A sum over all that was seen; the order in which folders list their entries does not matter.</summary>
    internal ulong Fingerprint { get; private set; }

    /// <summary>Files written so lately that another write may not show in their times (file systems count in ticks of up to
    /// two seconds): only their content tells.</summary>
    internal IReadOnlyCollection<string> Young => _young;

    /// <summary>The folders in which a change would change what is read, by their real path.</summary>
    internal IReadOnlyDictionary<string, FolderInterest> Folders => _folders;

    /// <summary>Looks at files and folders, the latter with everything in them that is read as configuration.</summary>
    /// <param name="paths">Files and folders; they need not exist.</param>
    /// <param name="youngSince">A file changed at this time or later is <see cref="Young"/>.</param>
    internal static FileScan Take(IEnumerable<string> paths, DateTimeOffset youngSince)
    {
        var scan = new FileScan(youngSince);
        foreach (var path in paths)
            scan.Add(path);
        return scan;
    }

    private void Add(string path)
    {
        if (_paths.Of(path) is not { } real)
            return;
        if (Directory.Exists(real))
            AddFolder(real);
        else
            AddFile(real);
    }

    private void AddLink(string link, string target)
    {
        AddInterest(link);
        Mix(HashOf(link), HashOf(target), 0);
    }

    private void AddFile(string path)
    {
        AddInterest(path);
        var (modified, length) = StampOf(path);
        Mix(HashOf(path), (ulong)modified.Ticks, (ulong)length);
        if (modified >= _youngSince)
            _young.Add(path);
    }

    private void AddFolder(string folder)
    {
        if (_folders.TryGetValue(folder, out var known) && known.Whole)
            return;
        _folders[folder] = new FolderInterest(folder) { Whole = true };
        var hash = HashOf(folder);
        Mix(hash, 0, 0);
        try
        {
            foreach (var entry in new FileSystemEnumerable<Entry>(folder, Describe, AllEntries) { ShouldIncludePredicate = IsRead })
                AddEntry(folder, hash, entry);
        }
        catch (IOException)
        {
            // The folder vanished, or is a file by now. The next look sees the world as it is then.
        }
    }

    private void AddEntry(string folder, ulong folderHash, in Entry entry)
    {
        switch (entry.Kind)
        {
            case EntryKind.Link:
                Add(Path.Join(folder, entry.Name));
                break;
            case EntryKind.Folder:
                AddFolder(Path.Join(folder, entry.Name));
                break;
            default:
                Mix(folderHash ^ entry.NameHash, (ulong)entry.Modified.Ticks, (ulong)entry.Length);
                if (entry.Name is not null)
                    _young.Add(Path.Join(folder, entry.Name));
                break;
        }
    }

    private Entry Describe(ref FileSystemEntry entry)
    {
        if (entry.Attributes.HasFlag(FileAttributes.ReparsePoint))
            return new Entry(EntryKind.Link, entry.FileName.ToString());
        if (entry.IsDirectory)
            return new Entry(EntryKind.Folder, entry.FileName.ToString());
        var modified = entry.LastWriteTimeUtc.UtcDateTime;
        // Old files, nearly all, need no string.
        return new Entry(EntryKind.File, modified >= _youngSince ? entry.FileName.ToString() : null)
        {
            NameHash = HashOf(entry.FileName),
            Modified = modified,
            Length = entry.Length,
        };
    }

    private static bool IsRead(ref FileSystemEntry entry) =>
        !entry.FileName.StartsWith('.') && (entry.IsDirectory || ConfigPaths.HasConfigExtension(entry.FileName));

    /// <summary>Time and length; of a file that is missing or may not be looked at, values that no file has.</summary>
    private static (DateTime Modified, long Length) StampOf(string path)
    {
        try
        {
            var file = new FileInfo(path);
            return file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }

    private void AddInterest(string path)
    {
        if (Path.GetDirectoryName(path) is not { } folder)
            return;
        if (!_folders.TryGetValue(folder, out var interest))
            _folders[folder] = interest = new FolderInterest(folder);
        interest.Names.Add(Path.GetFileName(path));
    }

    private static ulong HashOf(ReadOnlySpan<char> text) => XxHash3.HashToUInt64(MemoryMarshal.AsBytes(text));

    private void Mix(ulong name, ulong first, ulong second) =>
        Fingerprint += XxHash3.HashToUInt64(MemoryMarshal.AsBytes<ulong>([name, first, second]));

    private enum EntryKind
    {
        File,
        Folder,
        Link,
    }

    private readonly record struct Entry(EntryKind Kind, string? Name)
    {
        internal ulong NameHash { get; init; }
        internal DateTime Modified { get; init; }
        internal long Length { get; init; }
    }
}

/// <summary>A folder in which something is that matters.</summary>
/// <param name="path">Its real path.</param>
internal sealed class FolderInterest(string path)
{
    /// <summary>Real path.</summary>
    internal string Path => path;

    /// <summary>Everything in it and below matters; else only <see cref="Names"/>.</summary>
    internal bool Whole { get; init; }

    /// <summary>Names of entries that matter.</summary>
    internal HashSet<string> Names { get; } = new(StringComparer.Ordinal);
}
