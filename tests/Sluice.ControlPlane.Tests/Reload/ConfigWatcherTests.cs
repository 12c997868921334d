using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Sluice.ControlPlane.Reload;

namespace Sluice.ControlPlane.Tests.Reload;

public sealed class ConfigWatcherTests : IDisposable
{
    // A change is in force within 1.5 s, noticing it included; tests allow three times that.
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(4.5);

    private readonly ChangingFolder _folder = new();
    private readonly ChangingFolder _elsewhere = new();

    public void Dispose()
    {
        _folder.Dispose();
        _elsewhere.Dispose();
    }

    /// <summary>Each way in which a configuration is changed, with what is there before.</summary>
    public static TheoryData<string, bool> Changes()
    {
        var data = new TheoryData<string, bool>();
        foreach (var name in Cases.Keys)
        {
            data.Add(name, false);
            if (!NeedsThePoll.Contains(name))
                data.Add(name, true);
        }
        return data;
    }

    // A folder is watched from inside, so not that it is moved away; and a new sub-folder may be filled before it is watched.
    private static readonly string[] NeedsThePoll = ["whole folder moved away", "file in a new sub-folder"];

    private static readonly Dictionary<string, (Action<ConfigWatcherTests> Before, Action<ConfigWatcherTests> Change)> Cases = new()
    {
        ["edit in place"] = (t => t._folder.Write("a.yaml", "1"), t => t._folder.Write("a.yaml", "2")),
        ["rename over it"] = (t => t._folder.Write("a.yaml", "1"), t => t._folder.Replace("a.yaml", "2")),
        ["new file"] = (t => t._folder.Write("a.yaml", "1"), t => t._folder.Write("b.yaml", "2")),
        ["deleted file"] = (t => t._folder.Write("a.yaml", "1"), t => File.Delete(t._folder.At("a.yaml"))),
        ["renamed file"] = (t => t._folder.Write("a.yaml", "1"), t => File.Move(t._folder.At("a.yaml"), t._folder.At("b.yaml"))),
        ["renamed folder"] = (t => t._folder.Write("one/a.yaml", "1"), t => Directory.Move(t._folder.At("one"), t._folder.At("two"))),
        ["file in a new sub-folder"] = (_ => { }, t => t._folder.Write("new/sub/a.yaml", "1")),
        ["file in an old sub-folder"] = (t => t._folder.Write("sub/a.yaml", "1"), t => t._folder.Write("sub/a.yaml", "2")),
        ["whole folder moved away"] = (t => t._folder.Write("a.yaml", "1"), t => Directory.Move(t._folder.Path, t._elsewhere.At("gone"))),
        ["swapped ..data"] = (t => t._folder.Mount("", ("a.yaml", "1")), t => t._folder.Mount("", ("a.yaml", "2"))),
        ["link to another file"] = (
            t =>
            {
                t._elsewhere.Write("1.yaml", "x");
                t._elsewhere.Write("2.yaml", "x");
                t._folder.Link("a.yaml", t._elsewhere.At("1.yaml"));
            },
            t => t._folder.Link("a.yaml", t._elsewhere.At("2.yaml"))),
        ["file behind a link"] = (
            t => t._folder.Link("a.yaml", t._elsewhere.Write("1.yaml", "x")),
            t => t._elsewhere.Write("1.yaml", "y")),
        ["file in a linked folder"] = (
            t =>
            {
                t._elsewhere.Write("sub/1.yaml", "x");
                t._folder.Link("linked", t._elsewhere.Path);
            },
            t => t._elsewhere.Write("sub/1.yaml", "y")),
        ["link behind a link"] = (
            t =>
            {
                t._elsewhere.Write("v1/1.yaml", "x");
                t._elsewhere.Write("v2/1.yaml", "x");
                t._elsewhere.Link("current", "v1");
                t._folder.Link("a.yaml", t._elsewhere.At("current/1.yaml"));
            },
            t => t._elsewhere.Link("current", "v2")),
        ["link in a circle, mended"] = (
            t =>
            {
                t._folder.Link("a.yaml", "b.yaml");
                t._folder.Link("b.yaml", "a.yaml");
            },
            t => t._folder.Replace("b.yaml", "1")),
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Notices_a_change_by_notifications_or_by_the_poll_alone(string change, bool notifications)
    {
        var (before, act) = Cases[change];
        before(this);
        await using var watch = Watching([_folder.Path], notifications: notifications, poll: !notifications);

        act(this);

        await watch.Changed();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Notices_a_single_file_a_mesh_config_and_a_certificate(bool notifications)
    {
        _folder.Write("a.yaml", "1");
        _folder.Write("mesh.yaml", "1");
        _elsewhere.Write("tls.crt", "1");
        await using var watch = Watching([_folder.At("a.yaml")], _folder.At("mesh.yaml"), notifications);
        watch.Watcher.Watch([_elsewhere.At("tls.crt")]);
        // Written just now, so that it may have been read before: the watcher says so once.
        await watch.Changed();

        _folder.Write("a.yaml", "2");
        await watch.Changed();
        _folder.Write("mesh.yaml", "2");
        await watch.Changed();
        _elsewhere.Replace("tls.crt", "2");
        await watch.Changed();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Notices_a_folder_that_is_made_again(bool notifications)
    {
        _folder.Write("conf/a.yaml", "1");
        await using var watch = Watching([_folder.At("conf")], notifications: notifications);

        Directory.Delete(_folder.At("conf"), recursive: true);
        await watch.Changed();
        _folder.Write("conf/a.yaml", "1");
        await watch.Changed();
        _folder.Write("conf/a.yaml", "2");
        await watch.Changed();
    }

    [Fact]
    public void Sees_another_content_although_size_and_time_are_the_same()
    {
        var path = _folder.Write("a.yaml", "1");
        var written = File.GetLastWriteTimeUtc(path);
        var files = new WatchedFiles([_folder.Path], TimeProvider.System);
        files.Look();

        _folder.Write("a.yaml", "2");
        File.SetLastWriteTimeUtc(path, written);

        Assert.True(files.Look());
        Assert.False(files.Look());
    }

    [Fact]
    public void Sees_no_change_in_what_is_not_configuration()
    {
        _folder.Write("a.yaml", "1");
        var files = new WatchedFiles([_folder.Path], TimeProvider.System);
        files.Look();

        _folder.Write("README.md", "1");
        _folder.Write(".a.yaml.swp", "1");
        _folder.Write(".git/index.yaml", "1");
        File.WriteAllText(_folder.At("a.yaml"), "1");

        // The time of a.yaml did change, so that it counts: only its content is the same.
        Assert.True(files.Look());
        _folder.Write("README.md", "2");
        Assert.False(files.Look());
    }

    [Fact]
    public async Task Watches_no_more_folders_after_many_changes_than_before()
    {
        _folder.Mount("", ("a.yaml", "0"));
        _folder.Link("linked", _elsewhere.Path);
        await using var watch = Watching([_folder.Path]);
        var before = watch.Watcher.NotifyingFolders;

        for (var i = 1; i <= 5; i++)
        {
            _folder.Mount("", ("a.yaml", i.ToString()));
            _elsewhere.Write($"sub{i}/b.yaml", "1");
            await watch.Changed();
        }

        Assert.Equal(2, before);
        Assert.Equal(before, watch.Watcher.NotifyingFolders);
        await watch.DisposeAsync();
        Assert.Equal(0, watch.Watcher.NotifyingFolders);
    }

    [Fact]
    public async Task Leaves_folders_beyond_its_share_to_the_poll()
    {
        var paths = Enumerable.Range(0, 40).Select(i => _folder.Write($"{i}/a.yaml", "1")).ToArray();
        await using var watch = Watching(paths);

        Assert.Equal(16, watch.Watcher.NotifyingFolders);
        foreach (var path in new[] { paths[0], paths[39] })
        {
            File.WriteAllText(path, "two");
            await watch.Changed();
        }
    }

    private static Watch Watching(string[] paths, string? mesh = null, bool notifications = true, bool poll = true)
    {
        var changes = Channel.CreateUnbounded<bool>();
        var log = new RecordingLog<ConfigWatcher>();
        var watcher = new ConfigWatcher(
            paths, mesh, () => changes.Writer.TryWrite(true), TimeProvider.System, log)
        {
            UseNotifications = notifications,
            PollInterval = TimeSpan.FromMilliseconds(poll ? 50 : 3_600_000),
        };
        watcher.Start();
        return new Watch(watcher, changes.Reader, log);
    }

    private sealed record Watch(ConfigWatcher Watcher, ChannelReader<bool> Changes, RecordingLog<ConfigWatcher> Log) : IAsyncDisposable
    {
        internal async Task Changed()
        {
            await Changes.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Deadline);
            // A step that took several system calls may be seen in several looks.
            while (Changes.TryRead(out _))
                continue;
        }

        public async ValueTask DisposeAsync()
        {
            await Watcher.DisposeAsync();
            Assert.DoesNotContain(Log.Entries, e => e.Level >= LogLevel.Error);
        }
    }
}
