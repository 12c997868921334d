using Sluice.DataPlane.Telemetry;

namespace Sluice.DataPlane.Clusters;

/// <summary>What the upstream speaks.</summary>
public enum UpstreamProtocol
{
    /// <summary>HTTP/1.1, also for clients that speak HTTP/2 (Istio's default for ports that are not declared otherwise).</summary>
    Http1,

    /// <summary>HTTP/2 with prior knowledge: ports named or typed http2, grpc, grpc-web.</summary>
    Http2,

    /// <summary>Opaque TCP.</summary>
    Tcp,
}

/// <summary>A service port, or a subset of it, and everything that decides how a request is sent to it. Immutable.</summary>
public sealed class Cluster
{
    /// <summary>Identity.</summary>
    public required ClusterName Name { get; init; }

    /// <summary><see cref="Name"/> as text, made once.</summary>
    public required string Text { get; init; }

    /// <summary>What the upstream speaks.</summary>
    public required UpstreamProtocol Protocol { get; init; }

    /// <summary>All endpoints, in a stable order.</summary>
    public required Endpoint[] Endpoints { get; init; }

    /// <summary>Picks one of <see cref="Endpoints"/> for an attempt.</summary>
    public required LoadBalancer Balancer { get; init; }

    /// <summary>Bound on establishing a connection (connectionPool.tcp.connectTimeout, else MeshConfig, else 10 s).</summary>
    public required TimeSpan ConnectTimeout { get; init; }

    /// <summary>What is going on, carried over from snapshot to snapshot.</summary>
    public ClusterStats Stats { get; init; } = new();

    /// <summary>Why requests can't be sent although endpoints exist; null when they can. A cluster whose DestinationRule demands TLS
    /// that is not in force answers 503 with this text instead of sending in the clear.</summary>
    public string? Refusal { get; init; }

    /// <summary>Namespace of the service, for <c>destination_service_namespace</c>; <c>unknown</c> when it has none.</summary>
    public string ServiceNamespace { get; init; } = "unknown";

    /// <summary>Short name of the service, for <c>destination_service_name</c>.</summary>
    public string ServiceName { get; init; } = "unknown";

    /// <summary>The labels by which metrics name it while no endpoint was picked; made by the first request that needs them.</summary>
    internal DestinationLabels? Labels { get; set; }
}
