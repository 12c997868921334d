using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Sluice.ControlPlane.Discovery.Names;

/// <summary>The addresses of the names that endpoints have. Each name is asked for again and again, as long as it is followed; when there is
/// no answer, the last good one stays.</summary>
/// <remarks>A name is asked for every 5 seconds, more rarely where there are more than a hundred (at most 20 look-ups a second, at the least
/// one a minute for each), or as often as the MeshConfig's <c>dnsRefreshRate</c> says. After a failure it is asked for after 1, 2, 4, ...
/// seconds, until that is the usual time. All times are drawn from ±10 %, so that names don't gather.</remarks>
/// <param name="lookup">Asks.</param>
/// <param name="time">The clock.</param>
/// <param name="dice">Draws uniformly from 0 to below its argument.</param>
/// <param name="log">Says which names fail.</param>
public sealed class NameTable(NameLookup lookup, TimeProvider time, Func<int, int> dice, ILogger<NameTable> log) : IAsyncDisposable
{
    private const int MostAtOnce = 16;
    private const int MostDoublings = 6;
    private const int JitterPercent = 10;

    private static readonly TimeSpan LongestLookup = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestInterval = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan IntervalByName = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, FollowedName> _names = new(StringComparer.OrdinalIgnoreCase);
    private readonly SemaphoreSlim _turns = new(MostAtOnce);
    private TimeSpan? _interval;

    /// <summary>Raised with a name when its answer differs from the one before; on a thread of the pool.</summary>
    public event Action<string>? Changed;

    /// <summary>What is known about each name that is followed.</summary>
    public IReadOnlyList<NameState> All
    {
        get
        {
            lock (_gate)
                return [.. _names.Values.Select(n => n.State).OrderBy(s => s.Name, StringComparer.Ordinal)];
        }
    }

    /// <summary>What is known about a name; of one that is not followed nothing.</summary>
    public NameState Find(string name)
    {
        lock (_gate)
            return _names.TryGetValue(name, out var followed) ? followed.State : new NameState(name);
    }

    /// <summary>Follows names beside those that are followed already.</summary>
    /// <param name="names">The names.</param>
    /// <param name="interval">Time between two look-ups; null for the usual.</param>
    /// <returns>Ends when something is known about each of them.</returns>
    public Task FollowAsync(IEnumerable<string> names, TimeSpan? interval)
    {
        lock (_gate)
        {
            _interval = interval;
            var known = new List<Task>();
            foreach (var name in names)
            {
                if (!_names.TryGetValue(name, out var followed))
                {
                    _names[name] = followed = new FollowedName(name);
                    followed.Following = Task.Run(() => KeepAskingAsync(followed));
                }
                known.Add(followed.Known);
            }
            return Task.WhenAll(known);
        }
    }

    /// <summary>Follows no other names than these any more, and forgets what is known about the others.</summary>
    public void Keep(IReadOnlySet<string> names)
    {
        lock (_gate)
        {
            foreach (var name in _names.Keys.Where(n => !names.Contains(n)).ToList())
            {
                _names.Remove(name, out var followed);
                followed!.Stop.Cancel();
            }
        }
    }

    /// <summary>Stops asking.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] following;
        lock (_gate)
            following = [.. _names.Values.Select(n => n.Following)];
        Keep(new HashSet<string>());
        await Task.WhenAll(following).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _turns.Dispose();
    }

    private async Task KeepAskingAsync(FollowedName name)
    {
        var failures = 0;
        while (true)
        {
            await _turns.WaitAsync(name.Stop.Token);
            try
            {
                failures = await AskAsync(name) ? 0 : failures + 1;
            }
            finally
            {
                _turns.Release();
            }
            await Task.Delay(WaitAfter(failures), time, name.Stop.Token);
        }
    }

    /// <summary>Asks once; false when there was no answer.</summary>
    private async Task<bool> AskAsync(FollowedName name)
    {
        var before = name.State;
        try
        {
            var addresses = await LookUpAsync(name);
            name.State = before.Resolved(addresses, time.GetUtcNow());
        }
        catch (Exception e) when (!name.Stop.IsCancellationRequested)
        {
            // Whatever a resolver may come up with: the last good answer stays, and it is said that there is no newer one.
            name.State = before.Failed(ReasonOf(e), time.GetUtcNow());
        }
        name.MarkKnown();
        Tell(before, name.State);
        return name.State.Error is null;
    }

    private async Task<IPAddress[]> LookUpAsync(FollowedName name)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(name.Stop.Token);
        await using var timer = time.CreateTimer(
            static source => ((CancellationTokenSource)source!).Cancel(), limit, LongestLookup, Timeout.InfiniteTimeSpan);
        var addresses = await lookup(name.State.Name, limit.Token);
        return addresses.Length > 0 ? addresses : throw new SocketException((int)SocketError.NoData);
    }

    private void Tell(NameState before, NameState now)
    {
        NameLog.Tell(log, before, now);
        if (before.Addresses.SequenceEqual(now.Addresses))
            return;
        try
        {
            Changed?.Invoke(now.Name);
        }
        catch (Exception e)
        {
            // A fault of ours must not end the following of a name; the next change tries again.
            NameLog.NotApplied(log, now.Name, e);
        }
    }

    private TimeSpan WaitAfter(int failures)
    {
        TimeSpan wait;
        lock (_gate)
            wait = _interval ?? Within(IntervalByName * _names.Count, ShortestInterval, LongestInterval);
        if (failures > 0)
            wait = Within(FirstRetry * (1 << Math.Min(failures - 1, MostDoublings)), TimeSpan.Zero, wait);
        return wait * ((100 - JitterPercent + dice(2 * JitterPercent + 1)) / 100.0);
    }

    private static TimeSpan Within(TimeSpan wanted, TimeSpan least, TimeSpan most) =>
        wanted > most ? most : wanted < least ? least : wanted;

    private static string ReasonOf(Exception e) => e switch
    {
        OperationCanceledException => $"no answer within {LongestLookup.TotalSeconds} s",
        SocketException { SocketErrorCode: SocketError.HostNotFound } => "no such name",
        SocketException { SocketErrorCode: SocketError.NoData } => "the name has no address",
        SocketException { SocketErrorCode: SocketError.TryAgain } => "no answer from the name server",
        _ => e.Message,
    };

    private sealed class FollowedName(string name)
    {
        private readonly TaskCompletionSource _known = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private volatile NameState _state = new(name);

        public NameState State
        {
            get => _state;
            set => _state = value;
        }

        public CancellationTokenSource Stop { get; } = new();

        public Task Following { get; set; } = Task.CompletedTask;

        public Task Known => _known.Task;

        public void MarkKnown() => _known.TrySetResult();
    }
}
