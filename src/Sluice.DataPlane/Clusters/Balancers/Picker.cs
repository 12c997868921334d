namespace Sluice.DataPlane.Clusters.Balancers;

/// <summary>Picks one of a fixed set of endpoints.</summary>
internal abstract class Picker
{
    /// <summary>The endpoint to try; null when none may be picked.</summary>
    public abstract Endpoint? Pick(in PickContext context);
}
