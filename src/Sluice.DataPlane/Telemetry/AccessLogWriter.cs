using Prometheus;

namespace Sluice.DataPlane.Telemetry;

/// <summary>Carries lines to one file without making a request wait: lines gather in memory, and a task writes them. When that falls
/// behind, or the file fails, lines are dropped and counted.</summary>
internal sealed class AccessLogWriter : IAsyncDisposable
{
    private const int Capacity = 4 << 20;
    private const int WriteSoonAt = 64 << 10;
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(100);

    private readonly Func<Stream> _open;
    private readonly Action<Exception> _onError;
    private readonly Counter _dropped;
    private readonly System.Threading.ITimer _timer;
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly Task _writing;
    private readonly Lock _lock = new();
    private byte[] _gathering = new byte[WriteSoonAt];
    private byte[] _writingOut = new byte[WriteSoonAt];
    private int _length;
    private int _lines;
    private bool _woken;
    private bool _closed;

    /// <param name="open">Opens the file for appending; called again after an error.</param>
    /// <param name="onError">Told why the file can't be opened or written.</param>
    /// <param name="dropped">Counts lost lines.</param>
    /// <param name="time">Paces the writing.</param>
    public AccessLogWriter(Func<Stream> open, Action<Exception> onError, Counter dropped, TimeProvider time)
    {
        _open = open;
        _onError = onError;
        _dropped = dropped;
        _timer = time.CreateTimer(static self => ((AccessLogWriter)self!).Wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _writing = Task.Run(WriteAsync);
    }

    /// <summary>Takes one line.</summary>
    public void Write(ReadOnlySpan<byte> line)
    {
        lock (_lock)
        {
            var length = _length + line.Length;
            if (_closed || length > Capacity)
            {
                _dropped.Inc();
                return;
            }
            if (length > _gathering.Length)
                Array.Resize(ref _gathering, Math.Min(Capacity, Math.Max(_gathering.Length * 2, length)));
            line.CopyTo(_gathering.AsSpan(_length));
            if (_length == 0)
                _timer.Change(Delay, Timeout.InfiniteTimeSpan);
            _length = length;
            _lines++;
            if (length < WriteSoonAt)
                return;
        }
        Wake();
    }

    /// <summary>Writes what has gathered and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
            _closed = true;
        await _timer.DisposeAsync();
        Wake();
        await _writing;
        _wake.Dispose();
    }

    private void Wake()
    {
        lock (_lock)
        {
            if (_woken)
                return;
            _woken = true;
            _wake.Release();
        }
    }

    private async Task WriteAsync()
    {
        Stream? file = null;
        var last = false;
        while (!last)
        {
            await _wake.WaitAsync();
            var (length, lines) = Take(out last);
            if (length == 0)
                continue;
            try
            {
                file ??= _open();
                await file.WriteAsync(_writingOut.AsMemory(0, length));
                await file.FlushAsync();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
            {
                // Whoever watches the counter sees the loss; the next round tries to open the file again.
                _dropped.Inc(lines);
                _onError(e);
                if (file is not null)
                    await file.DisposeAsync();
                file = null;
            }
        }
        if (file is not null)
            await file.DisposeAsync();
    }

    private (int Length, int Lines) Take(out bool last)
    {
        lock (_lock)
        {
            (_gathering, _writingOut) = (_writingOut, _gathering);
            var taken = (_length, _lines);
            (_length, _lines, _woken, last) = (0, 0, false, _closed);
            return taken;
        }
    }
}
