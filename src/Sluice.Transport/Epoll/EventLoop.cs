using System.Collections.Concurrent;
using System.ComponentModel;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace Sluice.Transport.Epoll;

/// <summary>One thread that waits for the events of many sockets and runs what awaits them, inline. Everything that belongs to a request
/// stays on the loop of its connection; what blocks or computes long must leave it.</summary>
/// <remarks>A turn of the loop has steps: all sockets that have something are received from, then what awaited that runs, then everything
/// that it wanted to send is sent, then what awaited that runs. The code of each step, the kernel's above all, stays in the processor's caches for
/// the whole step, which makes a request some 8 % cheaper than to go all the way with one socket after the other.</remarks>
internal sealed unsafe class EventLoop : PipeScheduler, IDisposable
{
    private const int EventsAtOnce = 256;

    // struct epoll_event is packed on x86-64 only.
    private static readonly int EventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int DataOffset = EventSize - sizeof(nint);

    [ThreadStatic]
    private static EventLoop? _current;

    private readonly ConcurrentQueue<(Action<object?> Action, object? State)> _work = new();
    private readonly ILogger _logger;
    private readonly int _epoll;
    private readonly int _wakeUp;
    private readonly Thread _thread;
    private readonly List<Entry> _calls = [];
    private readonly List<Entry> _ended = [];
    private bool _isCalling;
    private int _woken;
    private volatile bool _stopping;

    public EventLoop(int number, ILogger logger)
    {
        _logger = logger;
        Number = number;
        _epoll = Check(Native.EpollCreate(Native.CloseOnExec));
        _wakeUp = Check(Native.EventFd(0, Native.CloseOnExec | Native.NonBlocking));
        Control(_wakeUp, Native.EpollIn, 0);
        _thread = new Thread(Run) { IsBackground = true, Name = $"loop {number}" };
        _thread.Start();
    }

    /// <summary>The loop whose thread this is; null on other threads.</summary>
    public static EventLoop? Current => _current;

    /// <summary>Its place among the loops, from 0.</summary>
    public int Number { get; }

    /// <summary>Buffers of the connections of this loop.</summary>
    public PinnedPool Buffers { get; } = new();

    /// <summary>Registers a socket for edge-triggered events in both directions. Until <see cref="Release"/> its handler is called
    /// on the loop's thread.</summary>
    public GCHandle Register(int fd, IEventHandler handler)
    {
        var handle = GCHandle.Alloc(handler);
        try
        {
            Control(fd, Native.EpollIn | Native.EpollOut | Native.EpollReadHangUp | Native.EpollEdgeTriggered, GCHandle.ToIntPtr(handle));
        }
        catch
        {
            handle.Free();
            throw;
        }
        return handle;
    }

    /// <summary>Frees a registration whose socket was closed, once no event for it can be under way.</summary>
    public void Release(GCHandle handle) =>
        Schedule(static state => GCHandle.FromIntPtr((nint)state!).Free(), GCHandle.ToIntPtr(handle));

    /// <summary>Runs an action on the loop's thread, behind what is queued already; from any thread.</summary>
    public override void Schedule(Action<object?> action, object? state)
    {
        _work.Enqueue((action, state));
        if (Interlocked.Exchange(ref _woken, 1) == 0 && _current != this)
        {
            var one = 1UL;
            _ = Native.Write(_wakeUp, &one, sizeof(ulong));
        }
    }

    /// <summary>Puts a call off until it is the turn of its like.</summary>
    /// <returns>False on other threads: they make their calls themselves.</returns>
    public bool TryCallLater(LoopCall call)
    {
        if (_current != this)
            return false;
        _calls.Add(new Entry(call));
        return true;
    }

    /// <summary>Puts off what awaits a call that has been made, until its like have been made, too.</summary>
    /// <returns>False when the loop is not making any: then it runs now.</returns>
    public bool TryEndLater(LoopCall call)
    {
        if (_current != this || !_isCalling)
            return false;
        _ended.Add(new Entry(call));
        return true;
    }

    /// <summary>Ends the thread; all sockets must have been closed.</summary>
    public void Dispose()
    {
        _stopping = true;
        Schedule(static _ => { }, null);
        if (_current != this)
            _thread.Join();
    }

    private static int Check(int result) =>
        result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError());

    private void Control(int fd, uint events, nint data)
    {
        var evt = stackalloc byte[16];
        *(uint*)evt = events;
        *(nint*)(evt + DataOffset) = data;
        Check(Native.EpollControl(_epoll, Native.EpollAdd, fd, evt));
    }

    private void Run()
    {
        _current = this;
        Buffers.Own();
        var events = stackalloc byte[EventsAtOnce * 16];
        while (!_stopping)
        {
            var count = Native.EpollWait(_epoll, events, EventsAtOnce, _work.IsEmpty && _calls.Count == 0 ? -1 : 0);
            _isCalling = true;
            for (var i = 0; i < count; i++)
                Deliver(*(uint*)(events + i * EventSize), *(nint*)(events + i * EventSize + DataOffset));
            _isCalling = false;
            RunEnded();
            RunQueued();
            MakeCalls();
        }
        RunQueued();
        MakeCalls();
        _ = Native.Close(_epoll);
        _ = Native.Close(_wakeUp);
    }

    private void Deliver(uint events, nint data)
    {
        if (data == 0)
        {
            ulong count;
            _ = Native.Read(_wakeUp, &count, sizeof(ulong));
            return;
        }
        try
        {
            Unsafe.As<IEventHandler>(GCHandle.FromIntPtr(data).Target)!.OnEvents(events);
        }
        catch (Exception exception)
        {
            _logger.EventFailed(exception);
        }
    }

    /// <summary>Makes the calls that were put off. What is put off by those who awaited them waits for the next turn, so that other sockets
    /// get theirs.</summary>
    private void MakeCalls()
    {
        _isCalling = true;
        for (var i = 0; i < _calls.Count; i++)
            _calls[i].Call.Make();
        _calls.Clear();
        _isCalling = false;
        RunEnded();
    }

    private void RunEnded()
    {
        for (var i = 0; i < _ended.Count; i++)
        {
            try
            {
                _ended[i].Call.End();
            }
            catch (Exception exception)
            {
                // A continuation that throws is a defect of its own; the other connections of the loop must not pay for it.
                _logger.EventFailed(exception);
            }
        }
        _ended.Clear();
    }

    private void RunQueued()
    {
        Volatile.Write(ref _woken, 0);
        if (_work.IsEmpty)
            return;
        // What is queued meanwhile waits for the next turn, so that sockets get theirs.
        for (var count = _work.Count; count > 0 && _work.TryDequeue(out var work); count--)
        {
            try
            {
                work.Action(work.State);
            }
            catch (Exception exception)
            {
                _logger.EventFailed(exception);
            }
        }
    }

    // An array of structures takes its elements without asking for their types.
    private readonly record struct Entry(LoopCall Call);
}

/// <summary>Gets the events of one socket.</summary>
internal interface IEventHandler
{
    /// <summary>What the kernel says, as <c>EPOLL…</c> bits; on the thread of the loop.</summary>
    void OnEvents(uint events);
}

/// <summary>A system call, and what awaits it.</summary>
internal abstract class LoopCall
{
    /// <summary>Makes the call. Throws nothing: what goes wrong is for who awaits it.</summary>
    public abstract void Make();

    /// <summary>Runs what awaits it.</summary>
    public abstract void End();
}
