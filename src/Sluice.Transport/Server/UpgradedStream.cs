using System.Buffers;
using System.IO.Pipelines;

namespace Sluice.Transport.Server;

/// <summary>A connection that is no longer HTTP's, as a stream of bytes both ways.</summary>
internal sealed class UpgradedStream(IDuplexPipe transport) : Stream
{
    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await using var cancelling = cancellationToken.UnsafeRegister(static input => ((PipeReader)input!).CancelPendingRead(), transport.Input);
        while (true)
        {
            var result = await transport.Input.ReadAsync(CancellationToken.None);
            var available = result.Buffer;
            if (available.IsEmpty && !result.IsCompleted)
            {
                transport.Input.AdvanceTo(available.Start);
                cancellationToken.ThrowIfCancellationRequested();
                continue;
            }
            var taken = available.Slice(0, Math.Min(available.Length, buffer.Length));
            taken.CopyTo(buffer.Span);
            transport.Input.AdvanceTo(taken.End);
            return (int)taken.Length;
        }
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        transport.Output.Write(buffer.Span);
        if ((await transport.Output.FlushAsync(CancellationToken.None)).IsCompleted)
            throw new IOException("The client closed the connection.");
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("read without blocking");

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("written without blocking");

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();
}
