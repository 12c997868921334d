using System.Runtime.CompilerServices;
using Sluice.Transport.Http1;
using Sluice.Transport.Tasks;

namespace Sluice.DataPlane.Forwarding;

/// <summary>Sends a request for the native carrier. A body that has come already goes out with the head in one call; what is left of it is
/// streamed beside the receiving of the answer, which may come before the body's end.</summary>
internal static class RequestSender
{
    /// <summary>Sends the head, and the body with it if it is there.</summary>
    /// <returns>Null when the whole request was sent, else the sending of what is left.</returns>
    [AsyncMethodBuilder(typeof(PooledMethodBuilder<>))]
    public static async ValueTask<BodySending?> SendAsync(Exchange exchange, Http1Connection connection, TimeProvider time)
    {
        var body = exchange.Body;
        var request = exchange.Http.Request;
        var left = request.ContentLength ?? 0;
        var chunked = body.Exists && request.ContentLength is null;
        using var owner = RequestHeadWriter.Write(exchange, connection.Buffers, chunked, out var end);
        var waits = body.Exists && request.Headers.Expect.Count > 0;
        if (body.Exists && !chunked && !waits)
            end += TakeWhatIsThere(body, owner.Memory.Span[end..], ref left);
        await connection.SendAsync(owner.Memory[..end]);
        return body.Exists && !body.IsComplete ? new BodySending(body, connection, chunked, waits, time) : null;
    }

    private static int TakeWhatIsThere(RequestBody body, Span<byte> room, ref long left)
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
