using System.Net.Sockets;
using System.Net;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;
using Sluice.Transport.Upstream;

namespace Sluice.Transport.Epoll;

/// <summary>A connected, non-blocking socket on an event loop: calls at once, waits only after the kernel said that it must. One reader
/// and one writer at a time, on any thread; their continuations run on the loop.</summary>
internal sealed class EpollSocket : IEventHandler, IDisposable
{
    private readonly Lock _gate = new();
    private readonly GCHandle _registration;
    private readonly Action? _hungUp;
    private readonly int _fd;
    private volatile bool _hangUp;
    private WhenReady<int>? _receiving;
    private Memory<byte> _receiveBuffer;
    private WhenReady<bool>? _sending;
    private ReadOnlyMemory<byte> _sendBuffer;
    private int _hungUpNotified;
    private volatile bool _aborted;
    private bool _disposed;

    /// <summary>Takes over a descriptor.</summary>
    /// <param name="fd">Connected, or connecting.</param>
    /// <param name="loop">The loop of its events.</param>
    /// <param name="connected">Whether it can be written to already.</param>
    /// <param name="hungUp">Called once when the reader has come to the end of the stream, when the peer closes its side while nobody
    /// reads, or when the connection broke. A peer that closes its side right behind a request still wants the answer.</param>
    public EpollSocket(int fd, EventLoop loop, bool connected, Action? hungUp)
    {
        _fd = fd;
        Loop = loop;
        _hungUp = hungUp;
        Readable = new Readiness(ready: false);
        Writable = new Readiness(connected);
        _registration = loop.Register(fd, this);
    }

    /// <summary>The loop of its events.</summary>
    public EventLoop Loop { get; }

    /// <summary>Whether there may be something to receive.</summary>
    public Readiness Readable { get; }

    /// <summary>Whether there may be room to send.</summary>
    public Readiness Writable { get; }

    /// <summary>Whether this side gave up.</summary>
    public bool IsAborted => _aborted;

    /// <summary>Receives what is there. The caller has taken <see cref="Readable"/>.</summary>
    /// <returns>The number of bytes, 0 at the end of the stream, or -1 when there is nothing now.</returns>
    /// <exception cref="ConnectionAbortedException">This side gave up.</exception>
    /// <exception cref="ConnectionResetException">The peer broke the connection.</exception>
    public unsafe int Receive(Span<byte> buffer)
    {
        ThrowIfAborted();
        nint received;
        int error;
        fixed (byte* start = buffer)
        {
            do
            {
                received = Native.Receive(_fd, start, (nuint)buffer.Length, 0);
                error = received < 0 ? Marshal.GetLastPInvokeError() : 0;
            }
            while (error == Native.ErrorInterrupted);
        }
        if (received < 0)
            return error == Native.ErrorAgain ? -1 : throw Broken(error);
        // A short read has emptied the socket, and the next bytes bring an event; unless the end has been announced already.
        if (received == buffer.Length || _hangUp)
            Readable.Signal();
        if (received == 0)
            NotifyHungUp();
        return (int)received;
    }

    /// <summary>Receives, and waits for something to come.</summary>
    /// <returns>The number of bytes, or 0 at the end of the stream.</returns>
    public ValueTask<int> ReceiveAsync(Memory<byte> buffer)
    {
        if (Readable.TryTake())
        {
            var received = Receive(buffer.Span);
            if (received >= 0)
                return new ValueTask<int>(received);
        }
        _receiveBuffer = buffer;
        var receiving = _receiving ??= new WhenReady<int>(Loop, Readable, TryReceive);
        receiving.Start();
        return receiving.Result;
    }

    /// <summary>Whether there is something to receive, or the end of the stream; asks the kernel where no event has told.</summary>
    public unsafe bool HasInput()
    {
        if (!Readable.TryTake())
            return false;
        byte next;
        if (!_aborted && Native.Receive(_fd, &next, 1, Native.Peek) < 0 && Marshal.GetLastPInvokeError() == Native.ErrorAgain)
            return false;
        Readable.Signal();
        return true;
    }

    /// <summary>Sends what the kernel takes now. The caller has taken <see cref="Writable"/>, and owns it as long as everything fits.</summary>
    /// <returns>The number of bytes; fewer than asked for when the caller must wait for <see cref="Writable"/>.</returns>
    public unsafe int Send(ReadOnlySpan<byte> buffer)
    {
        ThrowIfAborted();
        nint sent;
        fixed (byte* start = buffer)
        {
            do
                sent = Native.Send(_fd, start, (nuint)buffer.Length, Native.NoSignal);
            while (sent < 0 && Marshal.GetLastPInvokeError() == Native.ErrorInterrupted);
        }
        return Sent(sent, buffer.Length);
    }

    /// <summary>Sends several buffers with one call; otherwise as for one buffer.</summary>
    public unsafe int Send(ReadOnlySpan<Native.IoVector> vectors, int length)
    {
        ThrowIfAborted();
        nint sent;
        fixed (Native.IoVector* start = vectors)
        {
            var message = new Native.MessageHeader { Vectors = start, VectorCount = (nuint)vectors.Length };
            do
                sent = Native.SendMessage(_fd, &message, Native.NoSignal);
            while (sent < 0 && Marshal.GetLastPInvokeError() == Native.ErrorInterrupted);
        }
        return Sent(sent, length);
    }

    /// <summary>Sends everything; on the loop's thread together with what others send.</summary>
    public ValueTask SendAsync(ReadOnlyMemory<byte> buffer)
    {
        _sendBuffer = buffer;
        var sending = _sending ??= new WhenReady<bool>(Loop, Writable, TrySend);
        sending.StartNow();
        return sending.Completion;
    }

    /// <summary>Says that nothing more will be sent.</summary>
    public void ShutdownWrite() => _ = Native.Shutdown(_fd, Native.ShutdownWrite);

    /// <summary>Gives up: wakes whoever waits, with an exception, and lets the peer know at once, however long it takes until the descriptor
    /// is closed.</summary>
    /// <param name="reset">Whether the connection is reset, so that the peer can't take what it got for all there is.</param>
    public unsafe void Abort(bool reset = true)
    {
        lock (_gate)
        {
            if (_disposed || _aborted)
                return;
            _aborted = true;
            if (reset)
            {
                // Connecting to no family dissolves a connection with a reset and leaves the descriptor.
                var nowhere = stackalloc byte[SocketAddress.MaxLength];
                new Span<byte>(nowhere, SocketAddress.MaxLength).Clear();
                _ = Native.Connect(_fd, nowhere, SocketAddress.MaxLength);
            }
            else
            {
                _ = Native.Shutdown(_fd, Native.ShutdownBoth);
            }
        }
        Loop.Schedule(static state => ((EpollSocket)state!).Wake(), this);
    }

    /// <summary>Reads the error of a connection attempt that has come to an end; 0 for success.</summary>
    public unsafe int ConnectError()
    {
        int error;
        var length = sizeof(int);
        return Native.GetOption(_fd, Native.SocketLevel, Native.SocketErrorOption, &error, &length) < 0
            ? Marshal.GetLastPInvokeError()
            : error;
    }

    /// <summary>Turns on probes for the time when nothing is sent.</summary>
    /// <exception cref="SocketException">The system does not take a value.</exception>
    public void SetKeepalive(KeepaliveProbes probes)
    {
        SetOption(Native.SocketLevel, Native.KeepaliveOption, 1);
        if (probes.Time is { } time)
            SetOption(Native.TcpLevel, Native.KeepaliveTimeOption, time);
        if (probes.Interval is { } interval)
            SetOption(Native.TcpLevel, Native.KeepaliveIntervalOption, interval);
        if (probes.Probes is { } count)
            SetOption(Native.TcpLevel, Native.KeepaliveProbesOption, count);
    }

    /// <summary>Our end of the connection; null when it can't be told.</summary>
    public unsafe IPEndPoint? LocalEndPoint()
    {
        Span<byte> address = stackalloc byte[SocketAddress.MaxLength];
        var length = address.Length;
        fixed (byte* start = address)
            return Native.GetSocketName(_fd, start, &length) < 0 ? null : SocketAddress.Read(address);
    }

    /// <summary>Closes the descriptor. Nobody may be reading or writing.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            // Nothing may be called with the descriptor any more: it will be another connection's.
            _disposed = _aborted = true;
        }
        _ = Native.Close(_fd);
        Loop.Release(_registration);
    }

    void IEventHandler.OnEvents(uint events)
    {
        var broken = (events & (Native.EpollHangUp | Native.EpollError)) != 0;
        var hangUp = broken || (events & Native.EpollReadHangUp) != 0;
        if (hangUp)
            _hangUp = true;
        var reading = (hangUp || (events & Native.EpollIn) != 0) && Readable.Signal();
        if (broken || (events & Native.EpollOut) != 0)
            Writable.Signal();
        if (broken || (hangUp && !reading))
            NotifyHungUp();
    }

    private unsafe void SetOption(int level, int name, int value)
    {
        if (Native.SetOption(_fd, level, name, &value, sizeof(int)) < 0)
            throw new SocketException(Marshal.GetLastPInvokeError());
    }

    private bool TryReceive(out int received)
    {
        received = Receive(_receiveBuffer.Span);
        return received >= 0;
    }

    private bool TrySend(out bool sent)
    {
        _sendBuffer = _sendBuffer[Send(_sendBuffer.Span)..];
        return sent = _sendBuffer.IsEmpty;
    }

    private void NotifyHungUp()
    {
        if (_hungUp is not null && Interlocked.Exchange(ref _hungUpNotified, 1) == 0)
            _hungUp();
    }

    private void Wake()
    {
        Readable.Signal();
        Writable.Signal();
    }

    private int Sent(nint sent, int length)
    {
        if (sent == length)
        {
            Writable.Signal();
            return length;
        }
        if (sent >= 0)
            return (int)sent;
        var error = Marshal.GetLastPInvokeError();
        return error is Native.ErrorAgain or Native.ErrorNoBuffers ? 0 : throw Broken(error);
    }

    private static Exception Broken(int error) => error is Native.ErrorConnectionReset or Native.ErrorBrokenPipe or Native.ErrorTimedOut
        ? new ConnectionResetException("The peer broke the connection.", new SocketException(error))
        : new IOException($"The connection failed with errno {error}.", new SocketException(error));

    private void ThrowIfAborted()
    {
        if (_aborted)
            throw new ConnectionAbortedException("The connection was aborted by this side.");
    }
}
