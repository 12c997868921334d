namespace Sluice.Api.Networking;

/// <summary>Ports that this gateway opens, and the hosts and certificates it serves on them (<c>networking.istio.io
/// Gateway</c>).</summary>
public sealed record GatewaySpec
{
    /// <summary>Ports with their hosts; at least one.</summary>
    public IReadOnlyList<Server>? Servers { get; init; }

    /// <summary>Labels that a gateway workload must all carry for this object to concern it; none means every gateway.</summary>
    public IReadOnlyDictionary<string, string>? Selector { get; init; }
}

/// <summary>One port of a Gateway and the hosts that are served on it.</summary>
public sealed record Server
{
    /// <summary>The port to listen on.</summary>
    public Port? Port { get; init; }

    /// <summary>IP address to bind to, or a <c>unix://</c> path (then with port number 0); absent means the listen addresses of
    /// the process.</summary>
    public string? Bind { get; init; }

    /// <summary>Hosts as <c>[namespace/]name</c>: a full name, <c>*.suffix</c> or <c>*</c>; the namespace (<c>*</c>, <c>.</c>
    /// or a name) limits whose VirtualServices may serve them.</summary>
    public IReadOnlyList<string>? Hosts { get; init; }

    /// <summary>How the port speaks TLS; required on HTTPS and TLS ports, and the place of <c>httpsRedirect</c> on HTTP
    /// ones.</summary>
    public ServerTls? Tls { get; init; }

    /// <summary>Reserved by Istio: an address on the loopback that takes all traffic of the port.</summary>
    public string? DefaultEndpoint { get; init; }

    /// <summary>Name of the server, for its own sake; unique in its Gateway.</summary>
    public string? Name { get; init; }
}

/// <summary>A port of a Gateway server.</summary>
public sealed record Port
{
    /// <summary>Port number, 1 to 65535; 0 only beside a <c>unix://</c> bind.</summary>
    public uint? Number { get; init; }

    /// <summary>HTTP, HTTPS, HTTP2, GRPC, GRPC-WEB, TCP, TLS, MONGO, MYSQL or REDIS, in any case.</summary>
    public string? Protocol { get; init; }

    /// <summary>Name of the port, unique in its Gateway.</summary>
    public string? Name { get; init; }

    /// <summary>Not allowed in a Gateway; the schema shares the field with ServiceEntry.</summary>
    public uint? TargetPort { get; init; }
}
