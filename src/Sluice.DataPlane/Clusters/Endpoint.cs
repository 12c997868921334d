using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Sluice.DataPlane.Telemetry;

namespace Sluice.DataPlane.Clusters;

/// <summary>One address that a cluster can send a request to. Immutable; what changes while it works is in <see cref="Stats"/>,
/// which outlives a reload when cluster and <see cref="Key"/> stay the same.</summary>
/// <param name="host">IP address, or a Unix socket: <c>unix:///path</c>, <c>unix://@name</c> for one without a file; a DNS name only where nobody
/// resolves it, and then it takes no requests.</param>
/// <param name="port">TCP port, 1 to 65535; without meaning for a Unix socket.</param>
/// <param name="weight">Share of the load relative to the other endpoints, at least 1 (ServiceEntry and WorkloadEntry <c>weight</c>).</param>
/// <param name="stats">Live figures.</param>
public sealed class Endpoint(string host, int port, int weight, EndpointStats stats)
{
    private const string UnixScheme = "unix://";

    private readonly string? _key;

    /// <summary>IP address, or a Unix socket; or a DNS name that nobody has resolved.</summary>
    public string Host { get; } = host;

    /// <summary>Where connections go; null for a name that nobody has resolved.</summary>
    public EndPoint? ConnectTo { get; } =
        IsUnix(host) ? UnixOf(host) : IPAddress.TryParse(host, out var address) ? new IPEndPoint(address, port) : null;

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

    /// <summary><c>host:port</c>, with brackets around an IPv6 address; a Unix socket as it is written.</summary>
    public string Address { get; } = AddressOf(host, port);

    /// <summary><see cref="Key"/> as the authority of an address, which the path of a Unix socket can't be.</summary>
    internal string Authority => IsUnix(Host) ? field ??= AuthorityOfUnix(Host) : Key;

    /// <summary>What the endpoint runs, for the <c>destination_*</c> labels of Istio's metrics.</summary>
    public WorkloadIdentity Workload { get; init; } = WorkloadIdentity.Unknown;

    /// <summary>The labels by which metrics name it; made by the first request that needs them.</summary>
    internal DestinationLabels? Labels { get; set; }

    /// <summary><c>host:port</c>, with brackets around an IPv6 address; a Unix socket as it is written.</summary>
    public static string AddressOf(string host, int port) =>
        IsUnix(host) ? host : host.Contains(':', StringComparison.Ordinal) ? $"[{host}]:{port}" : $"{host}:{port}";

    /// <summary>Whether a host is a Unix socket.</summary>
    public static bool IsUnix(string host) => host.StartsWith(UnixScheme, StringComparison.Ordinal);

    // The name of one without a file begins with a NUL where it is written with an @.
    private static UnixDomainSocketEndPoint UnixOf(string host) =>
        new(host[UnixScheme.Length] == '@' ? "\0" + host[(UnixScheme.Length + 1)..] : host[UnixScheme.Length..]);

    private static string AuthorityOfUnix(string host) =>
        "unix-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(host)).AsSpan(0, 16));
}
