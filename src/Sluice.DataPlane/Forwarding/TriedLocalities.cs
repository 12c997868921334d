using Sluice.DataPlane.Clusters;

namespace Sluice.DataPlane.Forwarding;

/// <summary>The localities that the attempts of a request tried, as levels of its cluster's balancer (<c>retryRemoteLocalities</c>).</summary>
/// <remarks>As in Envoy with the frequency that Istio sets, what was tried is taken note of after every second attempt: attempts 1 and 2 go
/// where the balancer wants, 3 and 4 elsewhere, and so on.</remarks>
internal struct TriedLocalities
{
    private const int UpdateFrequency = 2;

    private uint _tried;
    private int _attempts;

    /// <summary>The levels to pass over.</summary>
    public uint Passed { get; private set; }

    /// <summary>An attempt failed.</summary>
    public void Add(LoadBalancer balancer, Endpoint endpoint)
    {
        _tried |= balancer.LevelOf(endpoint);
        if (++_attempts % UpdateFrequency == 0)
            Passed = _tried;
    }
}
