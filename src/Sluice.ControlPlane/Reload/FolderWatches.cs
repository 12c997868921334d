using Microsoft.Extensions.Logging;

namespace Sluice.ControlPlane.Reload;

/// <summary>The notifications of the operating system for a changing set of folders. They only make a change noticed sooner: where one
/// can't be had (limits of inotify, a network file system) the poll of <see cref="ConfigWatcher"/> notices it.</summary>
/// <param name="wake">Called for each change that matters, from any thread.</param>
/// <param name="log">Says which folder is left to the poll.</param>
internal sealed class FolderWatches(Action wake, ILogger log) : IDisposable
{
    // Each costs a thread and one of the 128 inotify instances that a user has by default. Sub-folders share their parent's.
    private const int Most = 16;

    private readonly Dictionary<WatchKey, FolderWatch?> _watches = [];
    private readonly HashSet<string> _reported = new(StringComparer.Ordinal);

    /// <summary>How many folders are watched now.</summary>
    internal int Count => _watches.Values.Count(w => w is not null);

    /// <summary>Watches these folders and no others; what is watched already goes on without a gap.</summary>
    /// <returns>Whether the watch of a folder began just now. What changed in it between the last look and this is not reported.</returns>
    internal bool Follow(IEnumerable<FolderInterest> folders)
    {
        var opened = false;
        var wanted = Outermost(folders);
        foreach (var key in _watches.Keys.Except(wanted.Keys).ToArray())
        {
            _watches.Remove(key, out var gone);
            gone?.Dispose();
        }
        foreach (var (key, interest) in wanted)
        {
            if (_watches.TryGetValue(key, out var watch))
                watch?.Follow(interest);
            else
                opened |= (_watches[key] = Open(interest)) is not null;
        }
        return opened;
    }

    /// <summary>Ends all watches; those still wanted begin anew with the next <see cref="Follow"/>.</summary>
    public void Dispose()
    {
        foreach (var watch in _watches.Values)
            watch?.Dispose();
        _watches.Clear();
    }

    private static Dictionary<WatchKey, FolderInterest> Outermost(IEnumerable<FolderInterest> folders)
    {
        var wanted = new Dictionary<WatchKey, FolderInterest>();
        var whole = new List<string>();
        // Shorter paths first: a folder comes before those in it.
        foreach (var folder in folders.OrderBy(f => !f.Whole).ThenBy(f => f.Path.Length))
        {
            if (whole.Exists(w => IsIn(folder.Path, w)) || !Directory.Exists(folder.Path))
                continue;
            if (folder.Whole)
                whole.Add(folder.Path);
            wanted[new WatchKey(folder.Path, folder.Whole)] = folder;
        }
        return wanted;
    }

    private static bool IsIn(string path, string folder) =>
        path.StartsWith(folder, StringComparison.Ordinal)
        && (path.Length == folder.Length || path[folder.Length] == Path.DirectorySeparatorChar || Path.EndsInDirectorySeparator(folder));

    private FolderWatch? Open(FolderInterest interest)
    {
        if (Count >= Most)
        {
            Report(interest.Path, $"{Most} other folders have them");
            return null;
        }
        try
        {
            return new FolderWatch(interest, wake, Report);
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
        {
            // The framework says ArgumentException for a folder that vanished meanwhile.
            Report(interest.Path, e.Message);
            return null;
        }
    }

    private void Report(string folder, string reason)
    {
        lock (_reported)
        {
            if (_reported.Add(folder))
                WatchLog.NoNotifications(log, folder, reason);
        }
    }

    private readonly record struct WatchKey(string Path, bool Whole);

    private sealed class FolderWatch : IDisposable
    {
        private readonly FileSystemWatcher _watcher;
        private readonly Action _wake;
        private volatile FolderInterest _interest;

        internal FolderWatch(FolderInterest interest, Action wake, Action<string, string> report)
        {
            _interest = interest;
            _wake = wake;
            _watcher = new FileSystemWatcher(interest.Path)
            {
                IncludeSubdirectories = interest.Whole,
                NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite,
            };
            _watcher.Created += OnChange;
            _watcher.Changed += OnChange;
            _watcher.Deleted += OnChange;
            _watcher.Renamed += (_, e) => WakeFor(e.Name, e.OldName);
            _watcher.Error += (_, e) =>
            {
                report(interest.Path, e.GetException().Message);
                wake();
            };
            try
            {
                _watcher.EnableRaisingEvents = true;
            }
            catch
            {
                _watcher.Dispose();
                throw;
            }
        }

        internal void Follow(FolderInterest interest) => _interest = interest;

        public void Dispose() => _watcher.Dispose();

        private void OnChange(object sender, FileSystemEventArgs e) => WakeFor(e.Name, null);

        private void WakeFor(string? name, string? oldName)
        {
            var interest = _interest;
            if (interest.Whole || name is null || interest.Names.Contains(name) || oldName is not null && interest.Names.Contains(oldName))
                _wake();
        }
    }
}
