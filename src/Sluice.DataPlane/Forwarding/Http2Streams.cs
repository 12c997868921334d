using System.Net.Sockets;
using Sluice.Transport.Upstream;

namespace Sluice.DataPlane.Forwarding;

/// <summary>A connection over which HttpClient speaks HTTP/2 with a <see cref="Http2StreamLimit"/>.</summary>
internal sealed class Http2PlainStream : NetworkStream
{
    private readonly Http2StreamLimit _limit;

    /// <param name="socket">Is connected.</param>
    /// <param name="limit">Streams at once, at least 1.</param>
    public Http2PlainStream(Socket socket, int limit)
        : base(socket, ownsSocket: true) => _limit = new Http2StreamLimit(limit, base.ReadAsync, base.WriteAsync);

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _limit.ReadAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        _limit.WriteAsync(buffer, cancellationToken);
}

/// <summary>The same as <see cref="Http2PlainStream"/> over TLS.</summary>
internal sealed class Http2TlsStream : TlsClientStream
{
    private readonly Http2StreamLimit _limit;

    /// <param name="connection">The connection.</param>
    /// <param name="limit">Streams at once, at least 1.</param>
    public Http2TlsStream(Stream connection, int limit)
        : base(connection) => _limit = new Http2StreamLimit(limit, base.ReadAsync, base.WriteAsync);

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _limit.ReadAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        _limit.WriteAsync(buffer, cancellationToken);
}
