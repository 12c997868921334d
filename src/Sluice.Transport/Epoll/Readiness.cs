using System.Threading.Tasks.Sources;

namespace Sluice.Transport.Epoll;

/// <summary>Whether one direction of a socket is worth a system call, and who waits for that. At most one waiter at a time; signals come
/// from the loop, and from whoever cancels or aborts.</summary>
/// <remarks>With edge-triggered events a direction stays ready until a call shows that it is not: then the next edge is certain to come.
/// That is what saves the second, failing call for each request.</remarks>
internal sealed class Readiness : IValueTaskSource
{
    private const int Idle = 0;
    private const int Ready = 1;
    private const int Waiting = 2;

    private static readonly Action<object?> SetWaiter = static state => ((Readiness)state!)._waiter.SetResult(true);

    private ManualResetValueTaskSourceCore<bool> _waiter;
    private Action<object?>? _continuation;
    private object? _continuationState;
    private int _state;

    public Readiness(bool ready) => _state = ready ? Ready : Idle;

    /// <summary>Takes the readiness: the caller now makes the system call, and puts it back when there may be more.</summary>
    public bool TryTake() => Interlocked.CompareExchange(ref _state, Idle, Ready) == Ready;

    /// <summary>Whether a call is worth it; a hint only.</summary>
    public bool IsReady => Volatile.Read(ref _state) == Ready;

    /// <summary>Marks the direction as ready and wakes the waiter, whose continuation runs before this returns.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Signal()
    {
        while (true)
        {
            switch (Interlocked.CompareExchange(ref _state, Ready, Idle))
            {
                case Idle or Ready:
                    return false;
                default:
                    if (Interlocked.CompareExchange(ref _state, Idle, Waiting) != Waiting)
                        continue;
                    _continuation!(_continuationState);
                    return true;
            }
        }
    }

    /// <summary>Calls back once with the readiness taken: on the thread of the signal, or at once.</summary>
    public void OnReady(Action<object?> continuation, object? state)
    {
        (_continuation, _continuationState) = (continuation, state);
        if (Interlocked.CompareExchange(ref _state, Waiting, Idle) == Idle)
            return;
        // It is ready already.
        Interlocked.Exchange(ref _state, Idle);
        continuation(state);
    }

    /// <summary>Waits for readiness and takes it.</summary>
    public ValueTask WaitAsync()
    {
        if (TryTake())
            return default;
        _waiter.Reset();
        OnReady(SetWaiter, this);
        return new ValueTask(this, _waiter.Version);
    }

    void IValueTaskSource.GetResult(short token) => _waiter.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _waiter.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _waiter.OnCompleted(continuation, state, token, flags);
}
