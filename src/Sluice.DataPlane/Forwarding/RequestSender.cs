using System.Buffers;
using Sluice.Transport.Http1;

namespace Sluice.DataPlane.Forwarding;

/// <summary>Composes what the native carrier sends first: the head, and with it the body if it has come already. What is left of the body is streamed
/// beside the receiving of the answer, which may come before the body's end.</summary>
internal static class RequestSender
{
    /// <summary>Writes the head, and the body with it if it is there.</summary>
    public static ComposedRequest Compose(Exchange exchange, Http1Connection connection)
    {
        var body = exchange.Body;
        if (!body.Exists)
            return new ComposedRequest(RequestHeadWriter.Write(exchange, connection.Buffers, chunked: false, out var head), head, null, false, false);
        var headers = exchange.Request.Headers;
        var isChunked = headers.ContentLength is null;
        var waits = headers.Expect.Count > 0;
        var block = RequestHeadWriter.Write(exchange, connection.Buffers, isChunked, out var end);
        if (!isChunked && !waits)
            end += TakeWhatIsThere(body, block.Memory.Span[end..], headers.ContentLength!.Value);
        return new ComposedRequest(block, end, body.IsComplete ? null : body, isChunked, waits);
    }

    private static int TakeWhatIsThere(RequestBody body, Span<byte> room, long left)
    {
        var taken = 0;
        // The read behind the last byte is what tells the body that it is complete.
        while ((taken < room.Length || left == 0) && body.TryRead(room[taken..], out var count) && count > 0)
        {
            taken += count;
            left -= count;
        }
        return taken;
    }
}

/// <summary>A request that is to be sent.</summary>
/// <param name="block">Holds the bytes.</param>
/// <param name="length">How many there are.</param>
/// <param name="rest">The body if it is not all there; else null.</param>
/// <param name="isChunked">Whether that goes in chunks.</param>
/// <param name="waits">Whether it waits for a 100 (Continue).</param>
internal readonly struct ComposedRequest(IMemoryOwner<byte> block, int length, RequestBody? rest, bool isChunked, bool waits) : IDisposable
{
    /// <summary>What is sent first.</summary>
    public ReadOnlyMemory<byte> Bytes => block.Memory[..length];

    /// <summary>Starts to send what is left of the body; null when that is nothing.</summary>
    public BodySending? StartRest(Http1Connection connection, TimeProvider time) =>
        rest is null ? null : new BodySending(rest, connection, isChunked, waits, time);

    /// <summary>Gives the block back.</summary>
    public void Dispose() => block.Dispose();
}
