namespace Sluice.DataPlane.Clusters;

/// <summary>What is going on in one cluster: how often the health of its endpoints changed. Carried over a reload by the cluster's
/// name.</summary>
public sealed class ClusterStats
{
    private int _healthVersion;

    /// <summary>Changes whenever an endpoint is ejected or comes back.</summary>
    internal int HealthVersion => Volatile.Read(ref _healthVersion);

    internal void HealthChanged() => Interlocked.Increment(ref _healthVersion);
}
