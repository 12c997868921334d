using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Sluice.ControlPlane.Reload;

/// <summary>Says that something may have changed in the files that the configuration is read from. It compares what it sees with what it
/// saw (names, sizes, times, the targets of symbolic links, the content of files just written), when the operating system notifies it
/// and twice a second besides: notifications are lost on network file systems and beyond the limits of inotify.</summary>
/// <remarks>Start it before the first load, then no change goes unnoticed between the two.</remarks>
public sealed class ConfigWatcher : IAsyncDisposable
{
    private static readonly TimeSpan ShortestRest = TimeSpan.FromMilliseconds(20);

    // Thousands of files are looked at a little less often, so that polling takes a twentieth of a processor. Much longer is too long:
    // a change must be in force within one and a half.
    private static readonly TimeSpan LongestPollInterval = TimeSpan.FromMilliseconds(700);
    private const int PollShare = 20;

    // True: the operating system says that something changed; false: it is time to look.
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stop = new();
    private readonly Action _changed;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly WatchedFiles _config;
    private readonly FolderWatches _notifications;
    private WatchedFiles _extra;
    private IReadOnlyList<string> _wantedExtra = [];
    private Task _looking = Task.CompletedTask;

    /// <param name="paths">What <c>--config</c> names: files, and folders with everything below.</param>
    /// <param name="meshConfigPath">What <c>--mesh-config</c> names.</param>
    /// <param name="changed">Called on each change, from a thread of the pool; must not block. <c>ReloadLoop.Signal</c>.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Says where notifications can't be had.</param>
    public ConfigWatcher(IReadOnlyList<string> paths, string? meshConfigPath, Action changed, TimeProvider time, ILogger<ConfigWatcher> log)
    {
        _changed = changed;
        _time = time;
        _log = log;
        _config = new WatchedFiles(meshConfigPath is null ? paths : [.. paths, meshConfigPath], time);
        _extra = new WatchedFiles([], time);
        _notifications = new FolderWatches(Wake, log);
    }

    /// <summary>Off leaves everything to the poll, as where inotify does not work.</summary>
    internal bool UseNotifications { get; init; } = true;

    /// <summary>Time between two looks that nobody asked for.</summary>
    internal TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How many folders the operating system reports on.</summary>
    internal int NotifyingFolders => _notifications.Count;

    /// <summary>Takes in how the files look now, and reports every change from here on.</summary>
    public void Start()
    {
        _config.Look();
        _extra.Look();
        FollowFolders();
        _looking = KeepLookingAsync(_stop.Token);
    }

    /// <summary>Watches these files, too (certificates, say), instead of those of the last call. A file that was changed in the last
    /// seconds counts as changed: it may have been read before.</summary>
    public void Watch(IEnumerable<string> files)
    {
        Volatile.Write(ref _wantedExtra, [.. files.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]);
        Wake();
    }

    /// <summary>Stops; nothing is reported afterwards.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
            return;
        await _stop.CancelAsync();
        await _looking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _notifications.Dispose();
        _stop.Dispose();
    }

    private void Wake() => _wake.Writer.TryWrite(true);

    private async Task KeepLookingAsync(CancellationToken stop)
    {
        await using var poll = _time.CreateTimer(_ => _wake.Writer.TryWrite(false), null, PollInterval, Timeout.InfiniteTimeSpan);
        await foreach (var notified in _wake.Reader.ReadAllAsync(stop))
        {
            var start = _time.GetTimestamp();
            Look(notified);
            var took = _time.GetElapsedTime(start);
            poll.Change(Longer(PollInterval, Shorter(LongestPollInterval, took * PollShare)), Timeout.InfiniteTimeSpan);
            // However many notifications there are, at least half of the time is rest.
            await Task.Delay(Longer(ShortestRest, took), _time, stop);
        }
    }

    private static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private void Look(bool notified)
    {
        try
        {
            var changed = _config.Look();
            changed |= LookAtExtra();
            // Nobody reported this change: a watch may belong to a folder that was removed and made again since.
            if (changed && !notified)
                _notifications.Dispose();
            FollowFolders();
            if (changed)
                _changed();
        }
        catch (Exception e)
        {
            // Whatever a file system may come up with: the next look may fare better, and without one no change would be noticed again.
            WatchLog.LookFailed(_log, PollInterval, e);
        }
    }

    private bool LookAtExtra()
    {
        var wanted = Volatile.Read(ref _wantedExtra);
        if (_extra.Paths.SequenceEqual(wanted))
            return _extra.Look();
        // What changed in the old set is told once more; files that join are compared from now on.
        var changed = _extra.Look();
        _extra = new WatchedFiles(wanted, _time);
        _extra.Look();
        return changed || _extra.AnyYoung;
    }

    private void FollowFolders()
    {
        // One more look after a watch has begun: it reports only what comes after.
        if (UseNotifications && _notifications.Follow(_config.Folders.Concat(_extra.Folders)))
            Wake();
    }
}
