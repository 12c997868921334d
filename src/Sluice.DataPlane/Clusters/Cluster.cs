using Sluice.DataPlane.Clusters.Balancers;
using Sluice.DataPlane.Telemetry;
using Sluice.Transport.Http1;

namespace Sluice.DataPlane.Clusters;

/// <summary>What the upstream speaks.</summary>
public enum UpstreamProtocol : byte
{
    /// <summary>HTTP/1.1, also for clients that speak HTTP/2 (Istio's default for ports that are not declared otherwise).</summary>
    Http1,

    /// <summary>HTTP/2 with prior knowledge: ports named or typed http2, grpc, grpc-web.</summary>
    Http2,

    /// <summary>Opaque TCP.</summary>
    Tcp,
}

/// <summary>A version of the PROXY protocol.</summary>
public enum ProxyHeaderVersion : byte
{
    /// <summary>A line of text.</summary>
    V1,

    /// <summary>Binary.</summary>
    V2,
}

/// <summary>A service port, or a subset of it, and everything that decides how a request is sent to it. Immutable, but for who is in it:
/// routes hold on to clusters, so a name that gets new addresses changes <see cref="Members"/> and rebuilds no route.</summary>
public sealed class Cluster
{
    private static readonly Http1PoolSettings DefaultPoolSettings = ForPools(ConnectionSettings.Default);
    private volatile ClusterMembers _members = new([], new LoadBalancer(BalancingPolicy.Default, []));

    /// <summary>Identity.</summary>
    public required ClusterName Name { get; init; }

    /// <summary><see cref="Name"/> as text, made once.</summary>
    public required string Text { get; init; }

    /// <summary>What the upstream speaks.</summary>
    public required UpstreamProtocol Protocol { get; init; }

    /// <summary>The endpoints that take requests, in a stable order.</summary>
    public required Endpoint[] Endpoints
    {
        get => _members.Endpoints;
        init => _members = _members with { Endpoints = value };
    }

    /// <summary>Picks one of <see cref="Endpoints"/> for an attempt.</summary>
    public required LoadBalancer Balancer
    {
        get => _members.Balancer;
        init => _members = _members with { Balancer = value };
    }

    /// <summary>Who is in it now: <see cref="Endpoints"/>, <see cref="Balancer"/>, and those that get no new requests, all of one
    /// moment.</summary>
    public ClusterMembers Members => _members;

    /// <summary>Bound on establishing a connection (connectionPool.tcp.connectTimeout, else MeshConfig, else 10 s).</summary>
    public required TimeSpan ConnectTimeout { get; init; }

    /// <summary>How connections are kept.</summary>
    public ConnectionSettings Connections
    {
        get;
        init => (field, PoolSettings) = (value, ForPools(value));
    } = ConnectionSettings.Default;

    /// <summary>The same as the pools of the native carrier want it.</summary>
    internal Http1PoolSettings PoolSettings { get; private init; } = DefaultPoolSettings;

    /// <summary>Limits, and what counts against them.</summary>
    public CircuitBreaker CircuitBreaker { get; init; } = new(CircuitLimits.None, new ClusterStats());

    /// <summary>Finds failing endpoints; null when none are to be left out.</summary>
    public OutlierDetector? OutlierDetector { get; init; }

    /// <summary>What is going on, carried over from snapshot to snapshot.</summary>
    public ClusterStats Stats => CircuitBreaker.Stats;

    /// <summary>Whether the upstream is spoken to as the client speaks to us, whatever <see cref="Protocol"/> says (connectionPool.http.
    /// useClientProtocol).</summary>
    public bool FollowsClientProtocol { get; init; }

    /// <summary>TLS to the endpoints; null for plain text.</summary>
    public UpstreamTls? Tls { get; init; }

    /// <summary>The version of the PROXY header that opens each connection and names the client; null for none (DestinationRule
    /// <c>trafficPolicy.proxyProtocol</c>). Connections are then not shared between connections of clients.</summary>
    public ProxyHeaderVersion? ProxyHeader { get; init; }

    /// <summary>Why requests can't be sent although endpoints exist; null when they can. A cluster whose DestinationRule demands TLS
    /// for which a certificate is missing answers 503 with this text instead of sending in the clear.</summary>
    public string? Refusal { get; init; }

    /// <summary>Namespace of the service, for <c>destination_service_namespace</c>; <c>unknown</c> when it has none.</summary>
    public string ServiceNamespace { get; init; } = "unknown";

    /// <summary>Short name of the service, for <c>destination_service_name</c>.</summary>
    public string ServiceName { get; init; } = "unknown";

    /// <summary>What the upstream is spoken to for a client.</summary>
    /// <param name="clientsHttp2">Whether the client speaks HTTP/2.</param>
    internal UpstreamProtocol ProtocolFor(bool clientsHttp2) =>
        !FollowsClientProtocol ? Protocol : clientsHttp2 ? UpstreamProtocol.Http2 : UpstreamProtocol.Http1;

    /// <summary>Puts other members in force, for every attempt that picks an endpoint from now on. One writer at a time.</summary>
    public void Publish(ClusterMembers members) => _members = members;

    /// <summary>The labels by which metrics name it while no endpoint was picked; made by the first request that needs them.</summary>
    internal DestinationLabels? Labels { get; set; }

    private static Http1PoolSettings ForPools(ConnectionSettings settings) =>
        new(settings.IdleTimeout, settings.MaxDuration, settings.MaxRequests, settings.Keepalive?.ForSockets());
}
