using System.Buffers;
using System.IO.Pipelines;
using Sluice.Transport.Streams;

namespace Sluice.Transport.Server;

/// <summary>A connection that is no longer HTTP's, as a stream of bytes both ways.</summary>
internal sealed class UpgradedStream(IDuplexPipe transport) : AsyncStream
{
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
}
