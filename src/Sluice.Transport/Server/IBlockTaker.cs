using System.Buffers;

namespace Sluice.Transport.Server;

/// <summary>A pipe writer that can take over a block with bytes in it, instead of having them copied into one of its own.</summary>
public interface IBlockTaker
{
    /// <summary>Takes a block over, and its bytes as written.</summary>
    /// <param name="block">Whose it is from then on; on false it stays the caller's.</param>
    /// <param name="start">Where the bytes begin in it.</param>
    /// <param name="count">How many they are.</param>
    /// <returns>False when the block is not of the kind that this writer sends from: the bytes are to be copied.</returns>
    bool TryTake(IMemoryOwner<byte> block, int start, int count);
}
