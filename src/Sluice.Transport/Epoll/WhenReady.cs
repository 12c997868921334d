using System.Threading.Tasks.Sources;

namespace Sluice.Transport.Epoll;

/// <summary>A call that waits for its socket. An asynchronous method would do the same at several times the cost, for each request twice.</summary>
/// <param name="readiness">What is waited for.</param>
/// <param name="tryCall">Makes the call, on the thread of the signal; false when there is nothing yet after all. Its exception ends the
/// waiting.</param>
internal sealed class WhenReady<T>(Readiness readiness, WhenReady<T>.TryCall tryCall) : IValueTaskSource<T>
{
    private static readonly Action<object?> OnReady = static state => ((WhenReady<T>)state!).Call();

    private ManualResetValueTaskSourceCore<T> _source;

    /// <summary>Makes the call.</summary>
    public delegate bool TryCall(out T result);

    /// <summary>Calls as soon as it is worth it. One at a time.</summary>
    public ValueTask<T> Start()
    {
        _source.Reset();
        readiness.OnReady(OnReady, this);
        return new ValueTask<T>(this, _source.Version);
    }

    T IValueTaskSource<T>.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<T>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<T>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    private void Call()
    {
        T result;
        try
        {
            if (!tryCall(out result))
            {
                // The event was older than what had been received already.
                readiness.OnReady(OnReady, this);
                return;
            }
        }
        catch (Exception exception)
        {
            _source.SetException(exception);
            return;
        }
        _source.SetResult(result);
    }
}
