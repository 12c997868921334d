using System.Net;

namespace Sluice.Transport.Hub;

/// <summary>A TCP port that the gateway should serve.</summary>
/// <param name="Address">Local address, or null for all of them: <c>0.0.0.0</c> and, where the machine has IPv6, <c>[::]</c>.</param>
/// <param name="Port">Local port; 0 takes a free one.</param>
/// <param name="Key">What the connections of this port are looked up by (<see cref="ListenerFeature.Key"/>). Opaque to the hub.</param>
public sealed record ListenSpec(IPAddress? Address, int Port, object Key)
{
    /// <summary>Whether connections are accepted beyond <see cref="HubOptions.ConnectionLimit"/>, and don't count against it:
    /// health checks and metrics must answer when the data ports are full.</summary>
    public bool Unlimited { get; init; }
}
