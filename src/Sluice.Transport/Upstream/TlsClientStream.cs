using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using Sluice.Transport.Tasks;

namespace Sluice.Transport.Upstream;

/// <summary>The client's side of TLS over a stream. Its failures say why: what checks the upstream's certificate is called with this stream
/// as the sender and leaves its reason in <see cref="Refusal"/>, and alerts of the upstream are told from breaks of the connection.</summary>
/// <remarks>In TLS 1.3 a server looks at the client's certificate only after the client has finished its handshake, so that its refusal comes
/// with the first read.</remarks>
public class TlsClientStream(Stream inner) : SslStream(inner, leaveInnerStreamOpen: false)
{
    private const string AlertWord = "alert ";

    private Task<int>? _ahead;

    /// <summary>Why the upstream's certificate was refused, as a sentence without a full stop; null when it was not.</summary>
    public string? Refusal { get; set; }

    /// <summary>Whether a read is on its way.</summary>
    public bool IsReading { get; private set; }

    /// <summary>Whether there is something to read, or the session has ended. The socket can't tell: what waits there may be a session ticket,
    /// and bytes that nobody asked for may have been taken from it already. So a read is begun, of no bytes, that ends when there are some;
    /// the next read waits behind it. Not to be asked while <see cref="IsReading"/>.</summary>
    public bool HasInput => (_ahead ??= base.ReadAsync(Memory<byte>.Empty).AsTask()).IsCompleted;

    /// <summary>The read that <see cref="HasInput"/> has begun, which has to end before the inner stream may be closed; null without.</summary>
    internal Task? ReadAhead => _ahead;

    /// <summary>Makes the handshake.</summary>
    /// <param name="options">Whom to ask for, what to show, and how to check what comes.</param>
    /// <param name="cancellationToken">Gives up; the inner stream must take it.</param>
    /// <exception cref="TlsException">One side refused the other.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    /// <exception cref="OperationCanceledException">Given up.</exception>
    public async Task HandshakeAsync(SslClientAuthenticationOptions options, CancellationToken cancellationToken)
    {
        try
        {
            await AuthenticateAsClientAsync(options, cancellationToken);
        }
        catch (Exception e) when (e is AuthenticationException or IOException && !cancellationToken.IsCancellationRequested)
        {
            throw new TlsException(Refusal ?? Alert(e) ?? (e is IOException ? "the upstream closed the connection in the handshake" : Innermost(e)), e);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="TlsException">The upstream ended the session with an alert.</exception>
    [AsyncMethodBuilder(typeof(PooledMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            IsReading = true;
            if (_ahead is { } ahead)
            {
                await ahead.WaitAsync(cancellationToken);
                _ahead = null;
            }
            return await base.ReadAsync(buffer, cancellationToken);
        }
        catch (IOException e) when (Alert(e) is { } alert)
        {
            throw new TlsException(alert, e);
        }
        finally
        {
            IsReading = false;
        }
    }

    /// <summary>What the upstream complained about; null when the failure is no alert.</summary>
    private static string? Alert(Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            // OpenSSL: "error:0A00045C:SSL routines::tlsv13 alert certificate required".
            var at = e.Message.LastIndexOf(AlertWord, StringComparison.OrdinalIgnoreCase);
            if (at >= 0 && at + AlertWord.Length < e.Message.Length)
                return $"the upstream ended it with the alert {e.Message[(at + AlertWord.Length)..].Trim(' ', '.', ':', '\'').ToLowerInvariant()}";
        }
        return null;
    }

    private static string Innermost(Exception exception)
    {
        while (exception.InnerException is { } inner)
            exception = inner;
        return exception.Message.TrimEnd('.');
    }
}
