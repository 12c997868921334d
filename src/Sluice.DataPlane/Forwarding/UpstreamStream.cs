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
        if (Current.Value is { } attempt && attempt != _attempt)
        {
            attempt.WasSentOverPooled = _attempt is not null;
            if (_attempt is not null && Socket.Poll(TimeSpan.Zero, SelectMode.SelectRead))
            {
                // Nothing has left: HttpClient may take another connection.
                attempt.NoteNotSent();
                return ValueTask.FromException(new IOException("The upstream has closed the connection, or sent what nobody asked for."));
            }
            _attempt = attempt;
        }
        return base.WriteAsync(buffer, cancellationToken);
    }
}
