using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Sluice.Api.Findings;
using Sluice.DataPlane.Pipeline;

namespace Sluice.ControlPlane.Reload;

/// <summary>The only writer of the snapshot in force. It waits for a signal, then for quiet, and then goes the whole way from the files
/// to a published snapshot, or stops at the first error and leaves everything as it was.</summary>
/// <param name="loader">Reads, validates, compiles.</param>
/// <param name="live">Where snapshots are put in force.</param>
/// <param name="listeners">Opens and closes ports.</param>
/// <param name="endpoints">Knows the addresses of endpoints that are written as names.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Says what came of each attempt, with file and line of each error.</param>
public sealed class ReloadLoop(
    ConfigLoader loader, LiveSnapshot live, ListenerSteps listeners, NamedEndpoints endpoints, TimeProvider time, ILogger<ReloadLoop> log)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    // A change is to be in force within one and a half seconds, whatever a resolver does; a gateway that starts has more time than clients
    // have patience with its first answers.
    private static readonly TimeSpan PatienceWithNames = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan PatienceAtStart = TimeSpan.FromSeconds(2);

    private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Lock _gate = new();
    private TaskCompletionSource<ReloadAttempt>? _asked;
    private bool _stopped;
    private long _lastSignal;
    private volatile ReloadStatus _status = ReloadStatus.Nothing;

    /// <summary>What is in force and how the last attempt went.</summary>
    public ReloadStatus Status => _status;

    /// <summary>Raised after each attempt, when <see cref="Status"/> tells of it already. Handlers run on the loop and must not block.</summary>
    public event Action<ReloadAttempt>? Attempted;

    /// <summary>The first load. Whether the process goes on after a refused one is for the caller to decide. Call it once, before
    /// <see cref="RunAsync"/>.</summary>
    public Task<ReloadAttempt> FirstLoadAsync(CancellationToken stop) => AttemptAsync(asked: true, stop);

    /// <summary>Says that something may have changed. Never blocks; many signals make one reload.</summary>
    public void Signal()
    {
        Volatile.Write(ref _lastSignal, time.GetTimestamp());
        _signals.Writer.TryWrite(true);
    }

    /// <summary>Reloads without waiting for quiet, and returns when it is done, also when it was refused. Calls that come while a reload
    /// is on its way share the next one, because theirs may be a change that it did not see any more.</summary>
    /// <exception cref="OperationCanceledException">The loop ended first.</exception>
    public Task<ReloadAttempt> ReloadNow()
    {
        lock (_gate)
        {
            if (_stopped)
                return Task.FromCanceled<ReloadAttempt>(new CancellationToken(canceled: true));
            _asked ??= new TaskCompletionSource<ReloadAttempt>(TaskCreationOptions.RunContinuationsAsynchronously);
            _signals.Writer.TryWrite(true);
            return _asked.Task;
        }
    }

    /// <summary>Reloads whenever there is a signal, until it is stopped.</summary>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (await _signals.Reader.WaitToReadAsync(stop))
            {
                await UntilQuietAsync(stop);
                var asked = TakeAsked();
                try
                {
                    var attempt = await AttemptAsync(asked is not null, stop);
                    asked?.SetResult(attempt);
                }
                finally
                {
                    // No-one waits for ever for an attempt that was stopped.
                    asked?.TrySetCanceled(CancellationToken.None);
                }
            }
        }
        finally
        {
            lock (_gate)
                _stopped = true;
            TakeAsked()?.TrySetCanceled(CancellationToken.None);
        }
    }

    // Takes the tokens, too: the attempt that follows answers them all.
    private TaskCompletionSource<ReloadAttempt>? TakeAsked()
    {
        lock (_gate)
        {
            _signals.Reader.TryRead(out _);
            var asked = _asked;
            _asked = null;
            return asked;
        }
    }

    /// <summary>Takes in the signals of a burst: a script that writes two hundred files, an editor that writes one in two halves.</summary>
    private async Task UntilQuietAsync(CancellationToken stop)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            lock (_gate)
            {
                if (_asked is not null)
                    return;
            }
            var quiet = Quiet - time.GetElapsedTime(Volatile.Read(ref _lastSignal));
            var left = LongestWait - time.GetElapsedTime(start);
            var wait = quiet < left ? quiet : left;
            if (wait <= TimeSpan.Zero)
                return;
            await Task.Delay(wait, time, stop);
        }
    }

    private async Task<ReloadAttempt> AttemptAsync(bool asked, CancellationToken stop)
    {
        var started = new Started(time.GetUtcNow(), time.GetTimestamp());
        var before = _status;
        ReloadStatus after;
        try
        {
            after = await LoadAsync(before, started, stop);
        }
        catch (Exception e) when (!stop.IsCancellationRequested)
        {
            // A fault of ours must not take down a gateway that serves: the last good configuration goes on, and the fault is reported.
            ReloadLog.Failed(log, e);
            after = before.Refused(Ended(started, before, ReloadOutcome.Refused, "", [ReloadFindings.For(e)]), refused: null);
        }
        _status = after;
        var attempt = after.LastReload!;
        Report(attempt, before, asked);
        if (attempt.Outcome == ReloadOutcome.Published)
            await CloseOthersAsync(stop);
        Attempted?.Invoke(attempt);
        return attempt;
    }

    private async Task<ReloadStatus> LoadAsync(ReloadStatus before, Started started, CancellationToken stop)
    {
        var config = loader.Read(stop);
        if (before.IsInForce(config))
            return before.Unchanged(Ended(started, before, ReloadOutcome.Unchanged, config.Hash, before.Findings));

        var generation = before.Generation + 1;
        var result = loader.Build(config, live.Current, generation);
        if (result.Compiled is not { Snapshot: var snapshot } compiled)
            return before.Refused(Ended(started, before, ReloadOutcome.Refused, config.Hash, result.Findings), config);

        var prepared = endpoints.PrepareAsync(compiled, before.Generation == 0 ? PatienceAtStart : PatienceWithNames, stop);
        var errors = await listeners.Open(snapshot, stop);
        if (errors.Count > 0)
        {
            Finding[] findings = [.. result.Findings, .. errors.Select(ReloadFindings.For)];
            var refused = Ended(started, before, ReloadOutcome.Refused, config.Hash, findings) with { BindErrors = errors };
            endpoints.Forget();
            return before.Refused(refused, config);
        }

        await prepared;
        result = result with { Findings = [.. result.Findings, .. endpoints.Findings(compiled)] };
        endpoints.Publish(compiled);
        var published = Ended(started, before, ReloadOutcome.Published, config.Hash, result.Findings) with { Generation = generation };
        return ReloadStatus.Published(published, result, time.GetUtcNow());
    }

    private ReloadAttempt Ended(
        Started started, ReloadStatus before, ReloadOutcome outcome, string hash, IReadOnlyList<Finding> findings) => new()
        {
            At = started.At,
            Duration = time.GetElapsedTime(started.Timestamp),
            Outcome = outcome,
            Generation = before.Generation,
            Hash = hash,
            Findings = findings,
        };

    private async Task CloseOthersAsync(CancellationToken stop)
    {
        try
        {
            await listeners.CloseOthers(live.Current, stop);
        }
        catch (Exception e) when (!stop.IsCancellationRequested)
        {
            // The new snapshot is in force; a port that stays open too long finds no listener in it and serves nothing.
            ReloadLog.CloseFailed(log, e);
        }
    }

    private void Report(ReloadAttempt attempt, ReloadStatus before, bool asked)
    {
        switch (attempt.Outcome)
        {
            case ReloadOutcome.Published:
                ReloadLog.Published(log, attempt.Generation, _status.Objects.Count, (long)attempt.Duration.TotalMilliseconds);
                ReloadLog.Findings(log, attempt.Findings, refused: false);
                break;
            case ReloadOutcome.Unchanged:
                ReloadLog.Unchanged(log);
                break;
            // Said once: other files change while the error is still there.
            case ReloadOutcome.Refused when asked || before.LastReload is not { Ok: false } last || !last.Findings.SequenceEqual(attempt.Findings):
                ReloadLog.Findings(log, attempt.Findings, refused: true);
                ReloadLog.Refused(log, attempt.Findings.Count(f => f.StopsLoad), attempt.Generation);
                break;
        }
    }

    private readonly record struct Started(DateTimeOffset At, long Timestamp);
}
