using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Sluice.Transport.Tasks;

/// <summary>Builds asynchronous methods whose state, while they wait, is kept in objects that are used again. The runtime's own
/// <see cref="PoolingAsyncValueTaskMethodBuilder{TResult}"/> remembers one such object for each thread and processor, so it saves nothing as soon
/// as two requests wait in the same method: an event loop has hundreds of them.</summary>
/// <remarks>The objects belong to the thread that completes the method, which on a loop is the one that began it. As with every pooled
/// <see cref="ValueTask{TResult}"/>, a result must be taken once and not twice.</remarks>
/// <typeparam name="TResult">What the method returns.</typeparam>
public struct PooledMethodBuilder<TResult>
{
    private MethodState<TResult>? _state;
    private TResult _result;

    /// <summary>What the method returns.</summary>
    public readonly ValueTask<TResult> Task => _state is { } state ? new ValueTask<TResult>(state, state.Version) : new ValueTask<TResult>(_result);

    /// <summary>The state of a method that has waited, or failed; null before.</summary>
    internal readonly MethodState<TResult>? State => _state;

    /// <summary>A builder for one call.</summary>
    [SuppressMessage("Design", "CA1000:Do not declare static members on generic types", Justification = "The compiler calls it so.")]
    public static PooledMethodBuilder<TResult> Create() => default;

    /// <summary>Runs the method until it first waits, or ends.</summary>
    public readonly void Start<TStateMachine>(ref TStateMachine stateMachine)
        where TStateMachine : IAsyncStateMachine
    {
        var context = ExecutionContext.Capture();
        stateMachine.MoveNext();
        MethodContext.Return(context);
    }

    /// <summary>For state machines that are objects already.</summary>
    public readonly void SetStateMachine(IAsyncStateMachine stateMachine)
    {
        // The compiler's state machines of today are never moved this way.
    }

    /// <summary>The method waits.</summary>
    public void AwaitOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : INotifyCompletion
        where TStateMachine : IAsyncStateMachine =>
        awaiter.OnCompleted(Keep(ref stateMachine));

    /// <summary>The method waits.</summary>
    public void AwaitUnsafeOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : ICriticalNotifyCompletion
        where TStateMachine : IAsyncStateMachine =>
        awaiter.UnsafeOnCompleted(Keep(ref stateMachine));

    /// <summary>The method has ended well.</summary>
    public void SetResult(TResult result)
    {
        if (_state is null)
            _result = result;
        else
            _state.SetResult(result);
    }

    /// <summary>The method has failed.</summary>
    public void SetException(Exception exception) => (_state ??= new MethodState<TResult>()).SetException(exception);

    private Action Keep<TStateMachine>(ref TStateMachine stateMachine)
        where TStateMachine : IAsyncStateMachine
    {
        if (_state is null)
        {
            // This builder is a part of the machine: it must know its state before the machine is copied there.
            var taken = MethodState<TResult, TStateMachine>.Take();
            _state = taken;
            taken.Machine = stateMachine;
        }
        // Nobody else than this method sets it, and a method that has failed does not wait.
        var state = Unsafe.As<MethodState<TResult, TStateMachine>>(_state);
        state.Context = ExecutionContext.Capture();
        return state.Continuation;
    }
}

/// <summary>The same as <see cref="PooledMethodBuilder{TResult}"/> for methods that return nothing.</summary>
public struct PooledMethodBuilder
{
    private PooledMethodBuilder<bool> _builder;

    /// <summary>Completes when the method has ended.</summary>
    public readonly ValueTask Task => _builder.State is { } state ? new ValueTask(state, state.Version) : default;

    /// <summary>A builder for one call.</summary>
    public static PooledMethodBuilder Create() => default;

    /// <inheritdoc cref="PooledMethodBuilder{TResult}.Start"/>
    public readonly void Start<TStateMachine>(ref TStateMachine stateMachine)
        where TStateMachine : IAsyncStateMachine => _builder.Start(ref stateMachine);

    /// <inheritdoc cref="PooledMethodBuilder{TResult}.SetStateMachine"/>
    public readonly void SetStateMachine(IAsyncStateMachine stateMachine) => _builder.SetStateMachine(stateMachine);

    /// <inheritdoc cref="PooledMethodBuilder{TResult}.AwaitOnCompleted"/>
    public void AwaitOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : INotifyCompletion
        where TStateMachine : IAsyncStateMachine => _builder.AwaitOnCompleted(ref awaiter, ref stateMachine);

    /// <inheritdoc cref="PooledMethodBuilder{TResult}.AwaitUnsafeOnCompleted"/>
    public void AwaitUnsafeOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : ICriticalNotifyCompletion
        where TStateMachine : IAsyncStateMachine => _builder.AwaitUnsafeOnCompleted(ref awaiter, ref stateMachine);

    /// <inheritdoc cref="PooledMethodBuilder{TResult}.SetResult"/>
    public void SetResult() => _builder.SetResult(true);

    /// <inheritdoc cref="PooledMethodBuilder{TResult}.SetException"/>
    public void SetException(Exception exception) => _builder.SetException(exception);
}
