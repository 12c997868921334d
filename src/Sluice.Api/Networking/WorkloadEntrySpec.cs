namespace Sluice.Api.Networking;

/// <summary>An endpoint outside of Kubernetes (<c>networking.istio.io WorkloadEntry</c>, and <c>endpoints</c> of a
/// ServiceEntry).</summary>
public sealed record WorkloadEntrySpec
{
    /// <summary>IP address, name (with DNS resolution) or <c>unix://</c> path.</summary>
    public string? Address { get; init; }

    /// <summary>Ports by the name of the service's port; absent means the service's own.</summary>
    public IReadOnlyDictionary<string, uint>? Ports { get; init; }

    /// <summary>Labels, matched by selectors and subsets.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>Network in which the address is meant.</summary>
    public string? Network { get; init; }

    /// <summary><c>region/zone/subzone</c>.</summary>
    public string? Locality { get; init; }

    /// <summary>Share relative to the other endpoints; absent or 0 means 1.</summary>
    public uint? Weight { get; init; }

    /// <summary>Account under which the workload runs, for its identity.</summary>
    public string? ServiceAccount { get; init; }
}
