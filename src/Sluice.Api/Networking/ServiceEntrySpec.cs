using System.Text.Json.Serialization;

namespace Sluice.Api.Networking;

/// <summary>A service that Kubernetes does not know (<c>networking.istio.io ServiceEntry</c>).</summary>
public sealed record ServiceEntrySpec
{
    /// <summary>Names of the service; at least one, <c>*.suffix</c> allowed.</summary>
    public IReadOnlyList<string>? Hosts { get; init; }

    /// <summary>Virtual addresses or CIDR ranges; without meaning for HTTP at a gateway.</summary>
    public IReadOnlyList<string>? Addresses { get; init; }

    /// <summary>Its ports.</summary>
    public IReadOnlyList<ServicePort>? Ports { get; init; }

    /// <summary>Whether it belongs to the mesh.</summary>
    public ServiceLocation? Location { get; init; }

    /// <summary>How its endpoints are found.</summary>
    public ServiceResolution? Resolution { get; init; }

    /// <summary>Its endpoints; not beside <see cref="WorkloadSelector"/>.</summary>
    public IReadOnlyList<WorkloadEntrySpec>? Endpoints { get; init; }

    /// <summary>WorkloadEntries and Pods of the same namespace that are its endpoints.</summary>
    public WorkloadSelector? WorkloadSelector { get; init; }

    /// <summary>Namespaces that may use it: <c>.</c>, <c>*</c>, <c>~</c>, or names; none means all.</summary>
    public IReadOnlyList<string>? ExportTo { get; init; }

    /// <summary>Names of which the service's certificate must carry one.</summary>
    public IReadOnlyList<string>? SubjectAltNames { get; init; }
}

/// <summary>A port of a ServiceEntry.</summary>
public sealed record ServicePort
{
    /// <summary>Port number, 1 to 65535.</summary>
    public uint? Number { get; init; }

    /// <summary>HTTP, HTTPS, HTTP2, GRPC, GRPC-WEB, TCP, TLS, MONGO, MYSQL or REDIS, in any case.</summary>
    public string? Protocol { get; init; }

    /// <summary>Name, unique in its entry.</summary>
    public string? Name { get; init; }

    /// <summary>Port of the endpoints; absent means <see cref="Number"/>.</summary>
    public uint? TargetPort { get; init; }
}

/// <summary>Chooses workloads by label.</summary>
public sealed record WorkloadSelector
{
    /// <summary>Labels that a workload must all carry.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }
}

/// <summary>Whether a service belongs to the mesh.</summary>
public enum ServiceLocation
{
    /// <summary>It does not.</summary>
    [JsonStringEnumMemberName("MESH_EXTERNAL")]
    MeshExternal,

    /// <summary>It does.</summary>
    [JsonStringEnumMemberName("MESH_INTERNAL")]
    MeshInternal,
}

/// <summary>How the endpoints of a service are found.</summary>
public enum ServiceResolution
{
    /// <summary>The caller's own destination; a gateway has none.</summary>
    [JsonStringEnumMemberName("NONE")]
    None,

    /// <summary>They are written down.</summary>
    [JsonStringEnumMemberName("STATIC")]
    Static,

    /// <summary>All addresses that a name resolves to.</summary>
    [JsonStringEnumMemberName("DNS")]
    Dns,

    /// <summary>The first address that a name resolves to, for each new connection.</summary>
    [JsonStringEnumMemberName("DNS_ROUND_ROBIN")]
    DnsRoundRobin,

    /// <summary>The name is the one in the request; for wildcard hosts.</summary>
    [JsonStringEnumMemberName("DYNAMIC_DNS")]
    DynamicDns,
}
