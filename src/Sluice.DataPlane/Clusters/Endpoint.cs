using System.Net;
using Sluice.DataPlane.Telemetry;

namespace Sluice.DataPlane.Clusters;

/// <summary>One address that a cluster can send a request to. Immutable; what changes while it works is in <see cref="Stats"/>,
/// which outlives a reload when cluster and <see cref="Key"/> stay the same.</summary>
/// <param name="host">IP address; a DNS name only where nobody resolves it, and then it takes no requests.</param>
/// <param name="port">TCP port, 1 to 65535.</param>
/// <param name="weight">Share of the load relative to the other endpoints, at least 1 (ServiceEntry and WorkloadEntry <c>weight</c>).</param>
/// <param name="stats">Live figures.</param>
public sealed class Endpoint(string host, int port, int weight, EndpointStats stats)
{
    private readonly string? _key;

    /// <summary>IP address; or a DNS name that nobody has resolved.</summary>
    public string Host { get; } = host;

    /// <summary>Where connections go; null for a name that nobody has resolved.</summary>
    public IPEndPoint? ConnectTo { get; } = IPAddress.TryParse(host, out var address) ? new IPEndPoint(address, port) : null;

    /// <summary>What stays the same while its figures and connections are kept: its <see cref="Address"/>, or <c>name:port</c> for an endpoint
    /// that stands for a name and moves with it (ServiceEntry <c>resolution: DNS_ROUND_ROBIN</c>).</summary>
    public string Key
    {
        get => _key ?? Address;
        init => _key = value;
    }

    /// <summary>TCP port.</summary>
    public int Port { get; } = port;

    /// <summary>Relative share of the load, at least 1.</summary>
    public int Weight { get; } = weight;

    /// <summary>Live figures, shared with the endpoint's predecessors of earlier snapshots.</summary>
    public EndpointStats Stats { get; } = stats;

    /// <summary>Whether it may be picked. Whatever changes that says so to <see cref="ClusterStats.HealthChanged"/>. Endpoints that are being
    /// drained are none of a balancer's to begin with.</summary>
    public bool IsAvailable => !Stats.Health.IsEjected;

    /// <summary>Whether it may be picked in a panic: what an operator took out stays out even then.</summary>
    public bool IsAvailableInPanic => !Stats.Health.IsEjectedByOperator;

    /// <summary><c>host:port</c>, with brackets around an IPv6 address.</summary>
    public string Address { get; } = AddressOf(host, port);

    /// <summary>What the endpoint runs, for the <c>destination_*</c> labels of Istio's metrics.</summary>
    public WorkloadIdentity Workload { get; init; } = WorkloadIdentity.Unknown;

    /// <summary>The labels by which metrics name it; made by the first request that needs them.</summary>
    internal DestinationLabels? Labels { get; set; }

    /// <summary><c>host:port</c>, with brackets around an IPv6 address.</summary>
    public static string AddressOf(string host, int port) =>
        host.Contains(':', StringComparison.Ordinal) ? $"[{host}]:{port}" : $"{host}:{port}";
}
