using System.Threading.Tasks.Sources;

namespace Sluice.Transport.Epoll;

/// <summary>A receive that waits for its socket. An asynchronous method would do the same at several times the cost, for each request
/// twice.</summary>
internal sealed class PendingReceive(EpollSocket socket) : IValueTaskSource<int>
{
    private static readonly Action<object?> OnReadable = static state => ((PendingReceive)state!).Continue();

    private ManualResetValueTaskSourceCore<int> _source;
    private Memory<byte> _buffer;

    /// <summary>Receives as soon as there is something. One at a time.</summary>
    public ValueTask<int> Start(Memory<byte> buffer)
    {
        _source.Reset();
        _buffer = buffer;
        socket.Readable.OnReady(OnReadable, this);
        return new ValueTask<int>(this, _source.Version);
    }

    int IValueTaskSource<int>.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    private void Continue()
    {
        int received;
        try
        {
            received = socket.Receive(_buffer.Span);
        }
        catch (Exception exception)
        {
            _buffer = default;
            _source.SetException(exception);
            return;
        }
        if (received < 0)
        {
            // The event was older than what had been received already.
            socket.Readable.OnReady(OnReadable, this);
            return;
        }
        _buffer = default;
        _source.SetResult(received);
    }
}
