using Sluice.Transport.Upstream;

namespace Sluice.DataPlane.Forwarding;

/// <summary>The same as <see cref="UpstreamStream"/> over TLS, where only the decrypted stream knows whether something was sent unasked.</summary>
/// <param name="connection">The connection.</param>
internal sealed class UpstreamTlsStream(Stream connection) : TlsClientStream(connection)
{
    private Attempt? _attempt;

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // Where HttpClient waits for input already, it has looked itself.
        if (UpstreamStream.IsNext(_attempt) && !IsReading && HasInput)
            return UpstreamStream.Refuse();
        _attempt = UpstreamStream.Writing ?? _attempt;
        return base.WriteAsync(buffer, cancellationToken);
    }
}
