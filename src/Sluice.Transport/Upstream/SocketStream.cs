using Sluice.Transport.Streams;

namespace Sluice.Transport.Upstream;

/// <summary>A socket as a stream, for what works on streams. It can be read and written at the same time, asynchronously only.</summary>
internal sealed class SocketStream(UpstreamSocket socket) : AsyncStream
{
    /// <inheritdoc/>
    /// <remarks>A read of no bytes ends at once, although the contract of streams has it wait: the reader then waits with a buffer.</remarks>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        buffer.IsEmpty ? new ValueTask<int>(0) : socket.ReceiveAsync(buffer);

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => socket.SendAsync(buffer);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            socket.Dispose();
        base.Dispose(disposing);
    }
}
