using System.Text.Json.Serialization;
using Sluice.Api.Resources;

namespace Sluice.Api.Security;

/// <summary>Whether workloads of the mesh demand TLS of each other (<c>security.istio.io PeerAuthentication</c>); it never
/// changes a Gateway's own <c>tls</c>.</summary>
public sealed record PeerAuthenticationSpec
{
    /// <summary>Workloads it applies to.</summary>
    public LabelSelector? Selector { get; init; }

    /// <summary>The demand for all ports.</summary>
    public MutualTls? Mtls { get; init; }

    /// <summary>The demand for single ports, by number; needs a selector.</summary>
    public IReadOnlyDictionary<string, MutualTls>? PortLevelMtls { get; init; }
}

/// <summary>Whether TLS with client certificates is demanded.</summary>
public sealed record MutualTls
{
    /// <summary>The demand.</summary>
    public MutualTlsMode? Mode { get; init; }
}

/// <summary>How much mutual TLS a workload demands.</summary>
public enum MutualTlsMode
{
    /// <summary>As the parent says.</summary>
    [JsonStringEnumMemberName("UNSET")]
    Unset,

    /// <summary>None.</summary>
    [JsonStringEnumMemberName("DISABLE")]
    Disable,

    /// <summary>It is accepted beside plain text.</summary>
    [JsonStringEnumMemberName("PERMISSIVE")]
    Permissive,

    /// <summary>Nothing else is accepted.</summary>
    [JsonStringEnumMemberName("STRICT")]
    Strict,
}
