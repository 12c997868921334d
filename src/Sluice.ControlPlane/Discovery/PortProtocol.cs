namespace Sluice.ControlPlane.Discovery;

/// <summary>What a service port is declared to speak.</summary>
internal enum PortProtocol
{
    /// <summary>Not declared: found out by Istio's sidecars, HTTP/1.1 to us.</summary>
    Auto,

    /// <summary>HTTP/1.1.</summary>
    Http,

    /// <summary>HTTP/2, gRPC, gRPC-Web.</summary>
    Http2,

    /// <summary>HTTPS or TLS.</summary>
    Tls,

    /// <summary>TCP, or a protocol on TCP that is not looked into.</summary>
    Tcp,

    /// <summary>UDP: never served.</summary>
    Udp,
}

/// <summary>Finds the protocol of a port as Istio does.</summary>
/// <remarks>Kubernetes ports say it in <c>appProtocol</c> or in the prefix of their name, Istio's in <c>protocol</c>. See
/// https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/.</remarks>
internal static class PortProtocols
{
    /// <summary>The protocol of a Service's port.</summary>
    /// <param name="transport"><c>protocol</c>: TCP, UDP or SCTP; null for TCP.</param>
    /// <param name="appProtocol"><c>appProtocol</c>; goes before the name.</param>
    /// <param name="name">Name of the port.</param>
    /// <param name="number">Number: some well-known ports are never HTTP.</param>
    public static PortProtocol OfService(string? transport, string? appProtocol, string? name, int number)
    {
        if (transport is not (null or "" or "TCP"))
            return PortProtocol.Udp;
        var named = string.IsNullOrEmpty(appProtocol) ? Named(name ?? "") : OfAppProtocol(appProtocol);
        return named == PortProtocol.Auto && number is (25 or 53 or 3306 or 27017) ? PortProtocol.Tcp : named;
    }

    /// <summary>The protocol of a ServiceEntry's port.</summary>
    public static PortProtocol OfEntry(string? protocol) => Parse(protocol ?? "");

    private static PortProtocol OfAppProtocol(string appProtocol) => appProtocol.ToLowerInvariant() switch
    {
        "kubernetes.io/h2c" => PortProtocol.Http2,
        "kubernetes.io/ws" => PortProtocol.Http,
        "kubernetes.io/wss" => PortProtocol.Tls,
        var word => Named(word),
    };

    // grpc-web is the one protocol with a dash in its name.
    private static PortProtocol Named(string name)
    {
        if (name.StartsWith("grpc-web", StringComparison.OrdinalIgnoreCase))
            return PortProtocol.Http2;
        var dash = name.IndexOf('-', StringComparison.Ordinal);
        return Parse(dash < 0 ? name : name[..dash]);
    }

    private static PortProtocol Parse(string protocol) => protocol.ToUpperInvariant() switch
    {
        "HTTP" or "HTTP_PROXY" => PortProtocol.Http,
        "HTTP2" or "GRPC" or "GRPC-WEB" => PortProtocol.Http2,
        "HTTPS" or "TLS" => PortProtocol.Tls,
        "TCP" or "MONGO" or "MYSQL" or "REDIS" => PortProtocol.Tcp,
        "UDP" => PortProtocol.Udp,
        _ => PortProtocol.Auto,
    };
}
