using System.Buffers;

namespace Sluice.Transport.Epoll;

/// <summary>Buffers that never move, in three sizes. Each loop has a pool of its own; other threads may rent and return, too.</summary>
internal sealed class PinnedPool : MemoryPool<byte>
{
    /// <summary>Size of the blocks for heads and small bodies.</summary>
    public const int Small = 4 * 1024;

    /// <summary>Size of the middle blocks.</summary>
    public const int Medium = 16 * 1024;

    /// <summary>Size of the blocks for large bodies.</summary>
    public const int Large = 64 * 1024;

    // Kept free at most, for each size; what is more goes back to the garbage collector.
    private const int KeptBytes = 8 * 1024 * 1024;

    private readonly Shelf _small;
    private readonly Shelf _medium;
    private readonly Shelf _large;
    private int _owner;

    public PinnedPool() => (_small, _medium, _large) = (new Shelf(this, Small), new Shelf(this, Medium), new Shelf(this, Large));

    /// <summary>From now on the thread that calls is the owner: the one that uses the pool most.</summary>
    public void Own() => _owner = Environment.CurrentManagedThreadId;

    /// <inheritdoc/>
    public override int MaxBufferSize => Large;

    /// <summary>Rents a block of at least the wanted size; -1 for a small one.</summary>
    /// <exception cref="ArgumentOutOfRangeException">More than <see cref="MaxBufferSize"/> is wanted.</exception>
    public override IMemoryOwner<byte> Rent(int minBufferSize = -1) => RentBlock(minBufferSize);

    /// <inheritdoc cref="Rent"/>
    public Block RentBlock(int minBufferSize) => minBufferSize switch
    {
        <= Small => _small.Take(),
        <= Medium => _medium.Take(),
        <= Large => _large.Take(),
        _ => throw new ArgumentOutOfRangeException(nameof(minBufferSize), minBufferSize, "Larger than the largest block."),
    };

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        // The blocks are ordinary managed memory.
    }

    /// <summary>A buffer; disposing it returns it.</summary>
    internal sealed class Block : IMemoryOwner<byte>
    {
        private readonly Shelf _shelf;

        public Block(Shelf shelf, int size)
        {
            _shelf = shelf;
            Memory = GC.AllocateUninitializedArray<byte>(size, pinned: true);
        }

        public Memory<byte> Memory { get; }

        public void Dispose() => _shelf.Return(this);
    }

    /// <summary>The free blocks of one size. The owner's thread takes and returns them without a lock; those of others lie apart, and are
    /// its next reserve.</summary>
    internal sealed class Shelf(PinnedPool pool, int size)
    {
        private readonly Lock _gate = new();
        private readonly Stack<Block> _own = new();
        private readonly Stack<Block> _others = new();
        private readonly int _kept = KeptBytes / size;

        public Block Take()
        {
            if (Environment.CurrentManagedThreadId == pool._owner && _own.TryPop(out var block))
                return block;
            lock (_gate)
            {
                if (_others.TryPop(out block))
                    return block;
            }
            return new Block(this, size);
        }

        public void Return(Block block)
        {
            if (Environment.CurrentManagedThreadId == pool._owner)
            {
                if (_own.Count < _kept)
                    _own.Push(block);
                return;
            }
            lock (_gate)
            {
                if (_others.Count < _kept)
                    _others.Push(block);
            }
        }
    }
}
