using System.Net.Sockets;

namespace Sluice.DataPlane.Forwarding;

/// <summary>A connection that HttpClient uses for one HTTP/1.1 request after the other. HttpClient hands a connection from one request
/// straight to the next that waits, and does not look whether the upstream has sent more than the answer: what has come by then would be taken
/// for the answer to the next request. Here the first bytes of each request wait for that look.</summary>
/// <param name="socket">Is connected.</param>
internal sealed class UpstreamStream(Socket socket) : NetworkStream(socket, ownsSocket: true)
{
    // Flows with everything that is done for an attempt, and so tells whose bytes are written.
    private static readonly AsyncLocal<Sending> Current = new();

    private static long _sendings;

    private long _last;

    /// <summary>What is written from here on is written for an attempt.</summary>
    public static void Enter(Attempt attempt) => Current.Value = new Sending(attempt, Interlocked.Increment(ref _sendings));

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (BeginsNext(ref _last) && Socket.Poll(TimeSpan.Zero, SelectMode.SelectRead))
            return Refuse();
        return base.WriteAsync(buffer, cancellationToken);
    }

    /// <summary>Whether what is about to be written begins another attempt, over a connection that has served one.</summary>
    /// <param name="last">The number of the sending that the connection was last used for, and is used for now; 0 before the first. A number,
    /// because a connection that waits must keep nothing of the attempt alive.</param>
    internal static bool BeginsNext(ref long last)
    {
        var (attempt, number) = Current.Value;
        if (attempt is null || number == last)
            return false;
        var isPooled = last != 0;
        last = number;
        attempt.WasSentOverPooled = isPooled;
        return isPooled;
    }

    /// <summary>Nothing leaves: HttpClient may take another connection.</summary>
    internal static ValueTask Refuse()
    {
        Current.Value.Attempt!.NoteNotSent();
        return ValueTask.FromException(new IOException("The upstream has closed the connection, or sent what nobody asked for."));
    }

    /// <summary>An attempt, and what tells it from others when it is gone.</summary>
    private readonly record struct Sending(Attempt? Attempt, long Number);
}
