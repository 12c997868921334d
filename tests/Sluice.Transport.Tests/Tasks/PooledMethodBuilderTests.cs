using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;
using Sluice.Transport.Tasks;

namespace Sluice.Transport.Tests.Tasks;

public sealed class PooledMethodBuilderTests
{
    private static readonly AsyncLocal<string?> Flowing = new();

    [Fact]
    public async Task A_method_that_never_waits_returns_its_result()
    {
        var call = AddOneAsync(new ValueTask<int>(1));
        Assert.True(call.IsCompletedSuccessfully);
        Assert.Equal(2, await call);
    }

    [Fact]
    public async Task A_method_that_waits_returns_its_result_later()
    {
        var source = new TaskCompletionSource<int>();
        var call = AddOneAsync(new ValueTask<int>(source.Task));
        Assert.False(call.IsCompleted);
        source.SetResult(41);
        Assert.Equal(42, await call);
    }

    [Fact]
    public async Task Its_exception_is_thrown_to_who_awaits_it()
    {
        var source = new TaskCompletionSource<int>();
        var late = AddOneAsync(new ValueTask<int>(source.Task));
        source.SetException(new FormatException("late"));
        Assert.Equal("late", (await Assert.ThrowsAsync<FormatException>(async () => await late)).Message);

        var early = AddOneAsync(ValueTask.FromException<int>(new FormatException("early")));
        Assert.Equal("early", (await Assert.ThrowsAsync<FormatException>(async () => await early)).Message);
    }

    [Fact]
    public async Task A_method_without_a_result_completes_and_fails_likewise()
    {
        var source = new TaskCompletionSource();
        var call = WaitAsync(source.Task);
        Assert.False(call.IsCompleted);
        source.SetResult();
        await call;

        var failing = WaitAsync(Task.FromException(new FormatException("early")));
        await Assert.ThrowsAsync<FormatException>(async () => await failing);
    }

    [Fact]
    public async Task A_result_can_be_taken_once()
    {
        var source = new TaskCompletionSource<int>();
        var call = AddOneAsync(new ValueTask<int>(source.Task));
        var early = call;
        Assert.Throws<InvalidOperationException>(() => early.GetAwaiter().GetResult());
        source.SetResult(1);
        Assert.Equal(2, await call);
        Assert.Throws<InvalidOperationException>(() => early.GetAwaiter().GetResult());
    }

    [Fact]
    public async Task Many_calls_at_once_each_get_their_own_result()
    {
        for (var round = 0; round < 3; round++)
        {
            var sources = Enumerable.Range(0, 100).Select(_ => new TaskCompletionSource<int>()).ToArray();
            var calls = sources.Select(s => AddOneAsync(new ValueTask<int>(s.Task)).AsTask()).ToArray();
            // Not in the order in which they began.
            for (var i = 0; i < sources.Length; i++)
                sources[i * 37 % sources.Length].SetResult(i * 37 % sources.Length);
            Assert.Equal(Enumerable.Range(1, 100), await Task.WhenAll(calls));
        }
    }

    [Fact]
    public async Task What_flows_is_there_behind_a_wait_and_does_not_flow_out()
    {
        Flowing.Value = "caller's";
        var source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var call = SetFlowingAsync(source.Task);
        Assert.Equal("caller's", Flowing.Value);
        Flowing.Value = "later";
        source.SetResult();
        Assert.Equal("method's", await call);
        Assert.Equal("later", Flowing.Value);
    }

    [Fact]
    public async Task A_context_that_a_method_changes_behind_a_wait_is_not_left_on_the_thread()
    {
        string? seen = null;
        var source = new TaskCompletionSource();
        var call = ChangeFlowingAsync(source.Task);
        var done = new TaskCompletionSource();
        // A thread of its own, so that nothing else puts its context back.
        var thread = new Thread(() =>
        {
            source.SetResult();
            seen = Flowing.Value;
            done.SetResult();
        });
        thread.UnsafeStart();
        await done.Task;
        await call;
        Assert.Null(seen);
    }

    [Fact]
    public void Calls_that_wait_at_once_allocate_nothing_once_there_were_as_many()
    {
#if DEBUG
        Assert.Skip("where the compiler does not optimise, the state of each async method is an object");
#endif
        const int Calls = 500;
        var gates = Enumerable.Range(0, Calls).Select(_ => new Gate()).ToArray();
        var waiting = new Pending[Calls];

        void Round()
        {
            for (var i = 0; i < Calls; i++)
                waiting[i] = new Pending(AddOneAsync(gates[i].WaitAsync()));
            for (var i = 0; i < Calls; i++)
                gates[i].Open(i);
            for (var i = 0; i < Calls; i++)
            {
                if (waiting[i].Take() != i + 1)
                    Assert.Fail("another call's result");
            }
        }

        var least = long.MaxValue;
        for (var round = 0; round < 200 && least > 0; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Round();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Equal(0, least);
    }

    [AsyncMethodBuilder(typeof(PooledMethodBuilder<>))]
    private static async ValueTask<int> AddOneAsync(ValueTask<int> number) => await number + 1;

    [AsyncMethodBuilder(typeof(PooledMethodBuilder))]
    private static async ValueTask WaitAsync(Task task) => await task;

    [AsyncMethodBuilder(typeof(PooledMethodBuilder<>))]
    private static async ValueTask<string?> SetFlowingAsync(Task task)
    {
        Flowing.Value = "method's";
        await task;
        return Flowing.Value;
    }

    [AsyncMethodBuilder(typeof(PooledMethodBuilder))]
    private static async ValueTask ChangeFlowingAsync(Task task)
    {
        await task;
        Flowing.Value = "left behind";
    }

    private readonly struct Pending(ValueTask<int> call)
    {
        public int Take() => call.GetAwaiter().GetResult();
    }

    /// <summary>Something to wait for that is used again.</summary>
    private sealed class Gate : IValueTaskSource<int>
    {
        private ManualResetValueTaskSourceCore<int> _core;

        public ValueTask<int> WaitAsync()
        {
            _core.Reset();
            return new ValueTask<int>(this, _core.Version);
        }

        public void Open(int number) => _core.SetResult(number);

        public int GetResult(short token) => _core.GetResult(token);

        public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

        public void OnCompleted(
            Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _core.OnCompleted(continuation, state, token, flags);
    }
}
