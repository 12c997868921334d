namespace Sluice.DataPlane.Clusters;

/// <summary>What a balancer may look at when it picks.</summary>
/// <param name="Hash">Hash of the request's key (consistentHash), null without one.</param>
/// <param name="Avoid">The endpoint of the attempt before, not to be picked again when there is another; null on a first attempt.</param>
public readonly record struct PickContext(ulong? Hash, Endpoint? Avoid);

/// <summary>Chooses the endpoint of an attempt. Picking allocates nothing and takes no lock.</summary>
public abstract class LoadBalancer
{
    /// <summary>The endpoint to try, or null when no healthy one exists (503, flag UH).</summary>
    public abstract Endpoint? Pick(in PickContext context);
}
