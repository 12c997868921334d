using System.Buffers;
using Sluice.Transport.Server;
using Sluice.Transport.Upstream;

namespace Sluice.Transport.Http1;

/// <summary>Bytes that have been received and not used yet, in one block that is there only while it holds something.</summary>
internal sealed class ReceiveBuffer(UpstreamSocket socket) : IDisposable
{
    // Large enough for a small answer, or for a good part of a large one, to come with the one call that brings its head.
    private const int BlockSize = 64 * 1024;

    // Fewer bytes are copied faster than the sending of two pieces is arranged.
    private const int LeastGiven = 2 * 1024;

    private IMemoryOwner<byte>? _block;
    private int _start;
    private int _end;

    /// <summary>How many there are.</summary>
    public int Count => _end - _start;

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Unread => _block is null ? default : _block.Memory.Span[_start.._end];

    /// <summary>Room for more; what arrives in it is to be told to <see cref="Add"/>.</summary>
    public Memory<byte> MakeRoom()
    {
        _block ??= socket.Buffers.Rent(BlockSize);
        if (_start > 0)
        {
            Unread.CopyTo(_block.Memory.Span);
            (_start, _end) = (0, Count);
        }
        return _block.Memory[_end..];
    }

    /// <summary>So many have come.</summary>
    public void Add(int count) => _end += count;

    /// <summary>So many have been used.</summary>
    public void Consume(int count)
    {
        _start += count;
        if (_start == _end)
            Dispose();
    }

    /// <summary>Gives all of them to a writer, together with their block.</summary>
    /// <returns>False when they are too few for that, or not the writer's kind: they are still here.</returns>
    public bool TryGive(IBlockTaker writer)
    {
        if (_block is null || Count < LeastGiven || !writer.TryTake(_block, _start, Count))
            return false;
        _block = null;
        _start = _end = 0;
        return true;
    }

    /// <summary>Forgets them.</summary>
    public void Dispose()
    {
        _block?.Dispose();
        _block = null;
        _start = _end = 0;
    }
}
