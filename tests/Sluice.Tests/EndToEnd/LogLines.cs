namespace Sluice.Tests.EndToEnd;

/// <summary>Lines that a process wrote, and a way to wait for one.</summary>
internal sealed class LogLines
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];
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
            found = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((wanted, found));
        }
        try
        {
            return await found.Task.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"no line with '{what}' in:{Environment.NewLine}{this}");
        }
    }
}
