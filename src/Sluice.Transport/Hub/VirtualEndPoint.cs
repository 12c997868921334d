using System.Net;

namespace Sluice.Transport.Hub;

/// <summary>An endpoint that Kestrel listens on and no socket is bound to: one for each way of serving a connection. Kestrel's set of
/// endpoints is fixed when it starts; real ports come and go behind these.</summary>
internal sealed class VirtualEndPoint : EndPoint
{
    private readonly string _name;

    private VirtualEndPoint(string name) => _name = name;

    /// <summary>HTTP/1.x in plaintext.</summary>
    public static VirtualEndPoint Http1 { get; } = new("http1");

    /// <summary>HTTP/2 with prior knowledge, in plaintext.</summary>
    public static VirtualEndPoint Http2 { get; } = new("http2");

    /// <inheritdoc/>
    public override string ToString() => _name;
}
