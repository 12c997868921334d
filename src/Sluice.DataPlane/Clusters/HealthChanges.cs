namespace Sluice.DataPlane.Clusters;

/// <summary>Counts how often the availability of any endpoint changed. A balancer compares the number with that of its view: one read a
/// pick, and nobody who changes an endpoint has to know which balancers, of which snapshots, pick from it.</summary>
internal static class HealthChanges
{
    private static long _count;

    /// <summary>The number of changes so far.</summary>
    public static long Count => Volatile.Read(ref _count);

    /// <summary>The availability of an endpoint has changed.</summary>
    public static void Note() => Interlocked.Increment(ref _count);
}
