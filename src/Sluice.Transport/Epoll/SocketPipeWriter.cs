using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Connections;
using Sluice.Transport.Server;

namespace Sluice.Transport.Epoll;

/// <summary>Writes a socket as a pipe: a flush sends everything with one call, on the loop's thread together with what other connections
/// flush, and what the kernel does not take waits. A flush is complete when all bytes are with the kernel, which is the back-pressure.</summary>
internal sealed class SocketPipeWriter(EpollSocket socket) : PipeWriter, IBlockTaker
{
    private const int VectorsAtOnce = 64;

    private readonly List<Piece> _pieces = [];
    private WhenReady<FlushResult>? _flushing;
    private int _next;
    private long _unflushed;
    private int _cancelled;
    private bool _broken;
    private bool _completed;

    /// <inheritdoc/>
    public override bool CanGetUnflushedBytes => true;

    /// <inheritdoc/>
    public override long UnflushedBytes => _unflushed;

    /// <inheritdoc/>
    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        ObjectDisposedException.ThrowIf(_completed, this);
        if (_pieces.Count > _next)
        {
            var free = _pieces[^1].Free;
            if (free.Length >= Math.Max(sizeHint, 1))
                return free;
        }
        var piece = new Piece(sizeHint <= PinnedPool.Large ? socket.Loop.Buffers.RentBlock(sizeHint) : new Oversized(sizeHint));
        _pieces.Add(piece);
        return piece.Free;
    }

    /// <inheritdoc/>
    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <inheritdoc/>
    public override void Advance(int bytes)
    {
        if (bytes == 0)
            return;
        var last = _pieces[^1];
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, last.Free.Length);
        last.End += bytes;
        _pieces[^1] = last;
        _unflushed += bytes;
    }

    /// <inheritdoc/>
    public bool TryTake(IMemoryOwner<byte> block, int start, int count)
    {
        // Several pieces are sent from where they lie: they must not move.
        if (_completed || block is not PinnedPool.Block)
            return false;
        _pieces.Add(new Piece(block) { Start = start, End = start + count });
        _unflushed += count;
        return true;
    }

    /// <inheritdoc/>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_broken || _unflushed == 0)
            return new ValueTask<FlushResult>(Done());
        var flushing = _flushing ??= new WhenReady<FlushResult>(socket.Loop, socket.Writable, TryFlush);
        flushing.StartNow();
        return flushing.Result;
    }

    /// <inheritdoc/>
    public override void CancelPendingFlush()
    {
        Interlocked.Exchange(ref _cancelled, 1);
        socket.Writable.Signal();
    }

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null)
    {
        if (_completed)
            return;
        _completed = true;
        Clear();
    }

    private bool TryFlush(out FlushResult result)
    {
        var isCancelled = Volatile.Read(ref _cancelled) == 1;
        if (isCancelled)
            socket.Writable.Signal();
        else if (!TrySend())
        {
            result = default;
            return false;
        }
        result = Done();
        return true;
    }

    private FlushResult Done() => new(isCanceled: Interlocked.Exchange(ref _cancelled, 0) == 1, isCompleted: _broken);

    /// <summary>Sends as much as the kernel takes; false when something is left to wait for.</summary>
    private bool TrySend()
    {
        try
        {
            while (_unflushed > 0)
            {
                var wanted = Gather(out var sent);
                Consume(sent);
                if (sent < wanted)
                    return false;
                if (_unflushed > 0 && !socket.Writable.TryTake())
                    return false;
            }
        }
        catch (Exception exception) when (exception is ConnectionResetException or ConnectionAbortedException or IOException)
        {
            // As Kestrel's own transport: the writer learns that nobody reads any more, the reader gets the exception.
            _broken = true;
        }
        Clear();
        return true;
    }

    private unsafe int Gather(out int sent)
    {
        var first = _pieces[_next];
        if (_pieces.Count - _next == 1)
        {
            sent = socket.Send(first.Filled.Span);
            return first.Filled.Length;
        }

        var gathered = stackalloc Native.IoVector[VectorsAtOnce];
        var length = 0;
        var vectors = 0;
        for (var i = _next; i < _pieces.Count && vectors < VectorsAtOnce; i++)
        {
            var filled = _pieces[i].Filled;
            if (filled.IsEmpty)
                continue;
            // The blocks are pinned.
            gathered[vectors].Base = Unsafe.AsPointer(ref System.Runtime.InteropServices.MemoryMarshal.GetReference(filled.Span));
            gathered[vectors].Length = (nuint)filled.Length;
            length += filled.Length;
            vectors++;
        }
        sent = socket.Send(new ReadOnlySpan<Native.IoVector>(gathered, vectors), length);
        return length;
    }

    private void Consume(int sent)
    {
        _unflushed -= sent;
        while (sent > 0 || (_next < _pieces.Count && _pieces[_next].Filled.IsEmpty && _next < _pieces.Count - 1))
        {
            var piece = _pieces[_next];
            var taken = Math.Min(sent, piece.Filled.Length);
            piece.Start += taken;
            sent -= taken;
            _pieces[_next] = piece;
            if (!piece.Filled.IsEmpty)
                break;
            piece.Block.Dispose();
            _next++;
            if (_next == _pieces.Count)
                break;
        }
        if (_next == _pieces.Count)
        {
            _pieces.Clear();
            _next = 0;
        }
    }

    private void Clear()
    {
        for (; _next < _pieces.Count; _next++)
            _pieces[_next].Block.Dispose();
        _pieces.Clear();
        _next = 0;
        _unflushed = 0;
    }

    /// <summary>One block of bytes to send.</summary>
    private struct Piece(IMemoryOwner<byte> block)
    {
        public readonly IMemoryOwner<byte> Block = block;
        public int Start;
        public int End;

        public readonly Memory<byte> Free => Block.Memory[End..];

        public readonly Memory<byte> Filled => Block.Memory[Start..End];
    }

    /// <summary>A buffer larger than the largest block: made for once, pinned as the others.</summary>
    private sealed class Oversized(int size) : IMemoryOwner<byte>
    {
        public Memory<byte> Memory { get; } = GC.AllocateUninitializedArray<byte>(size, pinned: true);

        public void Dispose()
        {
        }
    }
}
