using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace Sluice.Transport.Tasks;

/// <summary>How an asynchronous method ends, for whoever waits for that.</summary>
internal class MethodState<TResult> : IValueTaskSource<TResult>, IValueTaskSource
{
    private ManualResetValueTaskSourceCore<TResult> _end;

    /// <summary>Tells this use of the object from others.</summary>
    public short Version => _end.Version;

    /// <summary>Runs what waits.</summary>
    public void SetResult(TResult result) => _end.SetResult(result);

    /// <summary>Runs what waits.</summary>
    public void SetException(Exception exception) => _end.SetException(exception);

    TResult IValueTaskSource<TResult>.GetResult(short token) => End(token);

    void IValueTaskSource.GetResult(short token) => End(token);

    ValueTaskSourceStatus IValueTaskSource<TResult>.GetStatus(short token) => _end.GetStatus(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _end.GetStatus(token);

    void IValueTaskSource<TResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _end.OnCompleted(continuation, state, token, flags);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _end.OnCompleted(continuation, state, token, flags);

    /// <summary>The result has been taken: nobody has anything to do with this object any more.</summary>
    protected virtual void GiveBack()
    {
    }

    private TResult End(short token)
    {
        // A result that is taken too early, or twice, is the caller's error, and takes nothing away from its owner.
        var isOver = _end.GetStatus(token) != ValueTaskSourceStatus.Pending;
        try
        {
            return _end.GetResult(token);
        }
        finally
        {
            if (isOver)
            {
                _end.Reset();
                GiveBack();
            }
        }
    }
}

/// <summary>An asynchronous method that waits, or has waited.</summary>
internal sealed class MethodState<TResult, TStateMachine> : MethodState<TResult>
    where TStateMachine : IAsyncStateMachine
{
    // For each thread and method. What is more was a burst, and goes to the garbage collector.
    private const int Kept = 1024;

    private static readonly ContextCallback RunMachine = static state => ((MethodState<TResult, TStateMachine>)state!).Machine!.MoveNext();

    [ThreadStatic]
    private static MethodState<TResult, TStateMachine>? _free;

    private MethodState<TResult, TStateMachine>? _next;
    private int _depth;

    private MethodState() => Continuation = Resume;

    /// <summary>The method, and where it stands.</summary>
    public TStateMachine? Machine;

    /// <summary>What was in force when it began to wait, and is again when it goes on; null when nothing was to flow.</summary>
    public ExecutionContext? Context { get; set; }

    /// <summary>Lets the method go on.</summary>
    public Action Continuation { get; }

    /// <summary>One that nobody uses.</summary>
    public static MethodState<TResult, TStateMachine> Take()
    {
        if (_free is not { } state)
            return new MethodState<TResult, TStateMachine>();
        _free = state._next;
        state._next = null;
        return state;
    }

    /// <inheritdoc/>
    protected override void GiveBack()
    {
        Machine = default;
        Context = null;
        _depth = _free is { } first ? first._depth + 1 : 1;
        if (_depth > Kept)
            return;
        _next = _free;
        _free = this;
    }

    private void Resume()
    {
        // This object may be somebody else's when the machine returns.
        var context = Context;
        if (context is null || context == ExecutionContext.Capture())
        {
            Machine!.MoveNext();
            MethodContext.Return(context);
        }
        else
        {
            ExecutionContext.Run(context, RunMachine, this);
        }
    }
}

/// <summary>What flows with asynchronous methods, and must not flow out of them.</summary>
internal static class MethodContext
{
    /// <summary>Puts back what was in force before a method ran.</summary>
    public static void Return(ExecutionContext? context)
    {
        if (context is not null && context != ExecutionContext.Capture())
            ExecutionContext.Restore(context);
    }
}
