using System.Buffers;
using System.IO.Pipelines;

namespace Sluice.Transport.Epoll;

/// <summary>Reads a socket as a pipe: a system call only when the reader has seen everything, a buffer only while it holds something.</summary>
internal sealed class SocketPipeReader(EpollSocket socket) : PipeReader
{
    private WhenReady<ReadResult>? _reading;
    private Segment? _head;
    private Segment? _tail;
    private Segment? _spare;
    private int _start;
    private long _length;
    private int _blockSize = PinnedPool.Small;
    private bool _examined = true;
    private bool _ended;
    private bool _completed;
    private int _cancelled;

    /// <inheritdoc/>
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        // The reader gives up by CancelPendingRead: Kestrel passes no token here, and neither do we.
        cancellationToken.ThrowIfCancellationRequested();
        if (TryRead(out var result))
            return new ValueTask<ReadResult>(result);
        var reading = _reading ??= new WhenReady<ReadResult>(socket.Loop, socket.Readable, TryReadNow);
        reading.Start();
        return reading.Result;
    }

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result)
    {
        ObjectDisposedException.ThrowIf(_completed, this);
        var cancelled = TakeCancellation();
        if (cancelled || !_examined || _ended || (socket.Readable.TryTake() && Receive()))
        {
            result = new ReadResult(Buffered(), cancelled, _ended);
            return true;
        }
        result = default;
        return false;
    }

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (_head is null)
            return;
        var examinedSegment = (Segment)examined.GetObject()!;
        _examined = examinedSegment == _tail && examined.GetInteger() == _tail.End;

        var consumedSegment = (Segment)consumed.GetObject()!;
        while (_head != consumedSegment)
        {
            _length -= _head!.End - _start;
            _start = 0;
            DropHead();
        }
        _length -= consumed.GetInteger() - _start;
        _start = consumed.GetInteger();
        if (_length == 0)
        {
            // An idle connection holds no buffer.
            while (_head is not null)
                DropHead();
            _start = 0;
            _examined = true;
        }
    }

    /// <inheritdoc/>
    public override void CancelPendingRead()
    {
        Interlocked.Exchange(ref _cancelled, 1);
        socket.Readable.Signal();
    }

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null)
    {
        _completed = true;
        while (_head is not null)
            DropHead();
        _length = 0;
    }

    private bool TryReadNow(out ReadResult result)
    {
        var cancelled = TakeCancellation();
        if (!cancelled && !Receive())
        {
            result = default;
            return false;
        }
        result = new ReadResult(Buffered(), cancelled, _ended);
        return true;
    }

    /// <summary>Whether the read was cancelled. What has arrived until then still comes with it, as its event may be on the way.</summary>
    private bool TakeCancellation()
    {
        if (Interlocked.Exchange(ref _cancelled, 0) == 0)
            return false;
        if (_examined && !_ended)
            Receive();
        return true;
    }

    /// <summary>Receives into the free end of the last block, or into a new one; false when there is nothing now.</summary>
    private bool Receive()
    {
        if (_tail is null || _tail.Free.Length < _tail.Capacity / 4)
            Append();
        var free = _tail!.Free;
        int received;
        try
        {
            received = socket.Receive(free.Span);
        }
        catch
        {
            DropEmptyTail();
            throw;
        }
        if (received <= 0)
        {
            DropEmptyTail();
            _ended |= received == 0;
            return received == 0;
        }

        _tail.Fill(received);
        _length += received;
        _examined = false;
        // Large bodies are read in large pieces; the next head goes back to a small block.
        _blockSize = received == free.Length ? Math.Min(_blockSize * 4, PinnedPool.Large) : PinnedPool.Small;
        return true;
    }

    private ReadOnlySequence<byte> Buffered() =>
        _head is null ? default : new ReadOnlySequence<byte>(_head, _start, _tail!, _tail!.End);

    private void Append()
    {
        var segment = _spare ?? new Segment();
        _spare = null;
        segment.Open(socket.Loop.Buffers.RentBlock(_blockSize));
        if (_tail is null)
        {
            _head = segment;
            _start = 0;
        }
        else
        {
            _tail.Append(segment);
        }
        _tail = segment;
    }

    private void DropHead()
    {
        var head = _head!;
        _head = head.Following;
        if (_head is null)
            _tail = null;
        Recycle(head);
    }

    private void DropEmptyTail()
    {
        if (_tail is not { End: 0 })
            return;
        if (_head == _tail)
        {
            DropHead();
            return;
        }
        var before = _head!;
        while (before.Following != _tail)
            before = before.Following!;
        before.Detach();
        Recycle(_tail);
        _tail = before;
    }

    private void Recycle(Segment segment)
    {
        segment.Close();
        _spare = segment;
    }

    /// <summary>One block of received bytes.</summary>
    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        private PinnedPool.Block? _block;

        public int End { get; private set; }

        public int Capacity => _block!.Memory.Length;

        public Memory<byte> Free => _block!.Memory[End..];

        public Segment? Following => (Segment?)Next;

        public void Fill(int count)
        {
            End += count;
            Memory = _block!.Memory[..End];
        }

        public void Append(Segment segment)
        {
            segment.RunningIndex = RunningIndex + End;
            Next = segment;
        }

        public void Detach() => Next = null;

        public void Open(PinnedPool.Block block) => _block = block;

        public void Close()
        {
            _block!.Dispose();
            _block = null;
            End = 0;
            Memory = default;
            Next = null;
            RunningIndex = 0;
        }
    }
}
