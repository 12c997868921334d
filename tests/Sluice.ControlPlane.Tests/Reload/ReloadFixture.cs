using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.ControlPlane.Compilation;
using Sluice.ControlPlane.Discovery.Names;
using Sluice.ControlPlane.Reload;
using Sluice.ControlPlane.Tests.Discovery;
using Sluice.DataPlane.Pipeline;

namespace Sluice.ControlPlane.Tests.Reload;

/// <summary>A folder, a loop that serves it, and a watcher on it when the test wants one.</summary>
internal sealed class ReloadFixture : IAsyncDisposable
{
    // A change is in force within 1.5 s; tests allow three times that.
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(4.5);

    private readonly Channel<ReloadAttempt> _attempts = Channel.CreateUnbounded<ReloadAttempt>();
    private readonly CancellationTokenSource _stop = new();
    private readonly ConfigWatcher? _watcher;
    private Task _running = Task.CompletedTask;

    internal ReloadFixture(bool watch = false, bool notifications = true, string folder = "conf", string? mesh = null, TimeProvider? time = null)
    {
        time ??= TimeProvider.System;
        Directory.CreateDirectory(Folder.At(folder));
        string[] paths = [Folder.At(folder)];
        var meshPath = mesh is null ? null : Folder.At(mesh);
        var loader = new ConfigLoader(paths, meshPath, new GatewayIdentity(), TimeProvider.System);
        NameTable = new NameTable(Resolver.LookUpAsync, time, _ => 0, NullLogger<NameTable>.Instance);
        var endpoints = new NamedEndpoints(NameTable, Live, time);
        Loop = new ReloadLoop(loader, Live, new ListenerSteps(Listeners.Open, Listeners.CloseOthers), endpoints, time, Log);
        Loop.Attempted += attempt => _attempts.Writer.TryWrite(attempt);
        if (watch)
        {
            _watcher = new ConfigWatcher(paths, meshPath, Loop.Signal, time, NullLogger<ConfigWatcher>.Instance)
            { UseNotifications = notifications };
            // As the executable does.
            Loop.Attempted += _ => _watcher.Watch(Status.Config?.NamedFiles.Locations ?? []);
        }
    }

    internal ChangingFolder Folder { get; } = new();

    internal LiveSnapshot Live { get; } = new();

    internal FakeListeners Listeners { get; } = new();

    internal FakeResolver Resolver { get; } = new();

    internal NameTable NameTable { get; }

    internal RecordingLog<ReloadLoop> Log { get; } = new();

    internal ReloadLoop Loop { get; }

    /// <summary>Cancelled when the loop is stopped.</summary>
    internal CancellationToken Stopping => _stop.Token;

    internal ReloadStatus Status => Loop.Status;

    /// <summary>Names of the objects in force.</summary>
    internal IEnumerable<string> Names => Status.Config!.All.Select(r => r.Name).Order();

    /// <summary>The first load, then the loop.</summary>
    internal async Task<ReloadAttempt> StartAsync()
    {
        _watcher?.Start();
        var first = await Loop.FirstLoadAsync(_stop.Token);
        _running = Loop.RunAsync(_stop.Token);
        return first;
    }

    /// <summary>The next attempt that ended so; those before it are passed over.</summary>
    internal async Task<ReloadAttempt> NextAsync(ReloadOutcome outcome)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        late.CancelAfter(Deadline);
        while (true)
        {
            var attempt = await _attempts.Reader.ReadAsync(late.Token);
            if (attempt.Outcome == outcome)
                return attempt;
        }
    }

    /// <summary>The attempt that put this generation in force, or a later one.</summary>
    internal async Task<ReloadAttempt> NextGenerationAsync(long generation)
    {
        while (true)
        {
            var attempt = await NextAsync(ReloadOutcome.Published);
            if (attempt.Generation >= generation)
                return attempt;
        }
    }

    /// <summary>Attempts that ended and were not awaited.</summary>
    internal int Unread => _attempts.Reader.Count;

    internal async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public async ValueTask DisposeAsync()
    {
        if (_watcher is not null)
            await _watcher.DisposeAsync();
        await StopAsync();
        await NameTable.DisposeAsync();
        _stop.Dispose();
        Folder.Dispose();
    }
}

/// <summary>Ports that are only counted.</summary>
internal sealed class FakeListeners
{
    /// <summary>What happened, in order.</summary>
    internal List<string> Steps { get; } = [];

    /// <summary>Decides about a port; null opens it.</summary>
    internal Func<int, string?> Refuse { get; set; } = _ => null;

    /// <summary>What opening waits for.</summary>
    internal Func<Task> Before { get; set; } = () => Task.CompletedTask;

    internal async Task<IReadOnlyList<BindError>> Open(Snapshot snapshot, CancellationToken stop)
    {
        await Before();
        Steps.Add($"open {snapshot.Generation}");
        return [.. from l in snapshot.Listeners
                   let reason = Refuse(l.Port)
                   where reason is not null
                   select new BindError(l, $"0.0.0.0:{l.Port}", reason)];
    }

    internal Task CloseOthers(Snapshot snapshot, CancellationToken stop)
    {
        Steps.Add($"close others than {snapshot.Generation}");
        return Task.CompletedTask;
    }
}
