using Sluice.Transport.Upstream;

namespace Sluice.DataPlane.Forwarding;

/// <summary>The same as <see cref="UpstreamStream"/> over TLS, where only the decrypted stream knows whether something was sent unasked.</summary>
/// <param name="connection">The connection.</param>
internal sealed class UpstreamTlsStream(Stream connection) : TlsClientStream(connection)
{
    private long _last;

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // Where HttpClient waits for input already, it has looked itself.
        if (UpstreamStream.BeginsNext(ref _last) && !IsReading && HasInput)
            return UpstreamStream.Refuse();
        return base.WriteAsync(buffer, cancellationToken);
    }
}
