using System.Threading.Tasks.Sources;

namespace Sluice.Transport.Epoll;

/// <summary>A call that waits for its socket. An asynchronous method would do the same at several times the cost, for each request four times.</summary>
/// <param name="loop">The loop of the socket.</param>
/// <param name="readiness">What is waited for.</param>
/// <param name="tryCall">Makes the call, on the thread of the signal; false when there is nothing yet after all. Its exception ends the
/// waiting.</param>
internal sealed class WhenReady<T>(EventLoop loop, Readiness readiness, WhenReady<T>.TryCall tryCall) : LoopCall, IValueTaskSource<T>, IValueTaskSource
{
    private static readonly Action<object?> OnReady = static state => ((WhenReady<T>)state!).Make();

    private ManualResetValueTaskSourceCore<T> _source;
    private T? _result;
    private Exception? _failure;

    /// <summary>Makes the call.</summary>
    public delegate bool TryCall(out T result);

    /// <summary>What the call that was started last returns.</summary>
    public ValueTask<T> Result => new(this, _source.Version);

    /// <summary>The end of the call that was started last; instead of <see cref="Result"/>.</summary>
    public ValueTask Completion => new(this, _source.Version);

    /// <summary>Calls as soon as it is worth it. One at a time.</summary>
    public void Start()
    {
        _source.Reset();
        readiness.OnReady(OnReady, this);
    }

    /// <summary>Calls now, on the loop's thread together with others, if it is worth it; else as soon as it is. One at a time.</summary>
    public void StartNow()
    {
        _source.Reset();
        if (!readiness.TryTake())
            readiness.OnReady(OnReady, this);
        else if (!loop.TryCallLater(this))
            Make();
    }

    /// <inheritdoc/>
    public override void Make()
    {
        try
        {
            if (!tryCall(out var result))
            {
                // The event was older than what had been received already, or the kernel has not taken all.
                readiness.OnReady(OnReady, this);
                return;
            }
            _result = result;
        }
        catch (Exception exception)
        {
            _failure = exception;
        }
        if (!loop.TryEndLater(this))
            End();
    }

    /// <inheritdoc/>
    public override void End()
    {
        var (result, failure) = (_result, _failure);
        (_result, _failure) = (default, null);
        if (failure is null)
            _source.SetResult(result!);
        else
            _source.SetException(failure);
    }

    T IValueTaskSource<T>.GetResult(short token) => _source.GetResult(token);

    void IValueTaskSource.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<T>.GetStatus(short token) => _source.GetStatus(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<T>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}
