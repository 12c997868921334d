using System.Net.Sockets;

namespace Sluice.DataPlane.Forwarding;

/// <summary>A connection that HttpClient uses for one HTTP/1.1 request after the other. HttpClient hands a connection from one request
/// straight to the next that waits, and does not look whether the upstream has sent more than the answer: what has come by then would be taken
/// for the answer to the next request. Here the first bytes of each request wait for that look.</summary>
/// <param name="socket">Is connected.</param>
internal sealed class UpstreamStream(Socket socket) : NetworkStream(socket, ownsSocket: true)
{
    // Flows with everything that is done for an attempt, and so tells whose bytes are written.
    private static readonly AsyncLocal<Attempt?> Current = new();

    private Attempt? _attempt;

    /// <summary>What is written from here on is written for an attempt.</summary>
    public static void Enter(Attempt attempt) => Current.Value = attempt;

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (IsNext(_attempt) && Socket.Poll(TimeSpan.Zero, SelectMode.SelectRead))
            return Refuse();
        _attempt = Writing ?? _attempt;
        return base.WriteAsync(buffer, cancellationToken);
    }

    /// <summary>Whether what is about to be written begins another attempt, over a connection that has served one.</summary>
    internal static bool IsNext(Attempt? last)
    {
        if (Current.Value is not { } attempt || attempt == last)
            return false;
        attempt.WasSentOverPooled = last is not null;
        return last is not null;
    }

    /// <summary>The attempt that is written for; null when it can't be told.</summary>
    internal static Attempt? Writing => Current.Value;

    /// <summary>Nothing leaves: HttpClient may take another connection.</summary>
    internal static ValueTask Refuse()
    {
        Current.Value!.NoteNotSent();
        return ValueTask.FromException(new IOException("The upstream has closed the connection, or sent what nobody asked for."));
    }
}
