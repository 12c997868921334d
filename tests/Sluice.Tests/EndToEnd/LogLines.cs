namespace Sluice.Tests.EndToEnd;

/// <summary>Lines that a process wrote, and a way to wait for one.</summary>
internal sealed class LogLines
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];
    private bool _ended;
    private readonly List<(Func<string, bool> Wanted, TaskCompletionSource<string> Found)> _waiting = [];

    public void Add(string line)
    {
        lock (_gate)
        {
            _lines.Add(line);
            foreach (var waiter in _waiting.Where(w => w.Wanted(line)).ToList())
            {
                _waiting.Remove(waiter);
                waiter.Found.SetResult(line);
            }
        }
    }

    /// <summary>No line will follow: nobody waits for one any more.</summary>
    public void End()
    {
        lock (_gate)
        {
            _ended = true;
            foreach (var (_, found) in _waiting)
                found.SetException(new EndOfStreamException());
            _waiting.Clear();
        }
    }

    /// <summary>The first line that contains a text, also one that came before.</summary>
    public Task<string> WhenAsync(string text) => WhenAsync(line => line.Contains(text, StringComparison.Ordinal), text);

    public override string ToString()
    {
        lock (_gate)
            return string.Join(Environment.NewLine, _lines);
    }

    private async Task<string> WhenAsync(Func<string, bool> wanted, string what)
    {
        TaskCompletionSource<string> found;
        lock (_gate)
        {
            if (_lines.FirstOrDefault(wanted) is { } line)
                return line;
            if (_ended)
                throw new EndOfStreamException($"the process ended without a line with '{what}':{Environment.NewLine}{this}");
            found = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((wanted, found));
        }
        try
        {
            return await found.Task.WaitAsync(Patience);
        }
        catch (Exception e) when (e is TimeoutException or EndOfStreamException)
        {
            throw new TimeoutException($"no line with '{what}' in:{Environment.NewLine}{this}", e);
        }
    }
}
