using System.Text.Json.Serialization;
using Sluice.Api.Resources;

namespace Sluice.Api.Networking;

/// <summary>How the gateway talks to a service (<c>networking.istio.io DestinationRule</c>).</summary>
public sealed record DestinationRuleSpec
{
    /// <summary>Name of the service, or <c>*.suffix</c>: a short name is completed with the object's namespace.</summary>
    public string? Host { get; init; }

    /// <summary>Policy for the whole service.</summary>
    public TrafficPolicy? TrafficPolicy { get; init; }

    /// <summary>Named groups of its endpoints.</summary>
    public IReadOnlyList<Subset>? Subsets { get; init; }

    /// <summary>Namespaces that may use it: <c>.</c>, <c>*</c>, or names; none means all.</summary>
    public IReadOnlyList<string>? ExportTo { get; init; }

    /// <summary>Workloads in the same namespace to which the rule is limited.</summary>
    public LabelSelector? WorkloadSelector { get; init; }
}

/// <summary>A named group of a service's endpoints, usually a version.</summary>
public sealed record Subset
{
    /// <summary>Name, a DNS label.</summary>
    public string? Name { get; init; }

    /// <summary>Labels that an endpoint must all carry; none means all endpoints.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>Policy that replaces the service's, block by block.</summary>
    public TrafficPolicy? TrafficPolicy { get; init; }
}

/// <summary>How connections to a service are made, balanced and limited.</summary>
public sealed record TrafficPolicy
{
    /// <summary>How an endpoint is chosen.</summary>
    public LoadBalancerSettings? LoadBalancer { get; init; }

    /// <summary>Limits on connections and requests.</summary>
    public ConnectionPoolSettings? ConnectionPool { get; init; }

    /// <summary>When a failing endpoint is left out for a while.</summary>
    public OutlierDetection? OutlierDetection { get; init; }

    /// <summary>TLS towards the service; absent means plain text.</summary>
    public ClientTlsSettings? Tls { get; init; }

    /// <summary>Policies for single ports, each in place of the ones above.</summary>
    public IReadOnlyList<PortTrafficPolicy>? PortLevelSettings { get; init; }

    /// <summary>Carries TCP through an HTTP proxy.</summary>
    public TunnelSettings? Tunnel { get; init; }

    /// <summary>PROXY header at the start of each connection.</summary>
    public ProxyProtocol? ProxyProtocol { get; init; }

    /// <summary>Limit on retries as a share of the active requests.</summary>
    public RetryBudget? RetryBudget { get; init; }
}

/// <summary>A policy for one port of a service.</summary>
public sealed record PortTrafficPolicy
{
    /// <summary>The port of the service.</summary>
    public PortSelector? Port { get; init; }

    /// <summary>How an endpoint is chosen.</summary>
    public LoadBalancerSettings? LoadBalancer { get; init; }

    /// <summary>Limits on connections and requests.</summary>
    public ConnectionPoolSettings? ConnectionPool { get; init; }

    /// <summary>When a failing endpoint is left out for a while.</summary>
    public OutlierDetection? OutlierDetection { get; init; }

    /// <summary>TLS towards the service; absent means plain text.</summary>
    public ClientTlsSettings? Tls { get; init; }
}

/// <summary>Carries TCP through an HTTP proxy.</summary>
public sealed record TunnelSettings
{
    /// <summary><c>CONNECT</c> (default) or <c>POST</c>.</summary>
    public string? Protocol { get; init; }

    /// <summary>The host that the proxy is asked for.</summary>
    public string? TargetHost { get; init; }

    /// <summary>The port that the proxy is asked for, 1 to 65535.</summary>
    public uint? TargetPort { get; init; }
}

/// <summary>PROXY header at the start of each connection to the service.</summary>
public sealed record ProxyProtocol
{
    /// <summary>Its version; absent means 1.</summary>
    public ProxyProtocolVersion? Version { get; init; }
}

/// <summary>A version of the PROXY protocol.</summary>
public enum ProxyProtocolVersion
{
    /// <summary>The readable one.</summary>
    [JsonStringEnumMemberName("V1")]
    V1,

    /// <summary>The binary one.</summary>
    [JsonStringEnumMemberName("V2")]
    V2,
}

/// <summary>Limit on retries as a share of the active requests.</summary>
public sealed record RetryBudget
{
    /// <summary>Share in percent, 0 to 100; absent means 20.</summary>
    public double? Percent { get; init; }

    /// <summary>Retries that are always allowed at once; absent means 3.</summary>
    public uint? MinRetryConcurrency { get; init; }

    /// <summary>Time over which requests are counted; absent means only the active ones.</summary>
    public TimeSpan? BudgetInterval { get; init; }
}
